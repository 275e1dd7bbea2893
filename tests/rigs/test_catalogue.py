"""Rigs by name."""

import pytest

from rigs.catalogue import catalogue, load_rig
from rigs.errors import RigError

COUNTS = {"arkit": 52, "livelink": 61, "oculus": 15, "vrm0": 17, "vrm1": 18, "facegood": 116, "unified": 94}


def test_the_catalogue_says_what_each_rig_is() -> None:
    assert {entry.name: entry.channels for entry in catalogue()} == COUNTS
    assert all(entry.description for entry in catalogue())


def test_every_entry_loads_as_described() -> None:
    for entry in catalogue():
        rig = load_rig(entry.name)
        assert len(rig.channels) == entry.channels
        assert (rig.mesh is not None) == entry.has_mesh


def test_names_are_spelled_as_their_hosts_spell_them() -> None:
    assert load_rig("livelink").names[-1] == "rightEyeRoll"
    assert load_rig("facegood").names[0] == "brow_lower_l"
    assert "Blink_L" in load_rig("vrm0").names
    assert "blinkLeft" in load_rig("vrm1").names


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(
        RigError, match=r"no rig named 'arkitt'; known rigs are arkit, livelink, .* unified, or name a file"
    ):
        load_rig("arkitt")
