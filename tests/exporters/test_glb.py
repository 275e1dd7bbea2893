"""The glb against Khronos' validator, three's loader and our own reader."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exporters import FormatError, read_clip, write_clip
from rigs import ARKIT_NAMES, ROTATION_NAMES, AnimationClip, Rig
from rigs.head import default_head

ClipMaker = Callable[..., AnimationClip]
NodeRunner = Callable[..., Any]


def problems(report: dict[str, Any]) -> list[dict[str, Any]]:
    """Everything the validator had to say."""
    found: list[dict[str, Any]] = report["issues"]["messages"]
    return found


@pytest.mark.parametrize("head", [False, True])
@pytest.mark.parametrize(("frames", "fps"), [(1, 30), (2, 24), (120, 60), (50, 29.97)])
def test_validator_finds_nothing(
    tmp_path: Path,
    make_clip: ClipMaker,
    tiny_rig: Rig,
    run_node: NodeRunner,
    frames: int,
    fps: float,
    head: bool,
) -> None:
    clip = make_clip(frames, fps, head=head, audio="hello.wav")
    report = run_node("validate.mjs", write_clip(clip, tmp_path / "clip.glb", rig=tiny_rig))
    assert problems(report) == []
    assert report["info"]["animationCount"] == 1
    assert report["info"]["totalVertexCount"] == 144


@pytest.mark.parametrize("suffix", [".glb", ".gltf"])
def test_validator_finds_nothing_wrong_in_the_default_head(
    tmp_path: Path, make_clip: ClipMaker, run_node: NodeRunner, suffix: str
) -> None:
    report = run_node("validate.mjs", write_clip(make_clip(head=True), tmp_path / f"clip{suffix}"))
    assert problems(report) == []
    assert report["info"]["maxAttributes"] == 3


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("data:application", "clip.bin"), "its numbers are in 'clip.bin/octet-stream"),
        ((";base64,", ";base64,!"), "its buffer is no base64"),
        (('"buffers"', '"bufers"'), "its structure is broken"),
        (("{", "{{"), "it is a glTF without readable JSON"),
    ],
)
def test_text_that_cannot_be_right(
    tmp_path: Path, make_clip: ClipMaker, tiny_rig: Rig, change: tuple[str, str], message: str
) -> None:
    file = write_clip(make_clip(3), tmp_path / "clip.gltf", rig=tiny_rig)
    file.write_text(file.read_text(encoding="utf-8").replace(*change, 1), encoding="utf-8")
    with pytest.raises(FormatError, match=message):
        read_clip(file)


def test_three_plays_the_same_weights(
    tmp_path: Path, make_clip: ClipMaker, tiny_rig: Rig, run_node: NodeRunner
) -> None:
    clip = make_clip(90, 60)
    seen = run_node(
        "three-animation.mjs", write_clip(clip, tmp_path / "clip.glb", rig=tiny_rig), 0, 0.25, 1.0
    )
    assert seen["names"] == list(clip.names)
    assert (seen["meshes"], seen["colours"], seen["normals"]) == (1, 144, 144)
    (track,) = seen["tracks"]
    np.testing.assert_allclose(track["times"], clip.times, atol=1e-6)
    np.testing.assert_allclose(np.reshape(track["values"], clip.weights.shape), clip.weights, atol=1e-6)
    for moment, frame in zip(seen["played"], (0, 15, 60), strict=True):
        np.testing.assert_allclose(moment["weights"], clip.weights[frame], atol=1e-6)


def test_three_moves_the_vertices_as_the_rig_does(
    tmp_path: Path, make_clip: ClipMaker, tiny_rig: Rig, run_node: NodeRunner
) -> None:
    clip = make_clip(40, 20)
    seen = run_node("three-animation.mjs", write_clip(clip, tmp_path / "clip.glb", rig=tiny_rig), 1.5)
    weights = dict(zip(clip.names, map(float, clip.weights[30]), strict=True))
    assert tiny_rig.mesh is not None
    posed = tiny_rig.mesh.pose(weights)
    assert np.abs(posed - tiny_rig.mesh.vertices).max() > 1e-3
    np.testing.assert_allclose(seen["played"][0]["vertices"], posed, atol=1e-6)


def test_three_moves_the_default_head_as_the_rig_does(
    tmp_path: Path, make_clip: ClipMaker, run_node: NodeRunner
) -> None:
    clip = make_clip(20, 20)
    seen = run_node("three-animation.mjs", write_clip(clip, tmp_path / "clip.glb"), 0.5)
    mesh = default_head().mesh
    assert mesh is not None
    posed = mesh.pose(dict(zip(clip.names, map(float, clip.weights[10]), strict=True)))
    np.testing.assert_allclose(seen["played"][0]["vertices"], posed, atol=1e-6)


@pytest.mark.parametrize(
    ("angles", "point", "goes"),
    [
        ((90, 0, 0), (0, 0, 1), (1, 0, 0)),  # yaw turns the face to its own left
        ((0, 90, 0), (0, 0, 1), (0, -1, 0)),  # pitch lowers it
        ((0, 0, 90), (0, 1, 0), (-1, 0, 0)),  # roll tilts the crown to its own right
    ],
)
def test_three_turns_the_head(
    tmp_path: Path,
    tiny_rig: Rig,
    run_node: NodeRunner,
    angles: tuple[float, ...],
    point: tuple[float, ...],
    goes: tuple[float, ...],
) -> None:
    clip = AnimationClip(("jawOpen",), np.zeros((2, 1)), 10, head=np.array([[0, 0, 0], angles]))
    seen = run_node("three-animation.mjs", write_clip(clip, tmp_path / "clip.glb", rig=tiny_rig), 0.1)
    x, y, z, w = seen["played"][0]["rotation"]
    axis = np.array([x, y, z])
    turned = np.array(point) + 2 * np.cross(axis, np.cross(axis, point) + w * np.array(point))
    np.testing.assert_allclose(turned, goes, atol=1e-6)


@pytest.mark.parametrize("fps", [24, 29.97, 60, 100, 17.5])
def test_reading_back(tmp_path: Path, make_clip: ClipMaker, tiny_rig: Rig, fps: float) -> None:
    clip = make_clip(40, fps, head=True, audio="söund.wav")
    back = read_clip(write_clip(clip, tmp_path / "clip.glb", rig=tiny_rig))
    assert (back.names, back.fps, back.audio) == (clip.names, fps, "söund.wav")
    assert type(back.fps) is type(fps)
    np.testing.assert_array_equal(back.weights, clip.weights)
    assert back.head is not None
    np.testing.assert_allclose(back.head, clip.head, atol=1e-4)


def test_the_rate_is_measured_when_nothing_notes_it(
    tmp_path: Path, make_clip: ClipMaker, tiny_rig: Rig
) -> None:
    file = write_clip(make_clip(300, 29.97), tmp_path / "clip.glb", rig=tiny_rig)
    file.write_bytes(file.read_bytes().replace(b'"fps":29.97', b'"odd":29.97'))
    assert read_clip(file).fps == 29.97


def test_same_clip_same_bytes(tmp_path: Path, make_clip: ClipMaker, tiny_rig: Rig) -> None:
    files = [write_clip(make_clip(head=True), tmp_path / name, rig=tiny_rig) for name in ("a.glb", "b.glb")]
    assert files[0].read_bytes() == files[1].read_bytes()


def test_sparse_targets_keep_the_default_head_small(tmp_path: Path, make_clip: ClipMaker) -> None:
    mesh = default_head().mesh
    assert mesh is not None
    size = write_clip(make_clip(600, 60), tmp_path / "clip.glb").stat().st_size
    dense = len(ARKIT_NAMES) * len(mesh.vertices) * 12
    assert size < dense / 2


def test_angles_among_the_channels_are_left_out(tmp_path: Path, make_clip: ClipMaker, tiny_rig: Rig) -> None:
    clip = make_clip(5, names=("jawOpen", *ROTATION_NAMES, "mouthClose"))
    back = read_clip(write_clip(clip, tmp_path / "clip.glb", rig=tiny_rig))
    assert back.names == ("jawOpen", "mouthClose")
    np.testing.assert_array_equal(back.channel("mouthClose"), clip.channel("mouthClose"))


def test_channels_that_the_rig_lacks_are_refused(
    tmp_path: Path, make_clip: ClipMaker, mouth_rig: Rig
) -> None:
    with pytest.raises(FormatError, match=r"clip\.glb: the rig has no channel for 50 of the clip \(eyeBlink"):
        write_clip(make_clip(), tmp_path / "clip.glb", rig=mouth_rig)
    with pytest.raises(FormatError, match="the rig has no mesh"):
        write_clip(make_clip(), tmp_path / "clip.glb", rig=Rig(mouth_rig.channels))
    with pytest.raises(FormatError, match="no blendshape channels"):
        write_clip(make_clip(names=ROTATION_NAMES), tmp_path / "clip.glb", rig=mouth_rig)
    assert list(tmp_path.iterdir()) == []
