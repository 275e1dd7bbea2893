"""`audio2face formats`."""

from __future__ import annotations

from typing import Any

from audio2face.commands.talk import command, show_json, show_table
from exporters import Format
from exporters import formats as known_formats


@command(
    "List the file formats: suffixes, whether they can be read back, and how exactly.\n\n"
    "Exactness is the largest error of a weight between -1 and 1 that is written and read back."
)
def formats(as_json: bool) -> None:
    rows = known_formats()
    if as_json:
        show_json([_record(entry) for entry in rows])
        return
    show_table(
        [
            (
                entry.name,
                " ".join(entry.suffixes),
                "write, read" if entry.readable else "write",
                f"±{entry.precision:g}" if entry.precision else "exact",
                "sparse keys" if entry.sparse else "",
                entry.description + (" (--format needed)" if entry.named_only else ""),
            )
            for entry in rows
        ]
    )


def _record(entry: Format) -> dict[str, Any]:
    return {
        "name": entry.name,
        "suffix": entry.suffix,
        "suffixes": list(entry.suffixes),
        "about": entry.description,
        "read": entry.readable,
        "precision": entry.precision,
        "sparse": entry.sparse,
        "named_only": entry.named_only,
    }
