"""Makes a dataset that lies on disk exactly as VOCASET does, from the default head and the bundled sample.

python scripts/make_vocaset_like.py FOLDER [--form published | faceformer] [--subjects 6] [--sequences 2]
    [--seconds 2] [--every 4]

VOCASET itself is for registered researchers only; its layout, with pickles of Python 2, is for tests to read.
`templates/FLAME_sample.ply` has the triangles, as for those who draw VOCASET.
Subjects are the head's face, each stretched its own way; sequences are pieces of the sample, as `studio`
moves them, at 60 frames a second. The sound is 22 kHz in 16 bit numbers, as in VOCASET.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import soundfile
from python2_pickle import dumps

from audio2face.measures.vertices import head_regions
from audio2face.models import load_model
from audio2face.pipeline import animate
from audio2face.sources import ArraySource, FileSource
from rigs import default_head, vertices_of

SAMPLE = Path(__file__).resolve().parents[1] / "audio2face" / "data" / "sample.ogg"
FPS, RATE = 60, 22_000
KNOWN = (
    *("FaceTalk_170728_03272_TA", "FaceTalk_170904_00128_TA", "FaceTalk_170725_00137_TA"),
    *("FaceTalk_170915_00223_TA", "FaceTalk_170811_03275_TA", "FaceTalk_170809_00138_TA"),
)
"""Subjects of VOCASET: four that train, one that is checked on, one that is tested on."""

Array = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Made:
    """A sequence: [frames, vertices, 3] float32, and [samples] int16 at RATE."""

    subject: str
    sequence: str
    vertices: Array
    sound: Array


def main() -> int:
    """Parses the command line and writes the folder."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--form", choices=("published", "faceformer"), default="published")
    parser.add_argument("--subjects", type=int, default=6, help="1 to 6")
    parser.add_argument("--sequences", type=int, default=2, help="of each subject, 1 to 9")
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--every", type=int, default=4, help="of the head's vertices, keep every so many")
    words = parser.parse_args()
    write(words.folder, words.form, words.subjects, words.sequences, words.seconds, words.every)
    print(f"{words.folder}: written", file=sys.stderr)
    return 0


def write(
    folder: Path,
    form: str = "published",
    subjects: int = 6,
    sequences: int = 2,
    seconds: float = 2.0,
    every: int = 4,
) -> None:
    """Writes the whole dataset."""
    templates = {name: face(place, every) for place, name in enumerate(KNOWN[:subjects])}
    made = list(sequences_of(templates, sequences, seconds, every))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "templates.pkl").write_bytes(
        dumps({name: one.astype(np.float64) for name, one in templates.items()})
    )
    (published if form == "published" else faceformer)(folder, made)
    regions(folder / "regions", every)
    surface(folder / "templates" / "FLAME_sample.ply", next(iter(templates.values())), every)


def kept(every: int) -> Array:
    """[vertices] of the head's skin that the dataset has."""
    mesh = default_head().mesh
    assert mesh is not None
    first, end = mesh.parts["skin"]
    return np.union1d(
        np.arange(first, end, every), [at for at in mesh.landmarks.values() if first <= at < end]
    )


def regions(folder: Path, every: int) -> None:
    """lve.txt and fdd.txt: the lips and the upper face, numbered as the dataset's vertices are."""
    mesh = default_head().mesh
    assert mesh is not None
    folder.mkdir(exist_ok=True)
    for name, region in zip(("lve.txt", "fdd.txt"), head_regions(mesh), strict=True):
        numbers = np.flatnonzero(np.isin(kept(every), region))
        (folder / name).write_text(", ".join(map(str, numbers)), encoding="utf-8")


def surface(file: Path, template: Array, every: int) -> None:
    """The triangles of the dataset's vertices, as text of Stanford's PLY."""
    triangles = merged(every)
    head = (
        f"ply\nformat ascii 1.0\nelement vertex {len(template)}\n"
        "property float x\nproperty float y\nproperty float z\n"
        f"element face {len(triangles)}\nproperty list uchar int vertex_indices\nend_header"
    )
    points = [f"{x:.6f} {y:.6f} {z:.6f}" for x, y, z in template.tolist()]
    faces = [f"3 {a} {b} {c}" for a, b, c in triangles.tolist()]
    file.parent.mkdir(exist_ok=True)
    file.write_text("\n".join([head, *points, *faces]) + "\n", encoding="ascii", newline="\n")


def merged(every: int) -> Array:
    """[triangles, 3] of the kept vertices: each other vertex goes to the nearest one that is kept.

    Vertex clustering (J. Rossignac, P. Borrel 1993).
    """
    mesh = default_head().mesh
    assert mesh is not None
    first, end = mesh.parts["skin"]
    points, left = mesh.vertices[first:end], mesh.vertices[kept(every)]
    nearest = np.concatenate(
        [
            np.square(points[at : at + 256, None] - left[None]).sum(axis=2).argmin(axis=1)
            for at in range(0, len(points), 256)
        ]
    )
    inside = ((mesh.triangles >= first) & (mesh.triangles < end)).all(axis=1)
    corners = nearest[mesh.triangles[inside] - first]
    solid = [len(set(row)) == 3 for row in corners.tolist()]
    return np.unique(corners[solid], axis=0)


def face(place: int, every: int) -> Array:
    """[vertices, 3] float32 of one subject at rest: wider or longer than the last."""
    mesh = default_head().mesh
    assert mesh is not None
    return mesh.vertices[kept(every)] * np.float32(
        [1 + 0.02 * place, 1 - 0.01 * place, 1 + 0.01 * (place % 3)]
    )


def sequences_of(templates: Mapping[str, Array], count: int, seconds: float, every: int) -> Iterator[Made]:
    """Pieces of the sample, each subject a little livelier than the last."""
    model, head = load_model("studio"), default_head()
    assert head.mesh is not None
    whole = np.concatenate([block.samples for block in FileSource(SAMPLE)])
    rest = head.mesh.vertices[kept(every)]
    for place, (subject, template) in enumerate(templates.items()):
        for number in range(count):
            first = (place * 3 + number * 7) % 11 * 16000 * max(0.0, 5.2 - seconds) / 11
            piece = whole[int(first) : int(first + seconds * 16000)]
            clip = animate(ArraySource(piece, 16000), model, FPS)
            moved = vertices_of(head.mesh, clip.weights, clip.names, kept(every)) - rest
            yield Made(
                subject,
                f"sentence{number + 1:02}",
                template + moved * np.float32(0.9 + 0.05 * place),
                sound(piece),
            )


def sound(piece: Array) -> Array:
    """[samples] int16 at RATE of samples at 16 kHz."""
    times = np.arange(int(len(piece) * RATE / 16000)) / RATE
    return np.round(np.interp(times, np.arange(len(piece)) / 16000, piece) * 32000).astype(np.int16)


def published(folder: Path, made: list[Made]) -> None:
    """data_verts.npy, subj_seq_to_idx.pkl, raw_audio_fixed.pkl."""
    index: dict[str, dict[str, dict[int, int]]] = {}
    sounds: dict[str, dict[str, dict[str, Any]]] = {}
    row = 0
    for one in made:
        frames = len(one.vertices)
        index.setdefault(one.subject, {})[one.sequence] = {frame: row + frame for frame in range(frames)}
        sounds.setdefault(one.subject, {})[one.sequence] = {"audio": one.sound, "sample_rate": RATE}
        row += frames
    np.save(folder / "data_verts.npy", np.concatenate([one.vertices for one in made]).astype(np.float32))
    (folder / "subj_seq_to_idx.pkl").write_bytes(dumps(index))
    (folder / "raw_audio_fixed.pkl").write_bytes(dumps(sounds))


def faceformer(folder: Path, made: list[Made]) -> None:
    """vertices_npy and wav."""
    for inner in ("vertices_npy", "wav"):
        (folder / inner).mkdir(exist_ok=True)
    for one in made:
        name = f"{one.subject}_{one.sequence}"
        flat = one.vertices.reshape(len(one.vertices), -1).astype(np.float32)
        np.save(folder / "vertices_npy" / f"{name}.npy", flat)
        soundfile.write(folder / "wav" / f"{name}.wav", one.sound, RATE, subtype="PCM_16")


if __name__ == "__main__":
    sys.exit(main())
