"""Every reader of the table given nothing, half a file, a damaged one: one line, or a possible clip."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from exporters import Format, FormatError, formats, read_clip, write_clip
from rigs import AnimationClip, Rig

ClipMaker = Callable[..., AnimationClip]

ELSEWHERE = ("json", "csv", "npz", "glb")
"""In test_hostile and test_hostile_binary."""
CASES = [
    (entry, suffix)
    for entry in formats()
    if entry.readable and entry.name not in ELSEWHERE
    for suffix in entry.suffixes
]
ROWS = ("a2f-csv",)
"""Half a table is a table."""


def each(value: object) -> str | None:
    return value.name if isinstance(value, Format) else None


def attempt(file: Path, entry: Format, content: bytes) -> AnimationClip | None:
    """The clip, or None after an error of one line."""
    file.write_bytes(content)
    try:
        return read_clip(file, entry.name)
    except FormatError as error:
        assert str(error).startswith(f"cannot read {file}: ")
        assert "\n" not in str(error)
        assert len(str(error)) < len(str(file)) + 400
        return None


@pytest.mark.parametrize(("entry", "suffix"), CASES, ids=each)
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        b"hello, world\n",
        bytes(range(256)) * 9,
        b"\xff\xfe\x00",
        b"[" * 99999,
        b"PK\x03\x04" * 9,
    ],
)
def test_no_such_file_at_all(tmp_path: Path, entry: Format, suffix: str, content: bytes) -> None:
    assert attempt(tmp_path / f"clip{suffix}", entry, content) is None


@pytest.mark.parametrize(("entry", "suffix"), CASES, ids=each)
def test_cut_off_anywhere(
    tmp_path: Path, make_clip: ClipMaker, tiny_rig: Rig, entry: Format, suffix: str
) -> None:
    clip = make_clip(4, head=True)
    good = write_clip(clip, tmp_path / f"clip{suffix}", entry.name, tiny_rig).read_bytes()
    for number, length in enumerate(np.linspace(0, len(good) - 2, 40).astype(int).tolist()):
        # A new name each time: USD keeps what it opened.
        folder = tmp_path / str(number)
        folder.mkdir()
        for other in tmp_path.glob("*_BS_name.npy"):
            (folder / other.name).write_bytes(other.read_bytes())
        read = attempt(folder / f"clip{suffix}", entry, good[:length])
        if read is not None and entry.name not in ROWS:
            np.testing.assert_allclose(read.weights, clip.weights, atol=entry.precision)


@pytest.mark.parametrize(("entry", "suffix"), CASES, ids=each)
def test_damaged_anywhere(
    tmp_path: Path, make_clip: ClipMaker, tiny_rig: Rig, entry: Format, suffix: str
) -> None:
    good = write_clip(make_clip(4, head=True), tmp_path / f"clip{suffix}", entry.name, tiny_rig).read_bytes()
    random = np.random.default_rng(3)
    for number in range(120):
        damaged = bytearray(good)
        for place in random.integers(0, min(len(good), 4000 if random.random() < 0.5 else len(good)), 3):
            damaged[place] = random.integers(256)
        attempt(tmp_path / f"{number}{suffix}", entry, bytes(damaged))
