"""Makes docs/help.md from --help of every command: python scripts/make_help.py [--check]"""

from __future__ import annotations

import sys
from pathlib import Path

import click
from generated import settle

from audio2face.commands.main import main as program

FILE = Path(__file__).resolve().parents[1] / "docs" / "help.md"
WIDTH = 100
HEAD = """# Help pages

Made from `--help` of every command by `python scripts/make_help.py`; do not edit by hand.
"""


def page(context: click.Context) -> str:
    """The help of one command."""
    return f"\n## {context.command_path}\n\n```\n{context.get_help()}\n```\n"


def text() -> str:
    """The whole document, at a fixed width, whatever the terminal."""
    settings = {**program.context_settings, "terminal_width": WIDTH, "max_content_width": WIDTH}
    top = click.Context(program, info_name="audio2face", **settings)
    pages = [page(top)]
    for name in program.list_commands(top):
        command = program.get_command(top, name)
        assert command is not None, f"{name} is listed and cannot be got"
        inner = click.Context(command, top, info_name=name)
        pages.append(page(inner))
        if isinstance(command, click.Group):
            verbs = [(verb, command.get_command(inner, verb)) for verb in command.list_commands(inner)]
            pages += [page(click.Context(one, inner, info_name=verb)) for verb, one in verbs if one]
    return HEAD + "".join(pages)


if __name__ == "__main__":
    sys.exit(settle(FILE, text(), "--check" in sys.argv[1:], "scripts/make_help.py"))
