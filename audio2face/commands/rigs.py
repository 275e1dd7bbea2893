"""`audio2face rigs`: the rigs by name, what drives a rig, and maps to change by hand."""

from __future__ import annotations

from pathlib import Path

import click

from audio2face.commands.talk import command, say, show_json, show_table
from audio2face.rigging import coverage, write_map
from livelink.channels import printable
from rigs import ARKIT_NAMES, Retarget, load_target
from rigs.catalogue import catalogue


@command(
    "List the rigs that are known by name; of one rig, its channels and which of ARKit's drive them.\n\n"
    "RIG is a name, a .glb, .gltf or .vrm, a folder of .obj or .ply meshes, a list of names (.txt, .json) or "
    "a map (.toml). With -o the map is written as a file to change by hand and to name with --rig."
)
@click.argument("rig", metavar="[RIG]", required=False)
@click.option(
    "-o", "--output", metavar="MAP", type=click.Path(path_type=Path), help="Write the map as .toml."
)
def rigs(rig: str | None, output: Path | None, as_json: bool) -> None:
    if rig is None:
        if output is not None:
            raise click.UsageError("-o writes the map of one rig; name the rig")
        _list(as_json)
        return
    target = load_target(rig)
    left_over = coverage(target, ARKIT_NAMES)
    written = write_map(target, rig, output) if output else None
    follows = {name: _follows(target.how, column) for column, name in enumerate(target.how.names)}
    origin, mesh = target.rig.origin, target.rig.mesh
    if as_json:
        show_json(
            {
                **left_over.table(),
                "vertices": None if mesh is None else len(mesh.vertices),
                "channels": follows,
                "head": (origin and origin.head) or None,
                "map": None if written is None else str(written),
            }
        )
        return
    show_table([(printable(name), text or "-") for name, text in follows.items()])
    for line in left_over.lines():
        say(line)
    if origin is not None and origin.gltf:
        say(f"the head turns with: {printable(origin.head) or 'nothing, as no node is called head'}")
    if written:
        say(f"{written}: change it, then: audio2face animate line.wav -o line.json --rig {written}")


def _list(as_json: bool) -> None:
    entries = catalogue()
    if as_json:
        show_json([entry._asdict() for entry in entries])
        return
    rows = [
        (e.name, f"{e.channels} channels", "mesh" if e.has_mesh else "names", e.description) for e in entries
    ]
    show_table(rows)


def _follows(how: Retarget, column: int) -> str:
    """`mouthSmileLeft`, or `0.5 browDownLeft + 0.5 browDownRight`; nothing where nothing drives it."""
    effect = how.effect[:, column]
    parts = [(how.sources[row], float(effect[row])) for row in effect.nonzero()[0]]
    return " + ".join(name if share == 1 else f"{share:.3g} {name}" for name, share in parts)
