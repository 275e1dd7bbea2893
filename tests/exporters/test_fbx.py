"""FBX by itself: round trips, what Blender exports, rates, names, bytes."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exporters import FormatError, find_format, read_clip, write_clip
from exporters.fbx import read_fbx, write_fbx, write_fbx_animation
from exporters.fbx.times import TICKS, ticks
from exporters.keys import Keys
from rigs import ROTATION_NAMES, AnimationClip, Channel, Mesh, MorphTarget, Rig

ClipMaker = Callable[..., AnimationClip]
BlenderRunner = Callable[..., Any]
RATES = (24, 25, 29.97, 30, 60, 23.976, 50, 59.94, 120, 119.88, 12, 17.5, 100 / 3, 1000, 1)
PRECISION = 2e-7
"""Of a weight of 1: two float32 roundings, to 0..100 and back."""

STEP = MorphTarget(np.array([0]), np.array([[0.0, 0.01, 0.0]]))


def write(clip: AnimationClip, file: Path, format: str, rig: Rig | None = None) -> Path:
    """Writes in one of the two formats."""
    return write_clip(clip, file, format, rig=rig if format == "fbx" else None)


@pytest.mark.parametrize("format", ["fbx", "fbx-animation"])
@pytest.mark.parametrize("fps", RATES)
def test_reading_back(tmp_path: Path, make_clip: ClipMaker, tiny_rig: Rig, fps: float, format: str) -> None:
    clip = make_clip(40, fps, head=True, audio="söund/line.wav")
    back = read_clip(write(clip, tmp_path / "clip.fbx", format, tiny_rig))
    assert (back.names, back.fps, back.audio) == (clip.names, fps, "söund/line.wav")
    np.testing.assert_allclose(back.weights, clip.weights, rtol=PRECISION, atol=1e-9)
    np.testing.assert_array_equal(back.head, clip.head)


@pytest.mark.parametrize("frames", [1, 2, 100_000])
def test_reading_back_short_and_long(tmp_path: Path, make_clip: ClipMaker, frames: int) -> None:
    clip = make_clip(frames, 29.97, ("口", "ö"))
    back = read_clip(write(clip, tmp_path / "clip.fbx", "fbx-animation"))
    assert (back.names, back.fps, back.frames, back.head, back.audio) == (
        ("口", "ö"),
        29.97,
        frames,
        None,
        None,
    )
    np.testing.assert_allclose(back.weights, clip.weights, rtol=PRECISION, atol=1e-9)


def test_weights_beyond_their_range_come_back(tmp_path: Path) -> None:
    clip = AnimationClip(("a", "b"), np.array([[-0.5, 1.5], [3, -1e-6]]), 30)
    back = read_clip(write(clip, tmp_path / "clip.fbx", "fbx-animation"))
    np.testing.assert_allclose(back.weights, clip.weights, rtol=PRECISION)


def test_few_keys_come_back_as_the_lines_between_them(
    tmp_path: Path, make_clip: ClipMaker, mouth_rig: Rig
) -> None:
    clip = make_clip(50, 60, mouth_rig.names)
    frames = np.array([0, 7, 8, 30, 49])
    keys = (Keys(frames, clip.weights[frames, 0]), Keys(np.array([20]), np.array([0.25])))
    write_fbx(clip, tmp_path / "clip.fbx", mouth_rig, keys=keys)
    back = read_fbx(tmp_path / "clip.fbx")
    assert back.frames == 50
    np.testing.assert_allclose(back.weights, np.stack([key.sample(50) for key in keys], axis=1), atol=1e-6)


@pytest.mark.parametrize("fps", [24, 30, 60])
def test_what_blender_exports_is_read(
    tmp_path: Path, make_clip: ClipMaker, run_blender: BlenderRunner, fps: float
) -> None:
    clip = make_clip(40, fps, ("jawOpen", "smile", "é"))
    run_blender("export_fbx.py", write_clip(clip, tmp_path / "clip.npz"), tmp_path / "clip.fbx")
    back = read_clip(tmp_path / "clip.fbx")
    assert (back.names, back.fps, back.head) == (clip.names, fps, None)
    np.testing.assert_allclose(back.weights, clip.weights, atol=1e-6)


@pytest.mark.parametrize("fps", RATES)
def test_ticks_are_the_nearest_whole_ones(fps: float) -> None:
    rate, found = Fraction(str(fps)), ticks(5000, fps)
    for frame in (0, 1, 2, 999, 4999):
        assert abs(int(found[frame]) - TICKS * frame / rate) <= Fraction(1, 2)


def test_frames_at_other_programs_29_97_are_found(tmp_path: Path, make_clip: ClipMaker) -> None:
    """Their key n lies at n * 1001 / 30000 seconds, which after 2000 frames is no longer near ours."""
    clip = make_clip(2000, 29.97, ("jawOpen",))
    file = tmp_path / "clip.fbx"
    with pytest.MonkeyPatch.context() as patch:
        exact = np.array([round(Fraction(TICKS * frame * 1001, 30000)) for frame in range(2000)])
        patch.setattr("exporters.fbx.write.ticks", lambda frames, fps: exact)
        write_fbx_animation(clip, file)
    back = read_clip(file)
    assert (back.fps, back.frames) == (29.97, 2000)
    np.testing.assert_allclose(back.weights, clip.weights, rtol=PRECISION, atol=1e-9)


@pytest.mark.parametrize("format", ["fbx", "fbx-animation"])
def test_same_clip_same_bytes(tmp_path: Path, make_clip: ClipMaker, tiny_rig: Rig, format: str) -> None:
    files = [write(make_clip(head=True), tmp_path / name, format, tiny_rig) for name in ("a.fbx", "b.fbx")]
    assert files[0].read_bytes() == files[1].read_bytes()


def test_animation_alone_has_no_mesh_to_speak_of(tmp_path: Path, make_clip: ClipMaker) -> None:
    clip = make_clip(2)
    sizes = [write(clip, tmp_path / f"{name}.fbx", name).stat().st_size for name in ("fbx", "fbx-animation")]
    assert sizes[1] < 80_000
    assert sizes[0] > 500_000


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("a/b", r"'a/b' has '/', which separates"),
        ("a|b", r"has '\|', which separates"),
        ("a::b", "has '::', which separates"),
        ("a\0b", r"a channel is named 'a\\x00b'; give it a name in one line"),
        ("a\nb", r"a channel is named 'a\\nb'; give it a name in one line"),
        ("a\x7fb", r"has the sign '\\x7f', which fbx cannot carry"),
        ("", "a channel is named ''"),
        (" ", "a channel is named ' '"),
        ("\ud800", "no Unicode text|which fbx cannot carry"),
    ],
)
@pytest.mark.parametrize("format", ["fbx", "fbx-animation"])
def test_names_that_fbx_cannot_carry(tmp_path: Path, name: str, message: str, format: str) -> None:
    clip = AnimationClip(("jawOpen", name), np.zeros((2, 2)), 30)
    mesh = Mesh(np.zeros((3, 3)), np.array([[0, 1, 2]]), np.zeros((3, 3)), {"jawOpen": STEP})
    rig = Rig((Channel("jawOpen"), Channel(name or "other")), mesh)
    with pytest.raises(FormatError, match=message) as caught:
        write(clip, tmp_path / "clip.fbx", format, rig)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_rigs_that_do_not_fit(tmp_path: Path, make_clip: ClipMaker, mouth_rig: Rig) -> None:
    assert mouth_rig.mesh is not None
    bare = Mesh(mouth_rig.mesh.vertices, mouth_rig.mesh.triangles, mouth_rig.mesh.colours, {})
    flat = Mesh(bare.vertices, np.zeros((0, 3)), bare.colours, mouth_rig.mesh.targets)
    for clip, rig, message in (
        (make_clip(), mouth_rig, r"clip\.fbx: the rig has no channel for 50 of the clip \(eyeBlink"),
        (make_clip(), Rig(mouth_rig.channels), "the rig has no mesh to put into an fbx"),
        (make_clip(), Rig(mouth_rig.channels, bare), "the rig's mesh has no shapes to animate"),
        (make_clip(names=mouth_rig.names), Rig(mouth_rig.channels, flat), "the rig's mesh has no triangles"),
        (make_clip(names=ROTATION_NAMES), mouth_rig, "no blendshape channels"),
    ):
        with pytest.raises(FormatError, match=message):
            write_clip(clip, tmp_path / "clip.fbx", rig=rig)
    assert list(tmp_path.iterdir()) == []


def test_angles_among_the_channels_are_left_out(tmp_path: Path, make_clip: ClipMaker, tiny_rig: Rig) -> None:
    clip = make_clip(5, names=("jawOpen", *ROTATION_NAMES, "mouthClose"))
    for format in ("fbx", "fbx-animation"):
        back = read_clip(write(clip, tmp_path / "clip.fbx", format, tiny_rig))
        assert back.names == ("jawOpen", "mouthClose")
        np.testing.assert_allclose(back.channel("mouthClose"), clip.channel("mouthClose"), rtol=PRECISION)


def test_what_is_too_large_is_refused(
    tmp_path: Path, make_clip: ClipMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exporters.fbx.record.LARGEST", 100_000)
    with pytest.raises(FormatError, match=r"an fbx of 0\.0 GB is more than the format counts"):
        write(make_clip(2000), tmp_path / "clip.fbx", "fbx-animation")
    with pytest.raises(FormatError, match="longer than fbx counts"):
        ticks(1 << 31, 1)
    assert list(tmp_path.iterdir()) == []


def test_the_suffix_means_the_mesh() -> None:
    assert find_format(Path("clip.FBX")).name == "fbx"
