"""`audio2face rigs`."""

from __future__ import annotations

from audio2face.commands.talk import command, show_json, show_table
from rigs.catalogue import catalogue


@command("List the rigs that are known by name.")
def rigs(as_json: bool) -> None:
    entries = catalogue()
    if as_json:
        show_json([entry._asdict() for entry in entries])
        return
    rows = [
        (e.name, f"{e.channels} channels", "mesh" if e.has_mesh else "names", e.description) for e in entries
    ]
    show_table(rows)
