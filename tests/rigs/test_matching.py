"""Maps made by names: every spelling that rigs are known to use."""

from __future__ import annotations

import re

import numpy as np
import pytest

from rigs import ARKIT_NAMES, AnimationClip, Channel, Rig, load_rig, retarget
from rigs.retargeting.matching import match, match_names
from rigs.retargeting.spelling import side_of, spelling, words

SIDED = [name for name in ARKIT_NAMES if re.search("(Left|Right)$", name)]


def parts(name: str) -> list[str]:
    return re.findall("[A-Z]?[a-z]+", name)


SPELLINGS = {
    "as it is": lambda name: name,
    "capitalised": lambda name: name[0].upper() + name[1:],
    "_L _R": lambda name: re.sub("(Left|Right)$", lambda side: f"_{side[1][0]}", name),
    "_l _r": lambda name: re.sub("(Left|Right)$", lambda side: f"_{side[1][0].lower()}", name),
    ".L .R": lambda name: re.sub("(Left|Right)$", lambda side: f".{side[1][0]}", name),
    "L R": lambda name: re.sub("(Left|Right)$", lambda side: side[1][0], name),
    "snake_case": lambda name: "_".join(parts(name)).lower(),
    "Upper_Snake": lambda name: "_".join(parts(name)).upper(),
    "kebab-case": lambda name: "-".join(parts(name)).lower(),
    "with spaces": lambda name: " ".join(parts(name)).title(),
    "small letters": lambda name: name.lower(),
    "blendShape1.": lambda name: f"blendShape1.{name}",
    "namespace:": lambda name: f"hero:face|{name}",
    "prefix_": lambda name: f"Hero_Head_{name[0].upper() + name[1:]}",
    "numbered": lambda name: f"A{ARKIT_NAMES.index(name):02d}_" + "_".join(parts(name)).title(),
    "side in front": lambda name: re.sub("(.*)(Left|Right)$", r"\2_\1", name),
    "side in the middle": lambda name: re.sub("([a-z]+)([A-Z].*)(Left|Right)$", r"\1_\3_\2", name),
    "v2/": lambda name: f"v2/{name[0].upper() + name[1:]}",
}


@pytest.mark.parametrize("way", SPELLINGS)
def test_every_channel_is_found_however_it_is_spelt(way: str) -> None:
    names = [SPELLINGS[way](name) for name in ARKIT_NAMES]
    assert len(set(names)) == 52
    found = match_names(ARKIT_NAMES, names)
    assert found == {spelt: {name: 1.0} for spelt, name in zip(names, ARKIT_NAMES, strict=True)}


@pytest.mark.parametrize("way", SPELLINGS)
def test_there_and_back_is_exact(way: str) -> None:
    weights = np.random.default_rng(3).random((20, 52), np.float32)
    clip = AnimationClip(ARKIT_NAMES, weights, 30)
    rig = Rig(tuple(Channel(SPELLINGS[way](name)) for name in ARKIT_NAMES))
    there = retarget(clip, match(ARKIT_NAMES, rig))
    assert there.names == rig.names
    back = retarget(there, match(rig.names, load_rig("arkit")))
    assert back.names == ARKIT_NAMES
    assert np.array_equal(back.weights, weights)


def test_a_name_in_the_middle_drives_both_halves_and_halves_their_mean() -> None:
    split = ["browInnerUp_L", "browInnerUp_R", "cheekPuffLeft", "cheekPuffRight", "jawOpen"]
    there = match_names(ARKIT_NAMES, split)
    assert there["browInnerUp_L"] == there["browInnerUp_R"] == {"browInnerUp": 1.0}
    assert there["cheekPuffLeft"] == {"cheekPuff": 1.0}
    back = match_names(split, ARKIT_NAMES)
    assert back["browInnerUp"] == {"browInnerUp_L": 0.5, "browInnerUp_R": 0.5}
    merged = match_names(ARKIT_NAMES, ["eyeBlink", "mouthSmile"])
    assert merged["eyeBlink"] == {"eyeBlinkLeft": 0.5, "eyeBlinkRight": 0.5}


def test_split_there_and_back_is_exact() -> None:
    names = [n for n in ARKIT_NAMES if n not in ("browInnerUp", "cheekPuff")]
    names += ["browInnerUp_L", "browInnerUp_R", "cheekPuff_L", "cheekPuff_R"]
    weights = np.random.default_rng(4).random((20, 52), np.float32)
    rig = Rig(tuple(map(Channel, names)))
    there = retarget(AnimationClip(ARKIT_NAMES, weights, 30), match(ARKIT_NAMES, rig))
    back = retarget(there, match(rig.names, load_rig("arkit")))
    assert np.array_equal(back.weights, weights)


def test_what_is_there_twice_is_not_driven_twice() -> None:
    found = match_names(ARKIT_NAMES, ["eyeBlink", "eyeBlinkLeft", "eyeBlinkRight"])
    assert found == {"eyeBlinkLeft": {"eyeBlinkLeft": 1.0}, "eyeBlinkRight": {"eyeBlinkRight": 1.0}}
    found = match_names(ARKIT_NAMES, ["browInnerUp", "browInnerUpLeft", "browInnerUpRight"])
    assert found == {"browInnerUp": {"browInnerUp": 1.0}}


def test_directions_are_no_halves() -> None:
    assert match_names(ARKIT_NAMES, ["jaw", "mouth", "tongue_L"]) == {}
    assert match_names(ARKIT_NAMES, ["jaw_L", "Mouth_Right"]) == {
        "jaw_L": {"jawLeft": 1.0},
        "Mouth_Right": {"mouthRight": 1.0},
    }


def test_meshes_of_one_face_all_follow() -> None:
    found = match_names(ARKIT_NAMES, ["face.jawOpen", "teeth.jawOpen", "tongue.jawOpen", "body.breathe"])
    assert found == {f"{mesh}.jawOpen": {"jawOpen": 1.0} for mesh in ("face", "teeth", "tongue")}


def test_other_words_for_the_same_shape() -> None:
    found = match_names(ARKIT_NAMES, ["MouthOpen", "EyesClosed", "Smile_L", "eyeLookLeft_R", "pucker"])
    assert found["MouthOpen"] == {"jawOpen": 1.0}
    assert found["EyesClosed"] == {"eyeBlinkLeft": 0.5, "eyeBlinkRight": 0.5}
    assert found["Smile_L"] == {"mouthSmileLeft": 1.0}
    assert found["eyeLookLeft_R"] == {"eyeLookInRight": 1.0}
    found = match_names(
        ARKIT_NAMES, ["Mouth_Pucker_Up_L", "Mouth_Pucker_Down_R", "Brow_Raise_Inner_L", "Jaw_Open"]
    )
    assert found["Mouth_Pucker_Up_L"] == found["Mouth_Pucker_Down_R"] == {"mouthPucker": 1.0}
    assert found["Brow_Raise_Inner_L"] == {"browInnerUp": 1.0}
    assert "MouthOpen" not in match_names(ARKIT_NAMES, ["MouthOpen", "jawOpen"])


def test_a_missing_tongue_and_strangers_are_left_over() -> None:
    names = [n for n in ARKIT_NAMES if n != "tongueOut"] + ["Fat", "Ears_Wiggle"]
    how = match(ARKIT_NAMES, Rig(tuple(map(Channel, names))))
    assert how.undriven == ("Fat", "Ears_Wiggle")
    assert how.unused == ("tongueOut",)


def test_a_rig_of_visemes_is_driven_through_the_bundled_map() -> None:
    names = [f"viseme_{name}" for name in load_rig("oculus").names]
    how = match(ARKIT_NAMES, Rig(tuple(map(Channel, names))))
    assert how.undriven == ("viseme_sil",)
    both = Rig(tuple(map(Channel, [*names, *ARKIT_NAMES])))
    assert match(ARKIT_NAMES, both).undriven == tuple(names)


def test_a_rig_of_unified_expressions_is_driven_whole() -> None:
    names = [name.removeprefix("v2/") for name in load_rig("unified").names]
    how = match(ARKIT_NAMES, Rig(tuple(map(Channel, names))))
    assert how.effect[ARKIT_NAMES.index("mouthPucker"), names.index("LipPuckerUpperLeft")] == 1
    assert how.unused == ()


def test_words_and_sides() -> None:
    assert words("blendShape1.jawOpen") == ("blend", "shape", "1", "jaw", "open")
    assert words("MOUTH_SMILE_LEFT") == words("mouthSmileLeft") == ("mouth", "smile", "left")
    assert spelling(words("Fcl_EYE_Close_L")) == ("fcleyeclose", "L")
    assert [side_of(n) for n in ("smile_l", "Smile.R", "RightBlink", "jawOpen", "あ")] == [
        "L",
        "R",
        "R",
        "",
        "",
    ]
