"""What all commands share: data to stdout, talk to stderr, errors in one line."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable, Sequence
from typing import Any

import click

from audio2face.starting import loaded
from rigs import FaceError


def command(summary: str) -> Callable[[Callable[..., None]], click.Command]:
    """A command with `--json` and `--debug`. Expected failures end it with one line and exit code 1,
    settings with several faults with a line for each.

    The function gets `as_json`; it raises FaceError for what the user can mend.
    """

    def decorate(function: Callable[..., None]) -> click.Command:
        @functools.wraps(function)
        def guarded(debug: bool, **options: Any) -> None:
            try:
                loaded()
                function(**options)
            except FaceError as error:
                if debug:
                    raise
                for line in getattr(error, "faults", (str(error),)):
                    complain(line)
                sys.exit(1)
            except KeyboardInterrupt:
                say("stopped")
                sys.exit(130)

        options = [
            click.option("--json", "as_json", is_flag=True, help="Print machine-readable results."),
            click.option("--debug", is_flag=True, help="Show the traceback of an error."),
        ]
        decorated: Callable[..., None] = guarded
        for option in reversed(options):
            decorated = option(decorated)
        return click.command(help=summary)(decorated)

    return decorate


def say(text: str) -> None:
    """Talk, to stderr."""
    click.echo(text, err=True)


def complain(text: str) -> None:
    """Says what went wrong, in one line."""
    say("audio2face: " + " ".join(text.split()))


def fail(text: str) -> None:
    """Says what went wrong, in one line, and ends the program with exit code 1."""
    complain(text)
    sys.exit(1)


def show_json(value: Any) -> None:
    """Data, to stdout."""
    click.echo(json.dumps(value, indent=1, ensure_ascii=False))


def show_json_line(value: Any) -> None:
    """One record of a stream of data, to stdout, in one line."""
    click.echo(json.dumps(value, ensure_ascii=False))


def show_table(rows: Sequence[tuple[str, ...]]) -> None:
    """Rows of text to stdout, columns aligned, the last one free."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        click.echo("  ".join(cells).rstrip())
