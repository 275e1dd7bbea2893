"""The NumPy archive."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from exporters import read_clip, write_clip
from rigs import AnimationClip

ClipMaker = Callable[..., AnimationClip]


def test_numpy_reads_it_without_pickles(tmp_path: Path, make_clip: ClipMaker) -> None:
    clip = make_clip(20, 29.97, head=True, audio="söund.wav")
    with np.load(write_clip(clip, tmp_path / "clip.npz"), allow_pickle=False) as archive:
        assert sorted(archive.files) == ["audio", "fps", "head", "names", "weights"]
        assert archive["names"].tolist() == list(clip.names)
        assert archive["weights"].dtype == np.float32
        np.testing.assert_array_equal(archive["weights"], clip.weights)
        assert archive["fps"] == 29.97


@pytest.mark.parametrize(("fps", "head", "audio"), [(60, False, None), (29.97, True, "söund.wav")])
def test_reading_back_is_exact(
    tmp_path: Path, make_clip: ClipMaker, fps: float, head: bool, audio: str | None
) -> None:
    clip = make_clip(20, fps, head=head, audio=audio)
    back = read_clip(write_clip(clip, tmp_path / "clip.npz"))
    assert (back.names, back.fps, back.audio) == (clip.names, fps, audio)
    assert type(back.fps) is type(fps)
    np.testing.assert_array_equal(back.weights, clip.weights)
    assert (back.head is None) == (clip.head is None)
    if back.head is not None and clip.head is not None:
        np.testing.assert_array_equal(back.head, clip.head)


def test_same_clip_same_bytes(tmp_path: Path, make_clip: ClipMaker) -> None:
    files = [write_clip(make_clip(head=True), tmp_path / name) for name in ("a.npz", "b.npz")]
    assert files[0].read_bytes() == files[1].read_bytes()
