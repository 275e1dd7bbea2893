"""Makes docs/formats.md, with samples of files that are really written.

python scripts/make_formats.py [--check]
"""

from __future__ import annotations

import json
import re
import struct
import sys
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from generated import settle

from exporters import formats, read_clip, write_clip
from rigs import AnimationClip

FILE = Path(__file__).resolve().parents[1] / "docs" / "formats.md"
NAMES = ("jawOpen", "mouthClose", "mouthPucker")
WEIGHTS = np.array([[0, 0, 0], [0.125, 0.031, 0], [0.25, 0.062, 0.5], [0.5, 0, 0.25]], np.float32)

HEAD = """# Formats

Made by `python scripts/make_formats.py`; do not edit by hand. Every sample below is what the program writes
for one clip of three channels and four frames at 60 a second. The suffix of the output chooses the format,
`--format NAME` overrides it, and `audio2face formats` lists them. Formats with a reader can be read back; the
others are written only, and say so.

"""
JSON_NOTE = """## json

The Audio2Face form: names once, then a row of weights for each frame. The file is one line; the breaks here
are ours. `headRotation` [frames][3] (yaw, pitch, roll in degrees) is added when a clip has head motion; other
readers skip it.
"""
CSV_NOTE = """## csv

The form of the Live Link Face app, which Unreal imports: all 61 of the app's columns, whatever the clip has;
the others are 0. Dots stand for columns left out here. The timecode is
`hours:minutes:seconds:frame.decimals` at 60 frames a second (30 for clips of up to 30). A clip under half a
second starts at frame 31, as here, because Unreal would take it for 30 a second otherwise; longer clips start
at zero. Recordings from a phone can be read, too.
"""
NPZ_NOTE = """## npz

Exact float32 values for `numpy.load`, without pickles. `head` [frames, 3] in degrees is there when the clip
has it.
"""
GLB_NOTE = """## glb

glTF 2.0 binary: the default head, a morph target for each channel, and one animation named `Speech`. The
sample is the part of its JSON that says what moves; the numbers are in the binary part. The tests hold it
against the Khronos validator and three.js. The sound is named in the asset's extras, not stored.
"""
ANCHORS68_NOTE = """## anchors68

The 68 points of iBUG and dlib on the animated head, in metres from its origin, y up, z forward, +x the
character's left; written only. Ask for it by name: `--format anchors68 -o line.csv`, or `.json`, or `.npz`
with float32 `positions` [frames, points, 3]. Text has 6 decimals, a micrometre. The head's own turns are not
in the points; `.npz` and `.json` carry them beside, as `head`. The sample is the `.csv`, dots stand for
columns left out. [meshes.md](meshes.md) has the layouts.
"""
ANCHORS478_NOTE = """## anchors478

The same for the 478 points of MediaPipe Face Mesh, irises last.
"""


def sample_clip() -> AnimationClip:
    """Four frames of three channels."""
    return AnimationClip(NAMES, WEIGHTS, 60, audio="line.wav")


def fenced(text: str, language: str = "") -> str:
    """A code block, and an empty line."""
    return f"\n```{language}\n{text}\n```\n\n"


def json_sample(file: Path) -> str:
    """The file's text, broken before each key and each row."""
    text = file.read_text(encoding="utf-8").strip()
    return re.sub(r',("\w+":)', r",\n \1", text).replace("],[", "],\n  [")


def csv_sample(file: Path) -> str:
    """Header and rows with the columns that say something."""
    rows = [line.split(",") for line in file.read_text(encoding="utf-8").splitlines()]
    kept = [0, 1, 2, *(rows[0].index(name[0].upper() + name[1:]) for name in NAMES), len(rows[0]) - 1]
    lines = []
    for row in rows:
        cells = [row[0]]
        for before, at in pairwise(kept):
            cells += ([] if at == before + 1 else ["…"]) + [row[at]]
        lines.append(",".join(cells))
    return "\n".join(lines)


def npz_sample(file: Path) -> str:
    """Name, type, shape and beginning of each array."""
    with np.load(file, allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in archive.files}
    return "\n".join(
        f"{name:8} {array.dtype.str:5} {array.shape!s:8} {np.ravel(array)[:3].tolist()}"
        for name, array in arrays.items()
    )


def glb_sample(file: Path) -> str:
    """What moves, from the JSON chunk."""
    data = file.read_bytes()
    document: dict[str, Any] = json.loads(data[20 : 20 + struct.unpack_from("<I", data, 12)[0]])
    mesh = document["meshes"][0]
    parts = {
        "asset": document["asset"],
        "nodes": document["nodes"],
        "meshes[0].extras": mesh["extras"],
        "meshes[0].primitives[0].targets": f"{len(mesh['primitives'][0]['targets'])} morph targets",
        "animations": document["animations"],
    }
    return "\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in parts.items())


def anchors_sample(file: Path) -> str:
    """The first and the last columns."""
    rows = [line.split(",") for line in file.read_text(encoding="utf-8").splitlines()]
    return "\n".join(",".join([*row[:5], "…", *row[-3:]]) for row in rows)


def text() -> str:
    """The whole document."""
    clip, samples = sample_clip(), {}
    makers = {"json": json_sample, "csv": csv_sample, "npz": npz_sample, "glb": glb_sample}
    makers |= {"anchors68": anchors_sample, "anchors478": anchors_sample}
    with tempfile.TemporaryDirectory() as folder:
        for entry in formats():
            suffix = ".csv" if entry.name.startswith("anchors") else entry.suffix
            file = write_clip(clip, Path(folder) / f"line{suffix}", entry.name)
            if entry.readable:
                assert read_clip(file, entry.name).frames == clip.frames, f"{entry.name} does not read back"
            samples[entry.name] = makers[entry.name](file)
    notes = {"json": JSON_NOTE, "csv": CSV_NOTE, "npz": NPZ_NOTE, "glb": GLB_NOTE}
    notes |= {"anchors68": ANCHORS68_NOTE, "anchors478": ANCHORS478_NOTE}
    languages = {"json": "json"}
    parts = [notes[name] + fenced(sample, languages.get(name, "")) for name, sample in samples.items()]
    return (HEAD + "".join(parts)).rstrip("\n") + "\n"


if __name__ == "__main__":
    sys.exit(settle(FILE, text(), "--check" in sys.argv[1:], "scripts/make_formats.py"))
