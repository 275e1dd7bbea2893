"""The maps that ship: complete, as their sources say, and against other people's data where there is some."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rigs import ARKIT_NAMES, load_rig, load_target
from rigs.retargeting.bundled import BUNDLED, bundled_map
from rigs.retargeting.checks import warnings
from rigs.visemes import VISEMES

ROOT = Path(__file__).parents[2]
FACEGOOD = ROOT.parent / "shared" / "data" / "facegood"
POSES = np.array([[pose.get(name, 0) for name in ARKIT_NAMES] for pose in VISEMES.values()])


def test_they_are_what_the_script_makes() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "make_maps.py"), "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", BUNDLED)
def test_their_targets_are_the_rig_and_nothing_looks_wrong(name: str) -> None:
    target = load_target(name)
    assert target.how.targets == load_rig(name).channels
    assert warnings(target.how, target.rig) == []
    assert not target.how.apply(np.zeros((1, 52)), ARKIT_NAMES)[0, 1:].any()


@pytest.mark.parametrize(("rig", "vowels"), [("vrm0", "AIUEO"), ("vrm1", ("aa", "ih", "ou", "ee", "oh"))])
def test_vowels_of_vrm_from_poses(rig: str, vowels: tuple[str, ...]) -> None:
    """Each pose gives its own vowel most; lips that are shut give none."""
    how = bundled_map(rig)
    columns = [how.names.index(vowel) for vowel in vowels]
    rows = [list(VISEMES).index(viseme) for viseme in ("aa", "I", "U", "E", "O")]
    seen = how.apply(POSES, ARKIT_NAMES)
    vowel = seen[np.ix_(rows, columns)]
    assert vowel.argmax(axis=1).tolist() == list(range(5))
    assert vowel[[0, 2, 4], [0, 2, 4]].min() > 0.95
    assert seen[:2].max() < 0.05


def test_visemes_from_poses() -> None:
    """The ones that look like no other give themselves; silence gives silence."""
    seen = bundled_map("oculus").apply(POSES, ARKIT_NAMES)
    names = list(VISEMES)
    for name in ("sil", "PP", "FF", "TH", "SS", "aa", "E", "I", "O", "U"):
        place = names.index(name)
        assert seen[place].argmax() == place, name


def test_unified_gaze_goes_both_ways() -> None:
    target = load_target("unified")
    found = target.how.apply([[1.0, 1.0]], ("eyeLookInLeft", "eyeLookInRight"))[0]
    assert found[target.how.names.index("v2/EyeLeftX")] == 1
    assert found[target.how.names.index("v2/EyeRightX")] == -1


@pytest.mark.local_data
def test_facegood_agrees_with_the_vendors_own_table() -> None:
    """Frames of the vendor's character, mapped by its table to ARKit, come back as they were."""
    if not FACEGOOD.is_dir():
        pytest.skip("needs the exports that come with FACEGOOD's Audio2Face, as ../shared/data/facegood")
    how = bundled_map("facegood")
    was = np.load(FACEGOOD / "1114_2_01_BS_value.npy")
    with np.load(FACEGOOD / "1114_2_01_arkit52.npz") as mapped:
        came = how.apply(mapped["weights"], [str(name) for name in mapped["names"]])
    same = {
        **{"mouth_stretch_c": 1, "mouth_pucker_l": 1, "mouth_lipCornerPull_l": 1, "mouth_lipStretch_r": 1},
        **{"mouth_suck_ul": 1, "mouth_press_l": 1, "mouth_lowerLipDepress_r": 1, "mouth_upperLipRaise_l": 1},
        **{"mouth_chinRaise_u": 1, "mouth_suck_dr": 1},
    }
    for name in same:
        column = how.names.index(name)
        assert np.abs(came[:, column] - was[:, column]).max() < 0.01, name
    funnel = how.names.index("mouth_funnel_dl")
    assert np.corrcoef(came[:, funnel], was[:, funnel])[0, 1] > 0.9


@pytest.mark.parametrize("name", ["facegood", "unified"])
def test_there_and_back(name: str) -> None:
    """What has a channel of its own comes back as it was."""
    weights = np.random.default_rng(8).random((10, 52), np.float32)
    lips = [ARKIT_NAMES.index("mouthClose"), ARKIT_NAMES.index("tongueOut")]
    weights[:, [place for place, n in enumerate(ARKIT_NAMES) if n.startswith("eyeLook")]] = 0
    weights[:, [place for place, n in enumerate(ARKIT_NAMES) if n.startswith("eyeLookOut")]] = 0.25
    if name == "facegood":
        weights[:, lips] = 0
    there = load_target(name)
    back = load_target("arkit", there.rig.names).how
    found = back.apply(there.how.apply(weights, ARKIT_NAMES), there.how.names)
    np.testing.assert_allclose(found, weights, atol=1e-6)
    assert back.names == ARKIT_NAMES


def test_visemes_become_their_poses() -> None:
    how = load_target("arkit", load_rig("oculus").names).how
    np.testing.assert_allclose(how.apply(np.eye(15), load_rig("oculus").names), POSES, atol=1e-6)
    vrm = load_target("arkit", load_rig("vrm1").names).how
    found = vrm.apply([[1.0, 1.0]], ("happy", "ou"))[0]
    assert found[ARKIT_NAMES.index("mouthSmileLeft")] == 1
    assert found[ARKIT_NAMES.index("mouthPucker")] == np.float32(0.75)


def test_from_one_bundled_rig_to_another() -> None:
    how = load_target("unified", load_rig("facegood").names).how
    found = how.apply([[0.5]], ("mouth_stretch_c",))[0]
    assert found[how.names.index("v2/JawOpen")] == 0.5
    same = load_target("facegood", load_rig("facegood").names).how
    assert np.array_equal(same.effect, np.eye(116))


@pytest.mark.local_data
def test_facegood_to_arkit_is_the_vendors_own_table() -> None:
    if not FACEGOOD.is_dir():
        pytest.skip("needs the exports that come with FACEGOOD's Audio2Face, as ../shared/data/facegood")
    names = [str(name) for name in np.load(FACEGOOD / "BS_name.npy")]
    how = load_target("arkit", names).how
    came = how.apply(np.load(FACEGOOD / "1114_2_01_BS_value.npy"), names)
    with np.load(FACEGOOD / "1114_2_01_arkit52.npz") as mapped:
        for column, name in enumerate(str(name) for name in mapped["names"]):
            was, ours = mapped["weights"][:, column], came[:, ARKIT_NAMES.index(name)]
            if name == "mouthFunnel":  # the table has the largest of four, ours their mean
                assert np.corrcoef(was, ours)[0, 1] > 0.9
            else:
                assert np.abs(was - ours).max() < 0.03, name
