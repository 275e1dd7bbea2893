"""Reading what was written gives the clip back, within the precision that the table states."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from exporters import Format, FormatError, formats, read_clip, write_clip
from rigs import ARKIT_NAMES, AnimationClip, Channel, Mesh, Rig

ClipMaker = Callable[..., AnimationClip]

READABLE = [entry for entry in formats() if entry.readable]
FILES = [(entry, suffix) for entry in READABLE for suffix in entry.suffixes if suffix != ".vrm"]
"""A .vrm is somebody's own avatar and needs one."""
RATES = (23.976, 24, 25, 29.97, 30, 50, 59.94, 60, 120)
SILENT = ("csv", "a2f-csv", "npy")
"""No place for the sound's path."""
HEADLESS = ("npy",)
TIMED_BY_ROWS = ("csv", "a2f-csv")
"""The rate is that of the rows, so one row has none."""
UNICODE = ("jawOpen", "口を開く", "naïve_é", "mouth smile", "blendShape1.jaw", 'so "called"', "- list: {x}")
DEGREES = 1e-4
"""Of the head's angles, in every format."""


def each(entry: object) -> str | None:
    return entry.name if isinstance(entry, Format) else None


def there_and_back(clip: AnimationClip, file: Path, entry: Format, rig: Rig | None = None) -> AnimationClip:
    write_clip(clip, file, entry.name, rig)
    back = read_clip(file, entry.name, None if entry.has_rate else clip.fps)
    assert back.names[: len(clip.names)] == clip.names
    assert back.frames == clip.frames
    wide = np.abs(back.weights[:, : len(clip.names)].astype(np.float64) - clip.weights.astype(np.float64))
    assert wide.max() <= entry.precision
    assert back.audio == (None if entry.name in SILENT else clip.audio)
    if entry.name not in HEADLESS:
        assert (back.head is None) == (clip.head is None)
        if back.head is not None and clip.head is not None:
            np.testing.assert_allclose(back.head, clip.head, atol=DEGREES)
    return back


@pytest.mark.parametrize("fps", RATES)
@pytest.mark.parametrize(("entry", "suffix"), FILES, ids=each)
def test_every_rate(
    tmp_path: Path, make_clip: ClipMaker, tiny_rig: Rig, entry: Format, suffix: str, fps: float
) -> None:
    clip = make_clip(75, fps, head=True, audio="söund's.wav")
    back = there_and_back(clip, tmp_path / f"clip{suffix}", entry, tiny_rig)
    assert back.fps == fps
    assert type(back.fps) is type(fps) or not entry.has_rate


@pytest.mark.parametrize(("entry", "suffix"), FILES, ids=each)
def test_one_frame(tmp_path: Path, make_clip: ClipMaker, tiny_rig: Rig, entry: Format, suffix: str) -> None:
    back = there_and_back(make_clip(1, 24), tmp_path / f"clip{suffix}", entry, tiny_rig)
    assert back.fps == (30 if entry.name in TIMED_BY_ROWS else 24)


@pytest.mark.parametrize("entry", READABLE, ids=each)
def test_a_hundred_thousand_frames(
    tmp_path: Path, make_clip: ClipMaker, tiny_rig: Rig, entry: Format
) -> None:
    names = ARKIT_NAMES[:4]
    back = there_and_back(make_clip(100_000, 59.94, names), tmp_path / f"clip{entry.suffix}", entry, tiny_rig)
    assert back.fps == 59.94


@pytest.mark.parametrize(("entry", "suffix"), FILES, ids=each)
def test_unicode_names(
    tmp_path: Path, make_clip: ClipMaker, tiny_rig: Rig, entry: Format, suffix: str
) -> None:
    assert tiny_rig.mesh is not None
    mesh = tiny_rig.mesh
    rig = Rig(
        tuple(Channel(name) for name in UNICODE),
        Mesh(mesh.vertices, mesh.triangles, mesh.colours, {UNICODE[1]: mesh.targets["jawOpen"]}),
    )
    clip, file = make_clip(5, 30, UNICODE), tmp_path / f"口 clip{suffix}"
    rules = {"csv": "Live Link Face does not know", "maya-anim": "letters, digits and _ only"}
    if entry.name in rules:
        with pytest.raises(FormatError, match=rules[entry.name]) as caught:
            write_clip(clip, file, entry.name, rig)
        assert "\n" not in str(caught.value)
        return
    there_and_back(clip, file, entry, rig)


@pytest.mark.parametrize("entry", [entry for entry in READABLE if entry.sparse], ids=each)
@pytest.mark.parametrize("fps", [23.976, 60, 45.5])
def test_fewer_keys_stay_within_the_error(
    tmp_path: Path, make_clip: ClipMaker, entry: Format, fps: float
) -> None:
    clip, error = make_clip(300, fps, audio="a.wav"), 0.01
    dense, sparse = tmp_path / f"dense{entry.suffix}", tmp_path / f"sparse{entry.suffix}"
    write_clip(clip, dense, entry.name)
    back = read_clip(write_clip(clip, sparse, entry.name, reduce=error), entry.name)
    assert (back.names, back.fps, back.frames) == (clip.names, fps, clip.frames)
    assert np.abs(back.weights - clip.weights).max() <= error + entry.precision
    assert sparse.stat().st_size < dense.stat().st_size


@pytest.mark.parametrize("entry", [entry for entry in READABLE if entry.sparse], ids=each)
def test_a_channel_that_never_moves(tmp_path: Path, entry: Format) -> None:
    clip = AnimationClip(("jawOpen", "mouthClose"), np.full((50, 2), [[0.25, 0.0]]), 30)
    for reduce in (None, 0.0, 0.1):
        file = write_clip(clip, tmp_path / f"clip{entry.suffix}", entry.name, reduce=reduce)
        np.testing.assert_allclose(read_clip(file, entry.name).weights, clip.weights, atol=entry.precision)


@pytest.mark.parametrize(("entry", "suffix"), FILES, ids=each)
def test_same_clip_same_bytes(
    tmp_path: Path, make_clip: ClipMaker, tiny_rig: Rig, entry: Format, suffix: str
) -> None:
    content = []
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        file = tmp_path / folder / f"clip{suffix}"
        write_clip(make_clip(9, head=True, audio="line.wav"), file, entry.name, tiny_rig)
        content.append(file.read_bytes())
    assert content[0] == content[1]


@pytest.mark.parametrize("entry", formats(), ids=each)
@pytest.mark.parametrize("name", ["a/b", "", "a\nb", "x\u0000"])
def test_a_name_that_is_hard_to_carry(
    tmp_path: Path, make_clip: ClipMaker, tiny_rig: Rig, entry: Format, name: str
) -> None:
    clip, file = make_clip(3, 30, ("jawOpen", name)), tmp_path / f"clip{entry.suffix}"
    rig = Rig((Channel("jawOpen"), Channel(name or "nameless")), tiny_rig.mesh)
    try:
        write_clip(clip, file, entry.name, rig)
    except FormatError as error:
        assert "\n" not in str(error)
        assert list(tmp_path.iterdir()) == []
        return
    assert entry.read is None or there_and_back(clip, file, entry, rig).names == clip.names
