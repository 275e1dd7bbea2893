"""scripts/fit_teacher.py without GRID: curves, tables and measures on made-up film."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("scipy", reason="needs the test extra; install it with: pip install 'audio2face[test]'")

SCRIPTS = Path(__file__).parents[1] / "scripts"
sys.path.insert(0, str(SCRIPTS))
try:
    lips_fit, fit_table, fit_report, filmed, rule_teacher, fit_teacher = (
        importlib.import_module(name)
        for name in ("lips_fit", "fit_table", "fit_report", "filmed", "rule_teacher", "fit_teacher")
    )
finally:
    sys.path.remove(str(SCRIPTS))

from audio2face.teacher import Segment, teach  # noqa: E402
from audio2face.teacher.phones import TARGETS, _read  # noqa: E402
from rigs import ARKIT_NAMES  # noqa: E402
from rigs.lips import lip_gap  # noqa: E402

WORDS = (("B", "IH", "N"), ("P", "AA", "T"), ("S", "UW", "N"), ("M", "EH", "L"))
FPS = 25.0


def sentence(number: int) -> tuple[Segment, ...]:
    """Three words in silence, of phones of random lengths."""
    random = np.random.default_rng(number)
    labels = [label for word in random.permutation(len(WORDS))[:3] for label in WORDS[word]]
    ends = 0.5 + np.cumsum(random.uniform(0.06, 0.2, len(labels)))
    starts = [0.5, *ends[:-1]]
    spoken = [Segment(label, float(a), float(b)) for label, a, b in zip(labels, starts, ends, strict=True)]
    return (Segment("SIL", 0.0, 0.5), *spoken, Segment("SIL", float(ends[-1]), 3.0))


def clip(number: int) -> object:
    """A film of the teacher itself, 40 ms late."""
    phones = sentence(number)
    gap = lip_gap(teach(phones, 360).weights, ARKIT_NAMES)
    opening = np.interp(np.arange(75) / FPS - 0.04, np.arange(360) / 120, gap)
    silence = np.zeros(48000, np.float32)
    none = np.full(75, np.nan)
    return filmed.Filmed(str(number), phones, silence, np.full(360, -10.0), none, opening, opening, opening)


def curve(exponent: float = 1.3, lead: float = 0.01) -> object:
    targets = {label: float(number % 7) for number, label in enumerate(TARGETS)}
    return lips_fit.Curve(targets, dict.fromkeys(TARGETS, 1.0), dict.fromkeys(TARGETS, 0.06), exponent, lead)


def test_gradient_is_exact() -> None:
    near = lips_fit.stack([(sentence(1), 75)], FPS)
    values = lips_fit._packed(curve())
    values += np.random.default_rng(3).normal(0, 0.02, len(values))
    error = np.random.default_rng(4).normal(0, 1, 75)
    found = lips_fit._curve(values, near)[1](error)
    for at in (0, 3, 41, 50, 90, 110, len(values) - 2, len(values) - 1):
        step = np.zeros(len(values))
        step[at] = 1e-6
        up, down = (lips_fit._curve(values + sign * step, near)[0] @ error for sign in (1, -1))
        assert found[at] == pytest.approx((up - down) / 2e-6, rel=1e-3, abs=1e-5)


def test_fit_finds_a_curve_again() -> None:
    near = lips_fit.stack([(sentence(number), 75) for number in range(30)], FPS)
    film = lips_fit.predict(curve(1.6, 0.03), near)
    found = lips_fit.fit(near, film, curve(), lips_fit.Options(tie=0.01))
    assert found.lead == pytest.approx(0.03, abs=0.005)
    assert found.exponent == pytest.approx(1.6, abs=0.2)
    assert np.corrcoef(lips_fit.predict(found, near), film)[0, 1] > 0.999


def test_strong_tie_keeps_the_usual() -> None:
    near = lips_fit.stack([(sentence(number), 75) for number in range(3)], FPS)
    found = lips_fit.fit(near, np.random.default_rng(1).normal(0, 1, 225), curve(), lips_fit.Options(tie=1e9))
    assert found.targets == pytest.approx(curve().targets, abs=1e-3)


def test_written_table_can_be_read() -> None:
    table = fit_table.shipped().table
    again = _read(fit_table.written(table))
    assert again.keys() == table.keys() == rule_teacher.rules().keys()
    for label in table:
        assert again[label].weights == pytest.approx(table[label].weights, abs=0.005)
        assert again[label].pulls == table[label].pulls


def test_weights_reach_their_goal() -> None:
    rules = rule_teacher.rules()
    opened = np.array(fit_table._weights("AA", rules["AA"].weights, "open", 12.0, 11.0))
    assert opened[:3] @ fit_table.gap_row()[:3] == pytest.approx(12.0, abs=0.8)
    drawn = np.array(fit_table._weights("UW", rules["UW"].weights, "width", -6.0, 0.0))
    assert drawn[3:7] @ fit_table.mouth_row()[3:7] == pytest.approx(-6.0 * fit_table.LARGER, abs=0.3)
    assert drawn[7:] == pytest.approx(rules["UW"].weights[7:])
    assert sum(fit_table._weights("R", rules["R"].weights, "width", -9.0, 0.0)[3:5]) <= 0.51
    assert fit_table._weights("S", rules["S"].weights, "open", 12.0, 9.0)[0] <= 0.12


def test_another_table_is_left_behind() -> None:
    before = dict(TARGETS)
    with fit_table.taught_by(fit_table.by_rule()):
        assert TARGETS["AA"].weights == rule_teacher.rules()["AA"].weights
    assert before == TARGETS


def test_table_fits_a_film_better_than_the_rules() -> None:
    clips = [clip(number) for number in range(12)]
    found = fit_table.fit_table(clips[:9], rounds=1)
    fitted, ruled = (
        fit_report.scores(clips[9:], fit_report.by_teacher(clips[9:], teaching))["opening"]
        for teaching in (found, fit_table.by_rule())
    )
    assert fitted["r at no lag"] > ruled["r at no lag"]


def test_late_film_is_measured() -> None:
    clips = [clip(number) for number in range(5)]
    found = fit_report.scores(clips, fit_report.by_teacher(clips, fit_table.shipped()))["opening"]
    assert found["offset"] == pytest.approx(-40.0, abs=5.0)
    assert found["r"] > 0.97
    assert found["offset from"] <= found["offset"] <= found["offset to"]


def test_contacts_are_timed() -> None:
    found = fit_report.contact_times([clip(number) for number in range(8)])
    assert found["B"]["seen closed"] > 0.5
    assert found["B"]["closes from"] <= found["B"]["closes"] <= found["B"]["closes to"]


@pytest.mark.parametrize("pitch", [90.0, 130.0, 220.0])
def test_pitch_of_a_buzz(pitch: float) -> None:
    at = np.arange(16000) / 16000
    buzz = sum(np.sin(2 * np.pi * pitch * harmonic * at) / harmonic for harmonic in range(1, 8))
    found = filmed.pitches(np.float32(buzz), 25)[3:-3]
    assert found == pytest.approx(12 * np.log2(pitch / 100), abs=0.3)
    assert np.isnan(filmed.pitches(np.random.default_rng(0).normal(0, 1, 16000).astype(np.float32), 25)).all()


def test_loud_vowels_that_open_wider_are_found() -> None:
    clips = []
    shape = curve()
    for number in range(6):
        base = clip(number)
        near = lips_fit.stack([(base.phones, 75)], FPS)
        loudness = np.repeat(np.random.default_rng(number).uniform(-20, 0, 4), 90)
        pitch = np.random.default_rng(number + 9).normal(0, 2, 75)
        loud = np.interp(np.arange(75) / FPS, np.arange(360) / 120, loudness)
        opening = lips_fit.predict(shape, near) * (1 + 0.02 * loud + 0.01 * pitch)
        clips.append(
            filmed.Filmed(base.name, base.phones, base.sound, loudness, pitch, opening, opening, opening)
        )
    found = fit_report.prosody(clips, shape)
    assert found["loudness, per dB"]["slope"] == pytest.approx(0.02, abs=0.01)
    assert found["pitch, per semitone"]["slope"] == pytest.approx(0.01, abs=0.01)


def test_held_back_clips_are_those_of_the_corpus() -> None:
    clips = [clip(number) for number in range(7)]
    learned, held = fit_teacher.split(clips)
    assert [one.name for one in held] == ["0", "6"]
    assert [one.name for one in learned] == ["1", "2", "3", "4", "5"]
