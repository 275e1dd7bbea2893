"""Makes the bundled maps, rigs/data/maps/*.toml: python scripts/make_maps.py [--check]

Names that mean the same in two rigs are written down below. The visemes of Oculus and the vowels of VRM have
no channel of the same meaning in ARKit: their shares are fitted, by least squares with a small penalty, to
`rigs.visemes`, the ARKit pose of each viseme, so that each pose gives its own viseme and little else.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from generated import settle

from rigs.arkit import ARKIT_NAMES
from rigs.catalogue import load_rig
from rigs.retargeting.retarget import Retarget, from_shares
from rigs.retargeting.retarget_text import map_text
from rigs.visemes import VISEME_NAMES, VISEMES

MAPS = Path(__file__).resolve().parents[1] / "rigs" / "data" / "maps"
MADE = "Made by scripts/make_maps.py."
PENALTY, VOWEL_PENALTY = 0.01, 0.001
"""Keep shares below about 3, so that a small error of a weight stays small."""

Shares = dict[str, dict[str, float]]


def both(name: str, share: float = 0.5) -> dict[str, float]:
    return {name + "Left": share, name + "Right": share}


OPENING = {"jawOpen": 1.0, "mouthClose": -1.0}
MOUTH: dict[str, dict[str, float]] = {
    "opening": OPENING,
    **{name: {name: 1.0} for name in ("mouthFunnel", "mouthPucker", "mouthRollLower", "mouthRollUpper")},
    **{name: both(name) for name in ("mouthStretch", "mouthLowerDown", "mouthUpperUp", "mouthPress")},
    "tongueOut": {"tongueOut": 1.0},
}
"""What visemes are told by: sums of ARKit channels. Smiles are not among them, so that joy is no vowel."""
VOWEL = ("opening", "mouthFunnel", "mouthPucker", "mouthStretch")


def fitted(poses: Sequence[str], wanted: Sequence[str], told_by: Sequence[str], penalty: float) -> Shares:
    """{viseme: {ARKit channel: share}}; each of `poses` gives itself, if wanted, and nothing else."""
    groups = [MOUTH[name] for name in told_by]
    seen = np.array([[sum(w * VISEMES[p].get(n, 0) for n, w in g.items()) for g in groups] for p in poses])
    aim = np.array([[float(pose == viseme) for viseme in wanted] for pose in poses])
    solved = np.linalg.solve(seen.T @ seen + penalty * np.eye(len(groups)), seen.T @ aim)
    result: Shares = {}
    for column, viseme in enumerate(wanted):
        parts: dict[str, float] = {}
        for group, share in zip(groups, solved[:, column].tolist(), strict=True):
            for name, weight in group.items():
                if abs(round(share * weight, 2)) > 0.02:
                    parts[name] = parts.get(name, 0.0) + round(share * weight, 2)
        result[viseme] = parts
    return result


def oculus() -> tuple[Shares, dict[str, float]]:
    """Silence is what the others leave of 1."""
    sounds = VISEME_NAMES[1:]
    shares = fitted(sounds, sounds, tuple(MOUTH), PENALTY)
    silence: dict[str, float] = {}
    for parts in shares.values():
        for name, share in parts.items():
            silence[name] = round(silence.get(name, 0.0) - share, 2)
    return {"sil": {name: share for name, share in silence.items() if share}} | shares, {"sil": 1.0}


def presets(
    vowels: Mapping[str, str], blinks: Sequence[str], looks: Sequence[str], moods: Mapping[str, str]
) -> Shares:
    """VRM: vowels fitted, a blink for each eye, gaze of both eyes, moods as the mean of a pair."""
    sounds = fitted(("sil", "PP", "FF", *vowels.values()), tuple(vowels.values()), VOWEL, VOWEL_PENALTY)
    up, down, left, right = looks
    return {
        **{preset: sounds[viseme] for preset, viseme in vowels.items()},
        **{preset: {f"eyeBlink{side}": 1.0} for preset, side in zip(blinks, ("Left", "Right"), strict=True)},
        up: both("eyeLookUp"),
        down: both("eyeLookDown"),
        left: {"eyeLookOutLeft": 0.5, "eyeLookInRight": 0.5},
        right: {"eyeLookInLeft": 0.5, "eyeLookOutRight": 0.5},
        **{preset: both(name) for preset, name in moods.items()},
    }


def vrm0() -> Shares:
    vowels = {"A": "aa", "I": "I", "U": "U", "E": "E", "O": "O"}
    looks = ("LookUp", "LookDown", "LookLeft", "LookRight")
    return presets(vowels, ("Blink_L", "Blink_R"), looks, {"Joy": "mouthSmile", "Sorrow": "mouthFrown"})


def vrm1() -> Shares:
    vowels = {"aa": "aa", "ih": "I", "ou": "U", "ee": "E", "oh": "O"}
    looks = ("lookUp", "lookDown", "lookLeft", "lookRight")
    return presets(vowels, ("blinkLeft", "blinkRight"), looks, {"happy": "mouthSmile", "sad": "mouthFrown"})


FACEGOOD_PAIRS = {
    **{"mouth_lipCornerPull": "mouthSmile", "mouth_lipCornerDepress": "mouthFrown"},
    **{"mouth_dimple": "mouthDimple", "mouth_lipStretch": "mouthStretch", "mouth_press": "mouthPress"},
    **{"mouth_lowerLipDepress": "mouthLowerDown", "mouth_upperLipRaise": "mouthUpperUp"},
    **{"mouth_sideways": "mouth", "jaw_sideways": "jaw", "nose_wrinkle": "noseSneer"},
    **{"brow_lower": "browDown", "brow_raise": "browOuterUp", "cheek_raise": "cheekSquint"},
    **{"eye_blink1": "eyeBlink", "eye_lidTight": "eyeSquint", "eye_upperLidRaise": "eyeWide"},
    **{"eye_lookDown1": "eyeLookDown", "eye_lookUp": "eyeLookUp"},
}
FACEGOOD_MIDDLE = {
    **{"jaw_thrust_c": "jawForward", "brow_raise_c": "browInnerUp"},
    **{"mouth_chinRaise_d": "mouthShrugLower", "mouth_chinRaise_u": "mouthShrugUpper"},
    **{f"mouth_funnel_{part}": "mouthFunnel" for part in ("dl", "dr", "ul", "ur")},
    **{f"mouth_suck_d{side}": "mouthRollLower" for side in "lr"},
    **{f"mouth_suck_u{side}": "mouthRollUpper" for side in "lr"},
    **{f"mouth_pucker_{side}": "mouthPucker" for side in "lr"},
    **{f"cheek_puff_{side}": "cheekPuff" for side in "lr"},
    **{"eye_lookLeft_l": "eyeLookOutLeft", "eye_lookRight_l": "eyeLookInLeft"},
    **{"eye_lookLeft_r": "eyeLookInRight", "eye_lookRight_r": "eyeLookOutRight"},
}


def facegood() -> Shares:
    """By the meaning of the names; `mouth_stretch_c` opens jaw and lips at once."""
    pairs = {
        f"{target}_{side[0].lower()}": source + side
        for target, source in FACEGOOD_PAIRS.items()
        for side in ("Left", "Right")
    }
    shares: Shares = {target: {source: 1.0} for target, source in (pairs | FACEGOOD_MIDDLE).items()}
    return {"mouth_stretch_c": dict(OPENING)} | shares


UNIFIED_PAIRS = {
    **{"EyeClosed": "eyeBlink", "EyeSquint": "eyeSquint", "EyeWide": "eyeWide"},
    **{"BrowPinch": "browDown", "BrowLowerer": "browDown", "BrowOuterUp": "browOuterUp"},
    **{"CheekSquint": "cheekSquint", "NoseSneer": "noseSneer", "Jaw": "jaw"},
    **{
        "MouthUpperUp": "mouthUpperUp",
        "MouthUpperDeepen": "mouthUpperUp",
        "MouthLowerDown": "mouthLowerDown",
    },
    **{"MouthUpper": "mouth", "MouthLower": "mouth", "MouthFrown": "mouthFrown"},
    **{"MouthCornerPull": "mouthSmile", "MouthCornerSlant": "mouthSmile", "MouthStretch": "mouthStretch"},
    **{"MouthDimple": "mouthDimple", "MouthPress": "mouthPress"},
}
UNIFIED_SPLIT = {
    **{"BrowInnerUp": "browInnerUp", "CheekPuff": "cheekPuff"},
    **{f"LipSuck{lip}": f"mouthRoll{lip}" for lip in ("Upper", "Lower")},
    **{f"LipFunnel{lip}": "mouthFunnel" for lip in ("Upper", "Lower")},
    **{f"LipPucker{lip}": "mouthPucker" for lip in ("Upper", "Lower")},
}
UNIFIED_MIDDLE = {
    **{"JawOpen": "jawOpen", "JawForward": "jawForward", "MouthClosed": "mouthClose"},
    **{
        "MouthRaiserUpper": "mouthShrugUpper",
        "MouthRaiserLower": "mouthShrugLower",
        "TongueOut": "tongueOut",
    },
}


def unified() -> Shares:
    """By the meaning of the names; gaze from -1 (right eye: in its words left or down) to 1."""
    shares: Shares = {target: {source: 1.0} for target, source in UNIFIED_MIDDLE.items()}
    for side in ("Left", "Right"):
        shares |= {target + side: {source + side: 1.0} for target, source in UNIFIED_PAIRS.items()}
        shares |= {target + side: {source: 1.0} for target, source in UNIFIED_SPLIT.items()}
        to_right, to_left = ("In", "Out") if side == "Left" else ("Out", "In")
        shares[f"Eye{side}X"] = {f"eyeLook{to_right}{side}": 1.0, f"eyeLook{to_left}{side}": -1.0}
        shares[f"Eye{side}Y"] = {f"eyeLookUp{side}": 1.0, f"eyeLookDown{side}": -1.0}
    return {f"v2/{target}": parts for target, parts in shares.items()}


ABOUT = {
    "oculus": "Fitted to the pose of each viseme in rigs/visemes.py; silence is what the others leave of 1.",
    "vrm0": "Vowels fitted to poses of rigs/visemes.py; blinks, gaze and moods by their meaning.",
    "vrm1": "Vowels fitted to poses of rigs/visemes.py; blinks, gaze and moods by their meaning.",
    "facegood": "By the meaning of the names of FACEGOOD Audio2Face, BS_name.npy.",
    "unified": "By the meaning of the names, as VRCFaceTracking's LiveLink module reads ARKit.",
}


def made(name: str) -> Retarget:
    """The map to one rig."""
    offsets: dict[str, float] = {}
    if name == "oculus":
        shares, offsets = oculus()
    else:
        shares = {"vrm0": vrm0, "vrm1": vrm1, "facegood": facegood, "unified": unified}[name]()
    return from_shares(ARKIT_NAMES, load_rig(name).channels, shares, offsets)


def text(name: str) -> str:
    """Its file."""
    head = [f"ARKit to {name}. {ABOUT[name]}", MADE]
    return map_text(made(name), about=head)


if __name__ == "__main__":
    MAPS.mkdir(parents=True, exist_ok=True)
    check = "--check" in sys.argv[1:]
    sys.exit(
        max(settle(MAPS / f"arkit-{name}.toml", text(name), check, "scripts/make_maps.py") for name in ABOUT)
    )
