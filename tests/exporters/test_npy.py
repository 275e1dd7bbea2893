"""FACEGOOD's pair of arrays: both files or none, sizes checked before they are believed."""

from __future__ import annotations

import errno
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exporters import FormatError, read_clip, write_clip
from rigs import AnimationClip

ClipMaker = Callable[..., AnimationClip]

TAKES = Path(__file__).parents[3] / "shared" / "data" / "facegood"
NAMES = ("jaw", "口")


def test_numpy_reads_the_pair(tmp_path: Path, make_clip: ClipMaker) -> None:
    clip = make_clip(20, 30, NAMES)
    write_clip(clip, tmp_path / "line.npy")
    np.testing.assert_array_equal(np.load(tmp_path / "line.npy", allow_pickle=False), clip.weights)
    assert np.load(tmp_path / "line_BS_name.npy", allow_pickle=False).tolist() == list(NAMES)


def test_takes_share_their_names(tmp_path: Path, make_clip: ClipMaker) -> None:
    for take in ("a", "b"):
        write_clip(make_clip(20, 30, NAMES), tmp_path / f"{take}_BS_value.npy")
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "BS_name.npy",
        "a_BS_value.npy",
        "b_BS_value.npy",
    ]
    assert read_clip(tmp_path / "a_BS_value.npy").names == NAMES
    with pytest.raises(FormatError, match=r"BS_name.npy has other names, and the takes beside it need them"):
        write_clip(make_clip(20, 30, ("jaw",)), tmp_path / "c_BS_value.npy")
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.local_data
@pytest.mark.skipif(not TAKES.is_dir(), reason=f"FACEGOOD's takes are not in {TAKES}")
def test_real_takes_are_read_and_written_equal(tmp_path: Path) -> None:
    files = sorted(TAKES.glob("*_BS_value.npy"))
    assert len(files) >= 5
    for file in files:
        clip = read_clip(file)
        assert (len(clip.names), clip.fps) == (116, 30)
        back = read_clip(write_clip(clip, tmp_path / file.name))
        assert back.names == clip.names
        np.testing.assert_array_equal(back.weights, np.load(file, allow_pickle=False))


@pytest.mark.parametrize("old", [None, b"old names"])
def test_both_files_or_none(
    tmp_path: Path, make_clip: ClipMaker, monkeypatch: pytest.MonkeyPatch, old: bytes | None
) -> None:
    values, names = tmp_path / "line.npy", tmp_path / "line_BS_name.npy"
    values.write_bytes(b"old values")
    if old is not None:
        names.write_bytes(old)
    replace = Path.replace

    def fails_for_values(self: Path, target: Path) -> Path:
        if target == values:
            raise OSError(errno.EIO, "Input/output error")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", fails_for_values)
    with pytest.raises(FormatError, match="Input/output error"):
        write_clip(make_clip(20, 30, NAMES), values)
    assert values.read_bytes() == b"old values"
    assert (names.read_bytes() if names.exists() else None) == old
    assert len(list(tmp_path.iterdir())) == 1 + (old is not None)


def header(text: str) -> bytes:
    """An .npy of version 1 with that header and no data."""
    body = text.encode() + b" " * (-(len(text) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(body)) + body


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            header("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967295, 116), }"),
            "has 0 bytes for them",
        ),
        (header("{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 2), }"), "negative size"),
        (header("{'descr': '|O', 'fortran_order': False, 'shape': (2, 2), }"), "holds pickled objects"),
        (header("{'descr': '<f4', 'fortran_order': False, 'shape': (10**9, 2), }"), "no whole .npy"),
        (header("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 2), }"), "the clip has no frames"),
        (header("{'descr': '<c8', 'fortran_order': False, 'shape': (0, 2), }"), "holds complex64"),
        (b"\x93NUMPY\x02\x00\xff\xff\xff\xff", "no whole .npy"),
        (b"\x93NUMPY\x09\x00", "no whole .npy"),
        (b"", "no whole .npy"),
        (b"hello, world", "no whole .npy"),
    ],
)
def test_values_that_cannot_be_right(
    tmp_path: Path, make_clip: ClipMaker, content: bytes, message: str, refused: Callable[..., None]
) -> None:
    write_clip(make_clip(2, 30, NAMES), tmp_path / "line.npy")
    refused(tmp_path / "line.npy", content, message)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (np.array(["jaw"]), "BS_name.npy has 1 names, and the values have 2 columns"),
        (np.array([1, 2]), "expected a row of texts"),
        (np.array([["a", "b"]]), "expected a row of texts"),
        (np.array(["jaw", "jaw"]), "channel names appear twice: jaw"),
        (np.array([b"jaw", b"\xff"]), "no UTF-8"),
        (np.array(["a", None], dtype=object), "pickled objects"),
        (None, r"the names are missing; expected line_BS_name.npy or BS_name.npy beside it"),
    ],
)
def test_names_that_cannot_be_right(tmp_path: Path, make_clip: ClipMaker, names: Any, message: str) -> None:
    file = write_clip(make_clip(2, 30, NAMES), tmp_path / "line.npy")
    (tmp_path / "line_BS_name.npy").unlink()
    if names is not None:
        np.save(tmp_path / "line_BS_name.npy", names, allow_pickle=True)
    with pytest.raises(FormatError, match=message) as caught:
        read_clip(file)
    assert "\n" not in str(caught.value)


def test_old_names_are_bytes(tmp_path: Path) -> None:
    np.save(tmp_path / "t_BS_value.npy", np.ones((3, 2)))
    np.save(tmp_path / "BS_name.npy", np.array([b"jaw", b"lip"]))
    assert read_clip(tmp_path / "t_BS_value.npy").names == ("jaw", "lip")
