"""Correlation with a filmed mouth, on mouths whose answer is known."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from audio2face.errors import TrainingError
from audio2face.measures.figures import figures
from audio2face.measures.recordings import is_tracked, read_recordings, tracked_file
from audio2face.measures.score import score
from audio2face.measures.tracking import Tracked, at_rate, best_correlation, follow, read_tracked
from audio2face.models import load_model
from rigs import AnimationClip

GRID = Path(__file__).parents[2].parent / "shared" / "data" / "grid"


def wave(delay: float = 0.0, fps: float = 100, seconds: float = 2.0) -> np.ndarray:
    """[frames] a motion that is unlike itself at any other time."""
    at = np.arange(round(seconds * fps)) / fps - delay
    return np.sin(7 * at) + 0.5 * np.sin(17 * at + 1) + 0.3 * np.sin(31 * at + 2)


def test_equal_motion_correlates_fully() -> None:
    assert best_correlation(wave(), 3 * wave() + 5) == pytest.approx(1.0)


def test_opposite_motion_does_not() -> None:
    slow = np.linspace(0, 1, 200)
    assert best_correlation(slow, -slow) == pytest.approx(-1.0)


@pytest.mark.parametrize("delay", [-0.2, -0.1, 0.03, 0.2])
def test_lag_within_200_ms_is_forgiven(delay: float) -> None:
    assert best_correlation(wave(), wave(delay)) == pytest.approx(1.0)


def test_lag_beyond_200_ms_is_not() -> None:
    assert best_correlation(wave(), wave(0.3)) < 0.9


def test_known_correlation() -> None:
    """Equal parts of one signal and of another that is unrelated: r = 1/√2."""
    random = np.random.default_rng(5)
    first, second = random.normal(size=(2, 20_000))
    assert best_correlation(first, first + second) == pytest.approx(math.sqrt(0.5), abs=0.02)


def test_still_mouth_has_no_correlation() -> None:
    assert math.isnan(best_correlation(np.zeros(200), wave()))
    assert math.isnan(best_correlation(np.full(200, 0.3) + 1e-8 * wave(), wave()))


def test_the_shorter_one_decides() -> None:
    assert best_correlation(wave(), wave()[:120]) == pytest.approx(1.0)


@pytest.mark.parametrize("fps", [24, 25, 29.97, 60, 120])
def test_series_are_brought_to_100_hz(fps: float) -> None:
    values = np.arange(round(2 * fps)) / fps
    found = at_rate(values, fps)
    np.testing.assert_allclose(found, np.arange(len(found)) / 100, atol=1e-9)
    assert len(found) == int(values[-1] * 100 + 1e-9) + 1


@pytest.mark.parametrize("fps", [30, 60, 120])
def test_follow_reads_opening_and_width_from_the_right_channels(fps: float) -> None:
    jaw = 0.4 + 0.15 * wave(fps=fps)
    wide = 0.4 + 0.15 * wave(0.5, fps)
    names = ("jawOpen", "mouthStretchLeft", "mouthStretchRight")
    clip = AnimationClip(names, np.stack([jaw, wide, wide], axis=1), fps)
    opening = at_rate(jaw, fps, 25)
    seen = Tracked(opening, at_rate(wide, fps, 25), 25.0)
    found = follow(clip, seen)
    assert found[0] > 0.97 and found[1] > 0.9
    crossed = follow(clip, Tracked(seen.width, seen.opening, 25.0))
    assert crossed[0] < 0.8


def landmarks(opening: np.ndarray, width: np.ndarray) -> np.ndarray:
    """[frames, 6, 3] points 13, 14, 61, 291, 33, 263, as files hold them; eyes 100 pixels apart."""
    points = np.zeros((len(opening), 6, 3))
    points[:, 1, 1] = 100 * opening / 288
    points[:, 3, 0] = 100 * width / 360
    points[:, 5, 0] = 100 / 360
    return np.round(points * 20_000).astype(np.int16)


def tracked_folder(folder: Path, clips: dict[str, np.ndarray]) -> Path:
    index = np.array([13, 14, 61, 291, 33, 263])
    np.savez(folder / "speaker.npz", landmark_index=index, **{f"{k}/landmarks": v for k, v in clips.items()})
    (folder / "audio").mkdir()
    return folder


def test_landmarks_become_distances_relative_to_the_eyes(tmp_path: Path) -> None:
    opening, width = np.linspace(0, 0.3, 10), np.linspace(0.5, 0.7, 10)
    folder = tracked_folder(tmp_path, {"one": landmarks(opening, width)})
    assert is_tracked(folder)
    seen = read_tracked(tracked_file(folder))
    assert list(seen) == ["one"]
    np.testing.assert_allclose(seen["one"].opening, opening, atol=1e-3)
    np.testing.assert_allclose(seen["one"].width, width, atol=1e-3)
    assert seen["one"].fps == 25


def test_folder_without_a_filmed_speaker(tmp_path: Path) -> None:
    assert not is_tracked(tmp_path)
    with pytest.raises(TrainingError, match=r"holds 0 \.npz files of landmarks; expected one"):
        tracked_file(tmp_path)


@pytest.mark.local_data
def test_studio_follows_filmed_lips_better_than_loudness() -> None:
    if not (GRID / "s1.npz").exists():
        pytest.skip(f"no filmed speaker in {GRID}")
    scores = score(read_recordings(GRID, every=45), load_model("studio"))
    opening = figures(scores)["opening r"]
    assert opening["model"].value > opening["loudness"].value, opening
    assert math.isnan(opening["mean pose"].value)
