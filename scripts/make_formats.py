"""Makes docs/formats.md, with samples of files that are really written.

python scripts/make_formats.py [--check]
"""

from __future__ import annotations

import json
import re
import struct
import sys
import tempfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from generated import settle

from exporters import formats, read_clip, write_clip
from exporters.fbx.parse import Node, parse
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

glTF 2.0, binary, or as text with the numbers embedded (`.gltf`): the default head, a morph target for each
channel, and one animation named `Speech`. The sample is the part of its JSON that says what moves; the
numbers are in the binary part. The tests hold it against the Khronos validator and three.js. The sound is
named in the asset's extras, not stored.
"""

USD_NOTE = """## usd

OpenUSD, with the extra `usd`: the default head under a SkelRoot, a blend shape for each channel, and a
SkelAnimation with a time sample for each frame. `.usdc` and `.usd` are binary, `.usda` is text (the sample,
with long lines cut at dots), `.usdz` is a package that holds the sound as well, if it is wav, mp3 or m4a;
the others name it in a SpatialAudio. USD has one array of all weights for each time, so there are no sparse
keys. Names that USD cannot have as prims are kept as tokens. Tested with UsdSkel, USD's validators and
Blender 4.2 and 5.0.
"""
SCRIPT_NOTE = """## maya-script

A Python script for Maya 2022 or later: open the character, run it in the script editor. It finds the
blendShape node that has most of the channels, or takes the one named at its top, and sets linear keys in
real time whatever the rate of the scene. The sample leaves out the code. Each curve has a name, the steps
from key to key (none: every frame) and the values. Run so far against a small stand-in for `maya.cmds`, not
in Maya.
"""
MAYA_NOTE = """## maya-anim

Maya's own text form: select the blendShape node, then File > Import (plug-in animImportExport). Names must
be those of attributes: letters, digits and _. Rates that Maya has no name for are written in seconds. The
head, if it moves, is rotateX, rotateY, rotateZ of a node `head`, in rotate order zxy. The two comments keep
the exact rate and the sound. Not yet tried in Maya; the script is the surer way.
"""
UNITY_NOTE = """## unity-anim

An AnimationClip in Unity's text form, for the object that has the SkinnedMeshRenderer: `path` is empty.
Weights are 0 to 100, tangents linear, the loop is off. The sound is an event `PlaySpeech` at 0 s with the
path as its text, which a script may take; without one it does nothing. `unityparser` reads it; not yet
tried in Unity.
"""
A2F_NOTE = """## a2f-csv

The table of NVIDIA's Audio2Face services: seconds, then a column for each channel, ARKit's written with a
capital. `headRotation.yaw`, `.pitch`, `.roll` are added when a clip has head motion. Name it with `--format
a2f-csv`; a `.csv` that is read is told by its header.
"""
NPY_NOTE = """## npy

FACEGOOD's pair: `line.npy` float32 [frames, channels], and `line_BS_name.npy` beside it; a file named
`<take>_BS_value.npy` has its names in `BS_name.npy`, which the takes of a folder share. No rate, no head,
no sound: read at 30 frames a second unless `convert --from-fps` says otherwise.
"""
VERTICES_NOTE = """## vertices

The vertices of the mesh in every frame: of the default head, of the rig that `--rig` names, or of the face
that a model trained on vertices moves ([datasets.md](datasets.md#vocaset)). Ask for it by name: `--format
vertices -o line.npz`, or `.npy` with the vertices alone, [frames, vertices, 3]. In the mesh's unit, metres
of the default head; the head's turns are not in them, `head` carries them beside. Written only; `convert
--from vertices` solves weights from the `.npy`.
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
FBX_NOTE = """## fbx

FBX 7.4 binary, in centimetres, y up, z forward: the default head, a blend shape channel and a shape for each
channel of the clip, and one animation named `Speech` with linear keys from 0 to 100. Head motion turns the
model in the order roll, pitch, yaw. The sound is named in the model's user property `audio`, not stored. The
sample lists the objects by kind, and one channel's way to its keys. [What each program makes of
it](fbx.md).
"""
FBX_ANIMATION_NOTE = """## fbx-animation

The same without the head, for a character that exists already; ask for it with `--format fbx-animation`. The
channels hang on a triangle of 0.01 mm, because most programs drop curves that have no mesh. The names are
those of the clip, so give it the character's.
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


def shapes_sample(file: Path) -> str:
    """The arrays by name, type and shape."""
    with np.load(file) as archive:
        return "\n".join(f"{name}: {archive[name].dtype} {archive[name].shape}" for name in archive.files)


def anchors_sample(file: Path) -> str:
    """The first and the last columns."""
    rows = [line.split(",") for line in file.read_text(encoding="utf-8").splitlines()]
    return "\n".join(",".join([*row[:5], "…", *row[-3:]]) for row in rows)


def fbx_sample(file: Path) -> str:
    """The objects by kind and name, and what the first channel's curve hangs on."""
    root = parse(file.read_bytes())
    objects, links = root.child("Objects"), root.child("Connections")
    assert objects is not None
    assert links is not None
    names: dict[str, list[str]] = {}
    for node in objects.children:
        _, name, kind = node.properties
        names.setdefault(f"{node.name} {kind}".strip(), []).append(name.partition("\0")[0])
    lines = [f"{kind}: {', '.join(dict.fromkeys(found))}".rstrip(" :") for kind, found in names.items()]
    curve = next(node for node in objects.children if node.name == "AnimationCurve")
    for key in ("KeyTime", "KeyValueFloat", "KeyAttrFlags"):
        lines.append(f"{key} of {NAMES[0]}: {' '.join(map(str, curve.array(key).tolist()))}")
    kinds = {node.properties[0]: node for node in objects.children} | {0: Node("scene", [], [])}
    ways = (link.properties for link in links.children)
    seen = dict.fromkeys(
        f"{kinds[child].name} → {kinds[parent].name} {' '.join(end)}".strip()
        for _, child, parent, *end in ways
    )
    return "\n".join([*lines, *seen])


def usd_sample(file: Path) -> str:
    """The lines that say something, cut to a width."""
    text = write_clip(sample_clip(), file.with_suffix(".usda"), "usd").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.strip()]
    start = next(at for at, line in enumerate(lines) if "def SkelAnimation" in line)
    head = next(at for at, line in enumerate(lines) if "def SkelRoot" in line)
    return "\n".join(cut(line) for line in [*lines[: head + 2], "    …", *lines[start:]])


def cut(line: str, width: int = 100) -> str:
    """A line, with dots where it is too long."""
    return line if len(line) <= width else line[: width - 1] + "…"


def script_sample(file: Path) -> str:
    """The settings and the numbers."""
    lines = file.read_text(encoding="utf-8").splitlines()
    start = next(at for at, line in enumerate(lines) if line.startswith("TARGET"))
    end = next(at for at, line in enumerate(lines) if line.startswith("def "))
    return "\n".join(lines[start:end]).strip()


def maya_sample(file: Path) -> str:
    """The header and the first curve."""
    text = file.read_text(encoding="utf-8")
    return text[: text.index("anim mouthClose")] + "…"


def unity_sample(file: Path) -> str:
    """The beginning, and what follows the first curve's first key."""
    lines = file.read_text(encoding="utf-8").splitlines()
    after = next(at for at, line in enumerate(lines) if "attribute: blendShape.jawOpen" in line)
    first = next(at for at, line in enumerate(lines) if "m_FloatCurves" in line)
    return "\n".join(
        [*lines[:9], "  …", *lines[first : first + 13], "      …", *lines[after - 3 : after + 4], "  …"]
    )


def plain_sample(file: Path) -> str:
    """The whole file."""
    return file.read_text(encoding="utf-8").strip()


def npy_sample(file: Path) -> str:
    """Type, shape and beginning of both arrays."""
    pair = [file, file.with_name(f"{file.stem}_BS_name.npy")]
    arrays = {path.name: np.load(path, allow_pickle=False) for path in pair}
    return "\n".join(
        f"{name:17} {array.dtype.str:5} {array.shape!s:7} {np.ravel(array)[:3].tolist()}"
        for name, array in arrays.items()
    )


def text() -> str:
    """The whole document."""
    clip, samples = sample_clip(), {}
    with tempfile.TemporaryDirectory() as folder:
        for entry in formats():
            suffix = ".csv" if entry.name.startswith("anchors") else entry.suffix
            file = write_clip(clip, Path(folder) / f"line{suffix}", entry.name)
            if entry.readable:
                assert read_clip(file, entry.name).frames == clip.frames, f"{entry.name} does not read back"
            samples[entry.name] = SAMPLES[entry.name](file)
    parts = [NOTES[name] + fenced(sample, LANGUAGES.get(name, "")) for name, sample in samples.items()]
    return (HEAD + "".join(parts)).rstrip("\n") + "\n"


NOTES = {
    "json": JSON_NOTE,
    "csv": CSV_NOTE,
    "npz": NPZ_NOTE,
    "glb": GLB_NOTE,
    "usd": USD_NOTE,
    "maya-script": SCRIPT_NOTE,
    "maya-anim": MAYA_NOTE,
    "unity-anim": UNITY_NOTE,
    "a2f-csv": A2F_NOTE,
    "npy": NPY_NOTE,
    "fbx": FBX_NOTE,
    "fbx-animation": FBX_ANIMATION_NOTE,
    "vertices": VERTICES_NOTE,
    "anchors68": ANCHORS68_NOTE,
    "anchors478": ANCHORS478_NOTE,
}
SAMPLES: dict[str, Callable[[Path], str]] = {
    "json": json_sample,
    "csv": csv_sample,
    "npz": npz_sample,
    "glb": glb_sample,
    "usd": usd_sample,
    "maya-script": script_sample,
    "maya-anim": maya_sample,
    "unity-anim": unity_sample,
    "a2f-csv": plain_sample,
    "npy": npy_sample,
    "fbx": fbx_sample,
    "fbx-animation": fbx_sample,
    "vertices": shapes_sample,
    "anchors68": anchors_sample,
    "anchors478": anchors_sample,
}
LANGUAGES = {"json": "json", "maya-script": "python", "unity-anim": "yaml"}


if __name__ == "__main__":
    sys.exit(settle(FILE, text(), "--check" in sys.argv[1:], "scripts/make_formats.py"))
