"""`audio2face edits`: what an animator corrected in a result → the sidecar that keeps it."""

from __future__ import annotations

from pathlib import Path

import click

from audio2face.batch.differing import differences
from audio2face.batch.edits import SUFFIX, Edits, edits_text
from audio2face.batch.identity import sound_hash
from audio2face.commands.talk import command, say, show_json
from audio2face.errors import OptionError
from exporters import read_clip
from exporters.beside import beside


@command(
    "Write down what was corrected by hand in a result of `audio2face batch`, so that the next batch does it "
    "again.\n\n"
    "MADE is the result, CORRECTED the same animation after it was changed in another program; both in any "
    "format that can be read back, at the same rate. Put the sidecar beside the result, or in the folder of "
    "`batch --edits`, as ID.edits.json. docs/batch.md has its form."
)
@click.argument("made", metavar="MADE", type=click.Path(path_type=Path))
@click.argument("corrected", metavar="CORRECTED", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", metavar="FILE", type=click.Path(path_type=Path), help="Else beside MADE, by its name."
)
@click.option(
    "--sound",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The sound of the line; a batch then tells when it has become another.",
)
def edits(made: Path, corrected: Path, output: Path | None, sound: Path | None, as_json: bool) -> None:
    output = output or made.with_suffix(SUFFIX)
    if output.exists():
        raise OptionError(f"{output} is there already and may have been changed by hand; choose another name")
    found = differences(read_clip(made), read_clip(corrected))
    with beside(output) as file:
        text = edits_text(Edits(found, "" if sound is None else sound_hash(sound)))
        file.write_text(text, encoding="utf-8", newline="\n")
    channels = list(dict.fromkeys(edit.channel for edit in found))
    if as_json:
        show_json({"output": str(output), "edits": len(found), "channels": channels})
    else:
        say(f"{output}: {len(found)} edits of {', '.join(channels)}")
