"""scripts/align_grid.py without PocketSphinx and without GRID: words, cuts and repairs."""

from __future__ import annotations

import importlib.util
import sys
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

FILE = Path(__file__).parents[1] / "scripts" / "align_grid.py"


def load() -> ModuleType:
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("align_grid", FILE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


grid = load()


def test_long_stop_after_silence_gives_its_beginning_to_the_silence() -> None:
    phones = [("SIL", 0, 0.5), ("B", 0.5, 0.9), ("IH", 0.9, 1.0), ("SIL", 1.0, 1.2), ("T", 1.2, 1.5)]
    assert grid.clip_stops(phones) == [
        ("SIL", 0, 0.8),
        ("B", 0.8, 0.9),
        ("IH", 0.9, 1.0),
        ("SIL", 1.0, 1.4),
        ("T", 1.4, 1.5),
    ]


def test_long_stop_at_the_very_start_gets_a_silence_before_it() -> None:
    assert grid.clip_stops([("B", 0, 0.6), ("IH", 0.6, 0.7)]) == [
        ("SIL", 0, 0.5),
        ("B", 0.5, 0.6),
        ("IH", 0.6, 0.7),
    ]


@pytest.mark.parametrize(
    "phones",
    [
        [("SIL", 0, 0.5), ("B", 0.5, 0.61), ("IH", 0.61, 0.7)],
        [("SIL", 0, 0.5), ("IH", 0.5, 0.6), ("T", 0.6, 0.9)],
        [("SIL", 0, 0.5), ("S", 0.5, 0.9)],
    ],
    ids=["short", "within speech", "no stop"],
)
def test_other_stops_stay(phones: list[tuple[str, float, float]]) -> None:
    assert grid.clip_stops(phones) == phones


def test_early_first_phone_waits_for_its_word() -> None:
    phones = [("SIL", 0, 0.3), ("L", 0.3, 0.9), ("EY", 0.9, 1.0)]
    assert grid.delay_start(phones, 0.7) == [("SIL", 0, 0.68), ("L", 0.68, 0.9), ("EY", 0.9, 1.0)]
    assert grid.delay_start(phones, 0.89) == [("SIL", 0, 0.85), ("L", 0.85, 0.9), ("EY", 0.9, 1.0)]
    assert grid.delay_start(phones[1:], 0.7)[:2] == [("SIL", 0.3, 0.68), ("L", 0.68, 0.9)]


@pytest.mark.parametrize("first_word", [0.35, 0.95], ids=["hardly early", "over before the word"])
def test_other_first_phones_stay(first_word: float) -> None:
    phones = [("SIL", 0, 0.3), ("L", 0.3, 0.9), ("EY", 0.9, 1.0)]
    assert grid.delay_start(phones, first_word) == phones


def test_r_after_ao_and_aa_is_part_of_the_vowel() -> None:
    phones = [("F", 0, 0.1), ("AO", 0.1, 0.2), ("R", 0.2, 0.3), ("AA", 0.3, 0.4), ("R", 0.4, 0.5)]
    assert grid.merge_r(phones) == [("F", 0, 0.1), ("AO", 0.1, 0.3), ("AA", 0.3, 0.5)]


def test_other_r_stays() -> None:
    phones = [("R", 0, 0.1), ("EH", 0.1, 0.2), ("D", 0.2, 0.3), ("IH", 0.3, 0.4), ("R", 0.4, 0.5)]
    assert grid.merge_r(phones) == phones


def test_hh_w_is_one_w() -> None:
    phones = [("W", 0, 0.1), ("HH", 0.1, 0.2), ("W", 0.2, 0.3), ("HH", 0.3, 0.4), ("IY", 0.4, 0.5)]
    assert grid.merge_hh_w(phones) == [("W", 0, 0.1), ("W", 0.1, 0.3), ("HH", 0.3, 0.4), ("IY", 0.4, 0.5)]


def test_all_repairs_leave_no_gaps() -> None:
    names = ("SIL", "B", "AO", "R", "SIL", "T", "HH", "W", "AY", "SIL")
    phones = [(name, at / 4, (at + 1) / 4) for at, name in enumerate(names)]
    fixed = grid.repair(phones, 0.3)
    assert [name for name, _, _ in fixed] == ["SIL", "B", "AO", "SIL", "T", "W", "AY", "SIL"]
    assert all(before[2] == after[1] for before, after in pairwise(fixed))
    assert (fixed[0][1], fixed[-1][2]) == (0, 2.5)


def test_tidy_keeps_to_the_clip_and_joins_silences() -> None:
    phones = [("SIL", -0.2, -0.1), ("SIL", -0.1, 0.1), ("SIL", 0.1, 0.2), ("B", 0.2, 0.9), ("SIL", 0.9, 0.95)]
    assert grid.tidy(phones, 0.978) == [("SIL", 0, 0.2), ("B", 0.2, 0.9), ("SIL", 0.9, 0.97)]
    assert grid.tidy([("B", 0.0, 1.2)], 0.978) == [("B", 0, 0.978)]


def test_letters_have_names_of_their_own() -> None:
    words = grid.vocabulary()
    assert (words["LTa"], words["LTr"], words["LTr(2)"], words["four(2)"]) == ("EY", "AA R", "AA", "F AO")
    assert [grid.spelled(word) for word in ("a", "at")] == ["LTa", "at"]
    assert [grid.phone_name(name) for name in ("AH0", "+SPN+", "SIL", "T")] == ["AH", "SIL", "SIL", "T"]


def test_one_of_every_n_is_held_out() -> None:
    assert grid.training_clips("gfedcba", 3) == ["b", "c", "e", "f"]


def test_noise_is_the_same_every_time() -> None:
    sound = np.ones(10)
    assert np.array_equal(grid.padded(sound, 0), sound)
    noisy = grid.padded(sound, 5)
    assert np.array_equal(noisy, grid.padded(sound, 5))
    assert np.array_equal(noisy[5:15], sound)


def test_missing_pocketsphinx_is_told_with_its_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pocketsphinx", None)
    with pytest.raises(grid.AlignError, match=r"pip install 'audio2face\[align\]'"):
        grid.Aligner()


def test_folder_without_words_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["align_grid.py", str(tmp_path), "-o", str(tmp_path / "out")])
    with pytest.raises(SystemExit, match=r"has no words\.json"):
        grid.main()
    assert not (tmp_path / "out").exists()
