"""Triage: what is wrong with a line is told, and what is right is let pass."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from audio2face.batch.hearing import HeardFile
from audio2face.batch.triage.judging import Heard, Judgement, Usual, judge, usual
from audio2face.batch.triage.letters import KINDS, spelled
from audio2face.batch.triage.measuring import measure
from audio2face.models import LiteRTModel, load_model
from audio2face.pipeline import animate

from .conftest import SAMPLE

Array = npt.NDArray[np.float64]
RATE = 16_000
TEXT = "A program of cooperation and partnership in resource development was begun."
"""What the bundled sentence says."""


@lru_cache
def model() -> LiteRTModel:
    return load_model("studio")


@lru_cache
def speech() -> Array:
    samples, rate = soundfile.read(SAMPLE)
    assert rate == RATE
    return np.asarray(samples)


def measured(samples: Array, folder: Path, text: str = "") -> dict[str, Any]:
    file = folder / "line.wav"
    soundfile.write(file, samples, RATE, subtype="PCM_16")
    heard = HeardFile(file, 16.0)
    clip = animate(heard, model(), 60)
    return measure(heard, clip, text)


def judged(samples: Array, folder: Path) -> Judgement:
    return judge(Heard("a", "", measured(samples, folder)["measures"]), Usual())


def noisy(samples: Array) -> Array:
    noise = np.random.default_rng(0).standard_normal(len(samples))
    return samples * 0.5 + noise * 0.5 * np.sqrt(np.mean(samples[samples**2 > 1e-4] ** 2))


def music(samples: Array) -> Array:
    time = np.arange(len(samples)) / RATE
    chords = [(220, 277, 330), (196, 247, 294), (262, 330, 392)]
    tune = np.zeros(len(samples))
    for number, start in enumerate(range(0, len(samples), RATE // 2)):
        piece = slice(start, start + RATE // 2)
        for note in chords[number % 3]:
            tune[piece] += sum(np.sin(2 * np.pi * note * k * time[piece]) / k for k in range(1, 6))
    return samples * 0.5 + 0.1 * tune


FAULTS: dict[str, Callable[[Array], Array]] = {
    "clipping": lambda samples: np.clip(samples * 12 / np.abs(samples).max(), -1, 1) * 0.8,
    "noise": noisy,
    "music": music,
    "silence": lambda samples: np.zeros(len(samples)),
    "cut off": lambda samples: samples[: RATE + int(np.argmax(np.abs(samples[RATE : 2 * RATE])))],
    "long silence": lambda samples: np.concatenate([samples, np.zeros(4 * RATE), samples]),
}


def test_good_speech_is_let_pass(tmp_path: Path) -> None:
    found = judged(speech(), tmp_path)
    assert found.confidence > 0.8
    assert found.reasons == ()


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_wrong_is_told_first(tmp_path: Path, fault: str) -> None:
    found = judged(FAULTS[fault](speech()), tmp_path)
    assert found.confidence < 0.5
    assert found.reasons[0].startswith(fault), found.reasons


def test_measures_do_not_depend_on_the_run(tmp_path: Path) -> None:
    assert measured(speech(), tmp_path) == measured(speech(), tmp_path)


def test_letters_become_kinds_of_sound() -> None:
    def kinds(text: str) -> str:
        return "".join(KINDS[kind][0] if kind else " " for kind in spelled(text))

    assert len(spelled("Schön, Papa!")) == len("sön papa")
    assert spelled("Papa") == [KINDS.index(kind) for kind in ("labial", "vowel", "labial", "vowel")]
    assert spelled("Mississippi")[2] == KINDS.index("sibilant")
    assert kinds("am I") == kinds("  AM -- i!")
    assert spelled("こんにちは") == spelled("...") == []


def test_a_text_that_fits_fits_better(tmp_path: Path) -> None:
    own = measured(speech(), tmp_path, TEXT)["measures"]
    for text in (
        "The quick brown fox jumps over the lazy dog by the old river bank at dawn.",
        TEXT * 2,
        "Yes, maybe.",
    ):
        other = measured(speech(), tmp_path, text)["measures"]
        assert own["cost"] < other["cost"]
        assert own["order"] > other["order"]


def lines(count: int, **more: float) -> list[Heard]:
    plain = {"begin": -40.0, "end": -40.0, "rate": 14.0, "cost": 0.4, "order": 3.0}
    sound = {
        "loud": -20.0,
        "clipped": -4.5,
        "depth": 40.0,
        "held": 0.1,
        "voices": 1.0,
        "gap": 0.5,
        "odd": 1.0,
    }
    return [Heard(f"de/{number}", f"hash {number}", {**plain, **sound, **more}) for number in range(count)]


def test_a_batch_says_what_is_usual() -> None:
    tight = lines(20, end=-8.0)
    assert judge(tight[0], usual(tight)).reasons == ()
    assert judge(tight[0], usual(lines(20))).reasons == ("cut off: it ends in the midst of speech",)
    (fast,) = lines(1, rate=40.0, cost=0.9, order=0.0)
    assert "40 letters a second where 14 are usual" in judge(fast, usual(lines(20))).reasons[0]


def test_a_sound_that_several_lines_have_is_told() -> None:
    one, two, three, four = lines(4)
    twins = [one, *(Heard(line.place, one.sound, line.measures) for line in (two, three)), four]
    around = usual(twins)
    assert judge(twins[0], around).reasons == ("the same sound as de/1 and 1 more",)
    assert judge(twins[2], around).reasons == ("the same sound as de/0 and 1 more",)
    assert judge(four, around).reasons == ()


def test_conflicts_of_hand_edits_come_first() -> None:
    (line,) = lines(1)
    found = judge(Heard(line.place, "", line.measures, ("jawOpen 1.00–2.00 s: not applied",)), Usual())
    assert found.confidence == 0
    assert found.reasons == ("hand edit: jawOpen 1.00–2.00 s: not applied",)
