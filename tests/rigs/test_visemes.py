"""The visemes do on the default head what their sounds need."""

import pytest

from rigs.arkit import ARKIT_NAMES
from rigs.lips import lip_gap, lip_teeth_gap, mouth_width
from rigs.visemes import VISEME_NAMES, VISEMES


def gap(viseme: str) -> float:
    return float(lip_gap([list(VISEMES[viseme].values())], list(VISEMES[viseme]))[0])


def test_fifteen_visemes_of_arkit_weights() -> None:
    assert tuple(VISEMES) == VISEME_NAMES
    assert len(VISEME_NAMES) == 15
    for name, weights in VISEMES.items():
        assert set(weights) <= set(ARKIT_NAMES), name
        assert all(0 <= weight <= 1 for weight in weights.values()), name


def test_p_and_silence_are_closed() -> None:
    assert gap("PP") <= 0.5
    assert gap("sil") == 0


def test_f_has_the_lip_on_the_teeth_and_the_teeth_in_sight() -> None:
    weights = VISEMES["FF"]
    assert -2 <= lip_teeth_gap([list(weights.values())], list(weights))[0] <= 0.2
    assert 1 <= gap("FF") <= 4


@pytest.mark.parametrize(("narrow", "wide"), [("I", "E"), ("E", "aa"), ("U", "O"), ("nn", "kk")])
def test_open_sounds_open_more(narrow: str, wide: str) -> None:
    assert 2 < gap(narrow) < gap(wide)


def test_u_is_round_and_i_is_wide() -> None:
    width = {
        name: mouth_width([list(VISEMES[name].values())], list(VISEMES[name]))[0] for name in ("U", "I", "aa")
    }
    assert width["U"] < width["aa"] - 3
    assert width["I"] > width["aa"] + 3
