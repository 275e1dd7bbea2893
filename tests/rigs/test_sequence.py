"""Vertex sequences from files, mapped and never trusted."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

from rigs import RigError
from rigs.solving.sequence import as_sequence, blocks, read_vertices

FRAMES = np.arange(60, dtype=np.float32).reshape(4, 5, 3)


@pytest.mark.parametrize("array", [FRAMES, FRAMES.reshape(4, 15), np.asfortranarray(FRAMES.reshape(4, 15))])
def test_both_layouts_are_read_without_a_copy(tmp_path: Path, array: np.ndarray) -> None:
    np.save(tmp_path / "face.npy", array)
    found = read_vertices(tmp_path / "face.npy")
    np.testing.assert_array_equal(found, FRAMES)
    base = found
    while not isinstance(base, np.memmap):
        assert base is not None
        base = base.base


def test_blocks_are_float64_and_all_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rigs.solving.sequence.BLOCK_BYTES", 300)
    parts = list(blocks(FRAMES))
    assert [first for first, _ in parts] == [0, 2]
    assert parts[0][1].dtype == np.float64
    np.testing.assert_array_equal(np.concatenate([part for _, part in parts]), FRAMES)


def test_the_frame_with_nan_is_named() -> None:
    broken = FRAMES.copy()
    broken[2, 1, 1] = np.nan
    with pytest.raises(RigError, match="vertices of frame 2 hold NaN"):
        list(blocks(broken))


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((4, 16)), r"shape \(4, 16\); expected"),
        (np.zeros(15), "expected"),
        (np.zeros((0, 5, 3)), "at least one frame"),
        (np.zeros((4, 0, 3)), "at least one frame and one vertex"),
        (np.array(["a"]), "expected numbers"),
        (np.zeros((2, 5, 3), complex), "expected numbers"),
    ],
)
def test_other_arrays_are_refused(tmp_path: Path, array: np.ndarray, message: str) -> None:
    with pytest.raises(RigError, match=message):
        as_sequence(array)
    np.save(tmp_path / "face.npy", array)
    with pytest.raises(RigError, match=f"cannot read .*{message}"):
        read_vertices(tmp_path / "face.npy")


def saved(array: np.ndarray, **options: bool) -> bytes:
    file = io.BytesIO()
    np.save(file, array, **options)
    return file.getvalue()


def huge() -> bytes:
    """A short file whose header promises 4 GiB."""
    file = io.BytesIO()
    header = {"descr": "<f4", "fortran_order": False, "shape": (71_582_788, 5, 3)}
    np.lib.format.write_array_header_1_0(file, header)
    return file.getvalue() + bytes(64)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"nothing",
        saved(FRAMES)[:-40],
        saved(FRAMES)[:30],
        saved(np.array([{}], dtype=object), allow_pickle=True),
        huge(),
        b"\x80\x04K\x01.",
    ],
    ids=["empty", "text", "short", "half a header", "pickled", "4 GiB", "a pickle"],
)
def test_broken_files_are_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "face.npy"
    file.write_bytes(content)
    with pytest.raises(RigError, match=r"cannot read .*face\.npy: it is no whole \.npy file") as caught:
        read_vertices(file)
    assert "\n" not in str(caught.value)


def test_missing_files_and_archives(tmp_path: Path) -> None:
    with pytest.raises(RigError, match=r"cannot read .*: No such file"):
        read_vertices(tmp_path / "no.npy")
    np.savez(tmp_path / "face.npz", FRAMES)
    with pytest.raises(RigError, match=r"it is an \.npz archive"):
        read_vertices(tmp_path / "face.npz")
