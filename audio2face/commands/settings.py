"""`audio2face settings`: what can be set, and a file to change by hand."""

from __future__ import annotations

from pathlib import Path

import click

from audio2face.commands.options import face_settings
from audio2face.commands.talk import command, say, show_json
from audio2face.errors import OptionError
from audio2face.knobs import settings_text
from exporters import beside


@command(
    "Show the settings of a face as a TOML file with a comment for each; FILE is checked, and shown with all "
    "that it leaves out.\n\n"
    "With -o they are written as a file to change by hand and to name with --settings."
)
@click.argument("file", metavar="[FILE]", required=False, type=click.Path(path_type=Path))
@click.option("--set", "sets", metavar="KEY=VALUE", multiple=True, help="One setting, as strength.upper=1.2.")
@click.option("-o", "--output", metavar="OUT", type=click.Path(path_type=Path), help="Write them as .toml.")
def settings(file: Path | None, sets: tuple[str, ...], output: Path | None, as_json: bool) -> None:
    chosen = face_settings(file, sets)
    if output is not None:
        if output.exists() and output != file:
            raise OptionError(
                f"{output} is there already and may have been changed by hand; choose another name"
            )
        _write(output, settings_text(chosen))
        say(f"{output}: change it, then name it with --settings {output}")
    elif as_json:
        show_json(dict(chosen.values))
    else:
        click.echo(settings_text(chosen), nl=False)


def _write(path: Path, text: str) -> None:
    if path.suffix.lower() != ".toml":
        raise OptionError(f"{path}: settings are written as .toml; name it so")
    with beside(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")
