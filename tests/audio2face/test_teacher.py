"""The teacher: what a face must do for phones that are known."""

from __future__ import annotations

import numpy as np
import pytest

from audio2face.errors import OptionError, TrainingError
from audio2face.measures.closure import closure
from audio2face.teacher import (
    BILABIALS,
    EMOTIONS,
    LABIODENTALS,
    OPEN_VOWELS,
    Lesson,
    Segment,
    offsets,
    segments,
    teach,
)
from audio2face.teacher.lesson import activity
from audio2face.teacher.phones import TARGETS
from rigs import ARKIT_NAMES, MOUTH_NAMES, AnimationClip
from rigs.lips import lip_gap, lip_teeth_gap

RATE = 120
MOUTH = [ARKIT_NAMES.index(name) for name in MOUTH_NAMES]


def line(*labels: str, each: float = 0.09, start: float = 0.4) -> tuple[Segment, ...]:
    """Phones of equal length one after the other, silence before."""
    return tuple(
        Segment(label, start + number * each, start + (number + 1) * each)
        for number, label in enumerate(labels)
    )


def lesson(phones: tuple[Segment, ...], seconds: float = 0.0, **options: object) -> Lesson:
    frames = round((seconds or phones[-1].end + 0.6) * RATE)
    return teach(phones, frames, **options)  # type: ignore[arg-type]


def channel(found: Lesson, name: str) -> np.ndarray:
    return found.weights[:, ARKIT_NAMES.index(name)]


def at(found: np.ndarray, seconds: float) -> float:
    return float(found[round(seconds * RATE)])


EVERY_PAIR = tuple(
    label for stop in sorted(BILABIALS) for vowel in sorted(OPEN_VOWELS) for label in (stop, vowel)
)


@pytest.mark.parametrize("each", [0.075, 0.09, 0.2])
def test_every_stop_closes_and_no_open_vowel_is_shut(each: float) -> None:
    phones = line(*EVERY_PAIR, each=each)
    counts = closure(AnimationClip(ARKIT_NAMES, lesson(phones).weights, RATE), phones)
    assert counts.bilabials == counts.vowels == len(EVERY_PAIR) // 2
    assert counts.recall == 1.0
    assert counts.shut == 0


@pytest.mark.parametrize("each", [0.02, 0.03, 0.05])
def test_even_hasty_stops_close(each: float) -> None:
    phones = line(*EVERY_PAIR, each=each)
    assert closure(AnimationClip(ARKIT_NAMES, lesson(phones).weights, RATE), phones).recall == 1.0


WORDS_OF_LIPS = {
    "baby": ("B", "EY", "B", "IY"),
    "bumper": ("B", "AH", "M", "P", "ER"),
    "mama": ("M", "AA", "M", "AH"),
    "comfort": ("K", "AH", "M", "F", "ER", "T"),
}


@pytest.mark.parametrize("word", WORDS_OF_LIPS)
@pytest.mark.parametrize("emotion", EMOTIONS)
@pytest.mark.parametrize("each", [0.06, 0.07, 0.1])
def test_hasty_vowels_between_lips_open_however_quiet(word: str, emotion: str, each: float) -> None:
    phones = line(*WORDS_OF_LIPS[word], each=each)
    frames = round((phones[-1].end + 0.4) * RATE)
    weights = teach(phones, frames, np.full(frames, -40.0), {emotion: 1.0}).weights
    gap = lip_gap(weights, ARKIT_NAMES)
    middles = [(phone.start + phone.end) / 2 for phone in phones if phone.label in OPEN_VOWELS]
    assert min(np.interp(middles, np.arange(frames) / RATE, gap)) >= 2.0
    assert closure(AnimationClip(ARKIT_NAMES, weights, RATE), phones).recall == 1.0


@pytest.mark.parametrize("label", ["AA", "N", "T", "DH", "S"])
def test_contacts_leave_the_middle_of_a_neighbour_alone(label: str) -> None:
    phones = line("M", label, "B", each=0.06)
    found = lesson(phones)
    assert at(found.closed, 0.43) == at(found.closed, 0.55) == 1.0
    middle = slice(round((0.46 + 0.02) * RATE), round((0.52 - 0.02) * RATE) + 1)
    assert not found.closed[middle].any()


@pytest.mark.parametrize("emotion", EMOTIONS)
def test_no_emotion_weakens_a_closure(emotion: str) -> None:
    phones = line(*EVERY_PAIR)
    found = lesson(phones, emotion={emotion: 1.0})
    assert closure(AnimationClip(ARKIT_NAMES, found.weights, RATE), phones).recall == 1.0


@pytest.mark.parametrize("label", sorted(LABIODENTALS))
def test_lower_lip_reaches_the_teeth(label: str) -> None:
    phones = line("AA", label, "AA", each=0.12)
    found = lesson(phones)
    distance = lip_teeth_gap(found.weights, ARKIT_NAMES)
    assert at(distance, 0.4 + 0.18) <= 1.0
    assert at(distance, 0.4 + 0.06) > 2.0
    assert at(found.teeth, 0.4 + 0.18) == pytest.approx(1.0, abs=0.05)


def test_vowels_differ_in_opening() -> None:
    gaps = {
        label: at(lip_gap(lesson(line(label, each=0.2)).weights, ARKIT_NAMES), 0.5)
        for label in ("AA", "UW", "IY")
    }
    assert gaps["AA"] > gaps["IY"] > gaps["UW"]


def test_silence_is_still() -> None:
    for phones in ((), line("SIL", each=1.0)):
        found = lesson(phones, seconds=2.0)
        assert not found.weights.any() and not found.free.any()
        assert not found.active.any() and not found.closed.any() and not found.teeth.any()


def test_mouth_rests_long_before_and_after_speech() -> None:
    found = lesson(line("M", "AA", "P", start=1.0), seconds=3.0)
    away = np.r_[0 : round(0.83 * RATE), round(1.53 * RATE) : 3 * RATE]
    assert not found.weights[away][:, MOUTH].any()
    assert found.weights[:, MOUTH].max() > 0.1


def test_rounding_starts_before_its_vowel_and_ends_after_it() -> None:
    phones = line("T", "T", "UW", "T", "T", each=0.12)
    rounded, plain = (
        channel(lesson(spoken), "mouthPucker")
        for spoken in (phones, line("T", "T", "IY", "T", "T", each=0.12))
    )
    start, end = phones[2].start, phones[2].end
    peak = float((rounded - plain).max())
    assert at(rounded, (start + end) / 2) > 0.4
    for moment in (start - 0.05, end + 0.05):
        assert at(rounded, moment) - at(plain, moment) > 0.15 * peak


def test_tongue_sounds_take_their_neighbours_lips() -> None:
    among_round = at(channel(lesson(line("UW", "T", "UW")), "mouthPucker"), 0.4 + 0.135)
    among_spread = at(channel(lesson(line("IY", "T", "IY")), "mouthPucker"), 0.4 + 0.135)
    assert among_round > among_spread + 0.2


def test_activity_opens_before_speech_and_closes_after_it() -> None:
    active = activity(line("AA", each=0.5, start=1.0), 3 * RATE)
    assert active.min() == 0 and active.max() == 1
    assert np.all(active[round(1.0 * RATE) : round(1.5 * RATE)] == 1)
    assert at(active, 0.95) > 0.5 and at(active, 1.55) > 0.5
    assert at(active, 0.83) == 0 and at(active, 1.76) == 0
    assert np.abs(np.diff(active)).max() < 0.2


def test_activity_spans_short_pauses_only() -> None:
    short = (*line("AA", each=0.2, start=0.5), Segment("SIL", 0.7, 0.8), Segment("AA", 0.8, 1.0))
    long = (*line("AA", each=0.2, start=0.5), Segment("SIL", 0.7, 2.0), Segment("AA", 2.0, 2.2))
    assert activity(short, 3 * RATE)[round(0.7 * RATE) : round(0.8 * RATE)].min() > 0.5
    assert activity(long, 3 * RATE)[round(1.3 * RATE)] == 0


def test_louder_opens_wider() -> None:
    phones = line("AA", "T", "AA", each=0.2)
    frames = round(1.6 * RATE)
    gaps = [
        lip_gap(teach(phones, frames, np.full(frames, loudness)).weights, ARKIT_NAMES).max()
        for loudness in (-40.0, -25.0, -12.0, -3.0, 0.0)
    ]
    assert gaps[0] == pytest.approx(gaps[1])
    assert np.all(np.diff(gaps[1:]) > 0.1)


def test_loudness_does_not_open_a_closure() -> None:
    phones = line("AA", "P", "AA")
    frames = round(1.6 * RATE)
    found = teach(phones, frames, np.zeros(frames))
    assert closure(AnimationClip(ARKIT_NAMES, found.weights, RATE), phones).recall == 1.0


def test_loudness_may_be_shorter_than_the_clip() -> None:
    phones = line("AA", "T", "AA")
    assert lesson(phones, seconds=2.0, loudness=np.full(50, -3.0)).weights.shape == (240, 52)


@pytest.mark.parametrize("emotion", EMOTIONS)
def test_weights_stay_in_range(emotion: str) -> None:
    found = lesson(line(*TARGETS), emotion={emotion: 1.0, "surprise": 1.0})
    for values in (found.weights, found.free, found.closed, found.teeth, found.active):
        assert values.dtype == np.float32
        assert values.min() >= 0 and values.max() <= 1


@pytest.mark.parametrize("emotion", EMOTIONS[1:])
def test_emotion_shows_fully_at_rest_and_in_part_while_speaking(emotion: str) -> None:
    phones = line("AA", "T", "AA", each=0.3, start=1.0)
    plain, moved = lesson(phones), lesson(phones, emotion={emotion: 1.0})
    wanted = offsets({emotion: 1.0})
    assert wanted.max() > 0.3
    np.testing.assert_allclose(moved.weights[0], wanted, atol=1e-6)
    change = (moved.free - plain.free)[round(1.45 * RATE)]
    brows = [n for n, name in enumerate(ARKIT_NAMES) if name.startswith(("brow", "eye", "nose", "cheek"))]
    np.testing.assert_allclose(change[brows], wanted[brows], atol=1e-6)
    smile = [n for n, name in enumerate(ARKIT_NAMES) if name.startswith(("mouthSmile", "mouthFrown"))]
    assert np.all(change[smile] <= 0.6 * wanted[smile] + 1e-6)


def test_mood_scales_the_jaw() -> None:
    phones = line("AA", "T", "AA", each=0.2)
    jaws = [
        channel(lesson(phones, emotion={name: 1.0}), "jawOpen").max()
        for name in ("sadness", "neutral", "anger")
    ]
    assert jaws[0] < 0.9 * jaws[1] < jaws[1] < 0.9 * jaws[2]


def test_neutral_has_no_offsets() -> None:
    assert not offsets({"neutral": 1.0}).any() and not offsets({}).any()


def test_unknown_emotion() -> None:
    with pytest.raises(OptionError, match="unknown emotion 'boredom'; known are neutral, joy, sadness"):
        offsets({"boredom": 1.0})


def test_unknown_phone() -> None:
    with pytest.raises(TrainingError, match="unknown phone 'QQ'; known are AA, AE, AH"):
        lesson(line("AA", "QQ"))


def test_stress_is_dropped_from_labels() -> None:
    rows = [["sil", 0, 0.1], ["AA1", "0.1", 0.2], ["Er0", 0.2, 0.3]]
    assert [phone.label for phone in segments(rows)] == ["SIL", "AA", "ER"]


@pytest.mark.parametrize(("start", "end"), [(0.2, 0.1), (0.0, float("nan")), (float("nan"), 1.0)])
def test_phone_that_ends_before_it_starts(start: float, end: float) -> None:
    with pytest.raises(TrainingError, match="phone AA ends at"):
        Segment("AA", start, end)
