"""Which channels are twins, and which are opposites."""

from __future__ import annotations

import pytest

from rigs import ARKIT_NAMES
from rigs.solving.pairs import Pairs, opposites, twins


def named(pairs: Pairs, names: tuple[str, ...] = ARKIT_NAMES) -> set[tuple[str, str]]:
    return {(names[one], names[two]) for one, two in pairs}


def test_twins_of_arkit() -> None:
    found = named(twins(ARKIT_NAMES))
    assert {("mouthSmileLeft", "mouthSmileRight"), ("eyeBlinkLeft", "eyeBlinkRight")} <= found
    # Both eyes look to one side: one turns in, the other out.
    assert ("eyeLookInLeft", "eyeLookOutRight") in found
    assert ("eyeLookOutLeft", "eyeLookInRight") in found
    assert not {("jawLeft", "jawRight"), ("mouthLeft", "mouthRight")} & found
    sided = [name for name in ARKIT_NAMES if name.endswith(("Left", "Right"))]
    assert len(found) == (len(sided) - 4) / 2


def test_opposites_of_arkit() -> None:
    found = named(opposites(ARKIT_NAMES))
    assert {("jawLeft", "jawRight"), ("mouthLeft", "mouthRight")} <= found
    assert {("eyeLookDownRight", "eyeLookUpRight"), ("mouthSmileLeft", "mouthFrownLeft")} <= found
    assert len(found) == 10


@pytest.mark.parametrize(
    "names",
    [
        ("mouthSmile_L", "mouthSmile_R", "jaw_left", "jaw_right", "jawOpen"),
        ("MouthSmileLeft", "MouthSmileRight", "JawLeft", "JawRight", "JawOpen"),
        ("mouth.smile.l", "mouth.smile.r", "jaw-L", "jaw-R", "jaw.open"),
    ],
)
def test_other_spellings(names: tuple[str, ...]) -> None:
    assert twins(names) == ((0, 1),)
    assert opposites(names) == ((2, 3),)


def test_names_that_only_end_alike() -> None:
    assert twins(("pixel", "pixer", "left", "right")) == ((2, 3),)
    assert opposites(("a", "b")) == ()
