"""`audio2face formats`."""

from __future__ import annotations

from audio2face.commands.talk import command, show_json, show_table
from exporters import formats as known_formats


@command("List the file formats that can be written, and which can be read back.")
def formats(as_json: bool) -> None:
    rows = known_formats()
    if as_json:
        show_json(
            [{"name": f.name, "suffix": f.suffix, "about": f.description, "read": f.readable} for f in rows]
        )
        return
    show_table([(f.name, f.suffix, "write, read" if f.readable else "write", f.description) for f in rows])
