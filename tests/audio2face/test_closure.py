"""The closure measure on clips whose answer is known, and the shipped models on real speech."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from audio2face.corpus import read_corpus
from audio2face.measures.closure import Closure, closure, total
from audio2face.measures.figures import counts, figures
from audio2face.measures.recordings import read_recordings, read_samples
from audio2face.measures.score import score
from audio2face.measures.systems import loudness, mean_pose
from audio2face.models import load_model
from audio2face.pipeline import animate
from audio2face.sources import FileSource
from audio2face.teacher import Segment
from exporters import read_clip, write_clip
from rigs import ARKIT_NAMES, AnimationClip
from rigs.lips import lip_gap_row

ROOT = Path(__file__).parents[2]
LIBRISPEECH = ROOT.parent / "shared" / "data" / "librispeech"
OPEN_MM = float(lip_gap_row(["jawOpen"])[0])


def with_gap(millimetres: np.ndarray, fps: float = 100) -> AnimationClip:
    """A clip whose lip gap is as given, by the jaw alone."""
    return AnimationClip(("jawOpen",), (millimetres / OPEN_MM)[:, None], fps)


def gap_of(wide: float, narrow: float, start: float, end: float, seconds: float = 1.0) -> np.ndarray:
    """[frames] at 100 fps: `wide`, but `narrow` from start to end."""
    times = np.arange(round(seconds * 100)) / 100
    return np.where((times >= start - 1e-9) & (times <= end + 1e-9), narrow, wide)


@pytest.mark.parametrize("label", ["P", "B", "M"])
def test_closed_at_the_phone(label: str) -> None:
    phones = [Segment(label, 0.4, 0.5)]
    assert closure(with_gap(gap_of(6, 0.9, 0.43, 0.46)), phones) == Closure(1, 1, 0, 0)
    assert closure(with_gap(gap_of(6, 1.1, 0.43, 0.46)), phones) == Closure(1, 0, 0, 0)


@pytest.mark.parametrize(("at", "closed"), [(0.37, 1), (0.53, 1), (0.34, 0), (0.56, 0)])
def test_slack_is_forty_milliseconds(at: float, closed: int) -> None:
    phones = [Segment("M", 0.4, 0.5)]
    assert closure(with_gap(gap_of(6, 0, at, at)), phones).closed == closed


def test_a_slow_clip_is_measured_between_its_frames() -> None:
    """At 4 fps no frame lies in the phone, and the straight line between frames does not close."""
    phones = [Segment("B", 0.35, 0.4)]
    assert closure(with_gap(np.array([6.0, 6.0, 0.0, 6.0]), fps=4), phones).closed == 0
    assert closure(with_gap(np.array([6.0, 0.0, 0.0, 6.0]), fps=4), phones).closed == 1


def test_a_phone_beyond_the_clip_is_judged_by_its_last_frame() -> None:
    assert closure(with_gap(np.full(10, 6.0)), [Segment("P", 3.0, 3.1)]).closed == 0
    assert closure(with_gap(np.zeros(10)), [Segment("P", 3.0, 3.1)]).closed == 1


def test_vowel_is_shut_if_its_middle_is() -> None:
    phones = [Segment("AA", 0.4, 0.6)]
    assert closure(with_gap(gap_of(6, 0.5, 0.48, 0.52)), phones) == Closure(0, 0, 1, 1)
    assert closure(with_gap(gap_of(6, 0.5, 0.40, 0.45)), phones) == Closure(0, 0, 1, 0)


@pytest.mark.parametrize(("label", "end", "counted"), [("AA", 0.45, 0), ("AA", 0.461, 1), ("IY", 0.6, 0)])
def test_only_long_open_vowels_count(label: str, end: float, counted: int) -> None:
    assert closure(with_gap(np.full(100, 6.0)), [Segment(label, 0.4, end)]).vowels == counted


def test_other_phones_do_not_count() -> None:
    phones = [Segment(label, 0.1, 0.4) for label in ("SIL", "F", "W", "UW", "IY")]
    assert closure(with_gap(np.zeros(100)), phones) == Closure()


def test_tongue_consonants_are_shut_if_their_middle_is() -> None:
    phones = [Segment("AA", 0.0, 0.1), Segment("T", 0.4, 0.5), Segment("N", 0.5, 0.6)]
    counts = closure(with_gap(gap_of(6, 0.5, 0.44, 0.46)), phones)
    assert (counts.consonants, counts.shut_consonants) == (2, 1)


def test_consonants_beside_a_closure_are_not_judged() -> None:
    phones = [Segment("M", 0.3, 0.4), Segment("T", 0.4, 0.5), Segment("S", 0.5, 0.6), Segment("P", 0.6, 0.7)]
    assert closure(with_gap(np.zeros(100)), phones).consonants == 0


def test_counts_add_up_to_shares() -> None:
    counts = total([Closure(3, 2, 10, 1, 8, 2), Closure(1, 1, 0, 0), Closure()])
    assert counts == Closure(4, 3, 10, 1, 8, 2)
    assert (counts.recall, counts.false_closure, counts.other_closure) == (0.75, 0.1, 0.25)
    nothing = (Closure().recall, Closure().false_closure, Closure().other_closure)
    assert all(math.isnan(share) for share in nothing)


def test_loudness_opens_the_jaw_with_the_root_of_the_level() -> None:
    for level in (0.01, 0.25):
        clip = loudness(np.full(16_000, level, np.float32))
        assert clip.channel("jawOpen")[60] == pytest.approx(math.sqrt(level), rel=1e-3)
        assert clip.frames == 120
        assert np.count_nonzero(clip.weights.any(axis=0)) == 1


def test_mean_pose_is_still() -> None:
    clip = mean_pose(with_gap(np.linspace(0, 6, 50)))
    assert np.ptp(clip.weights) == 0
    assert clip.channel("jawOpen")[0] == pytest.approx(3 / OPEN_MM, rel=1e-5)


def librispeech() -> list[Path]:
    """Real speech; skips when it is not beside the repository."""
    clips = sorted(LIBRISPEECH.glob("*.flac"))
    if not clips:
        pytest.skip(f"no recordings in {LIBRISPEECH}")
    return clips


@pytest.mark.local_data
def test_studio_closes_the_lips_of_people_it_never_heard() -> None:
    librispeech()
    scores = score(read_recordings(LIBRISPEECH), load_model("studio"))
    heard, table = counts(scores), figures(scores)
    closed, shut = table["recall"], table["false closure"]
    assert heard["p b m"] > 100 and heard["vowels"] > 300
    assert closed["teacher"].value > 0.99 and shut["teacher"].value < 0.01, table
    assert closed["loudness"].value < 0.2, table
    assert closed["model"].value >= 0.90, table
    assert shut["model"].value <= 0.05, table


@pytest.mark.local_data
def test_every_recording_becomes_52_weights_in_range() -> None:
    model = load_model("studio")
    clips = librispeech()
    rates = {file: [30.0] for file in clips} | {file: [24.0, 29.97, 30.0, 60.0] for file in clips[::12]}
    for file, wanted in rates.items():
        for fps in wanted:
            source = FileSource(file, 16.0)
            clip = animate(source, model, fps)
            assert clip.names == ARKIT_NAMES
            assert clip.weights.min() >= 0 and clip.weights.max() <= 1
            assert source.duration is not None
            assert abs(clip.frames - source.duration * fps) <= 1, file.name
            assert np.ptp(clip.channel("jawOpen")) > 0.05, file.name


@pytest.mark.local_data
@pytest.mark.parametrize("fps", (24, 29.97, 30, 60))
def test_rate_is_kept_in_the_file(tmp_path: Path, fps: float) -> None:
    clip = animate(FileSource(librispeech()[0], 16.0), load_model("studio"), fps)
    path = write_clip(clip, tmp_path / "line.json")
    assert f'"exportFps":{fps},' in path.read_text(encoding="utf-8")
    assert read_clip(path).frames == clip.frames


@pytest.mark.local_data
def test_takes_are_read_with_their_phones() -> None:
    librispeech()
    takes = read_corpus(LIBRISPEECH)
    assert len(takes) == len(list(LIBRISPEECH.glob("*.json")))
    for take in takes[:5]:
        seconds = len(read_samples(take.audio)) / 16_000
        assert 0 < take.phones[-1].end <= seconds + 0.1
        assert take.voices == {take.name.split("-")[0]}
