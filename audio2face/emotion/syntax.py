"""What `--emotion` says.

joy=0.6,fear=0.2        strengths
joy:soft                an intensity: soft, medium, strong
worried                 a preset
auto                    heard from the voice; with settings: auto:strength=0.6:contrast=2
auto,joy=0.2            parts add up
moods.csv               a track, .csv or .json, given by itself
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from audio2face.emotion.auto_settings import NAMES, AutoSettings
from audio2face.emotion.emotion import AUTO, Emotion
from audio2face.emotion.presets import INTENSITIES, PRESETS
from audio2face.emotion.reading import SUFFIXES, read_track
from audio2face.emotion.track import EmotionTrack
from audio2face.errors import OptionError


def parse_emotion(texts: Sequence[str]) -> Emotion:
    """All that the options say, added up. Raises OptionError in one line."""
    mix: dict[str, float] = {}
    tracks: list[EmotionTrack] = []
    auto: AutoSettings | None = None
    for text in texts:
        if "=" not in text and Path(text).suffix.lower() in SUFFIXES:
            tracks.append(read_track(Path(text)))
            continue
        for part in filter(None, (piece.strip() for piece in text.split(","))):
            name, *settings = part.split(":")
            if name == AUTO:
                if auto is not None:
                    raise OptionError(f"emotion {part!r}: auto is there already")
                auto = _auto(part, settings)
            else:
                for each, strength in _strengths(part).items():
                    mix[each] = mix.get(each, 0.0) + strength
    for name, strength in mix.items():
        if not 0 <= strength <= 1:
            raise OptionError(f"emotion {name} has strength {strength:g}; expected 0 to 1")
    return Emotion(mix, tuple(tracks), auto)


def _strengths(part: str) -> dict[str, float]:
    """What one part stands for."""
    if part in PRESETS:
        return dict(PRESETS[part])
    name, colon, intensity = part.partition(":")
    if colon and "=" not in part:
        if intensity.strip() not in INTENSITIES:
            raise OptionError(f"emotion {part!r}: {intensity!r} is none of {', '.join(INTENSITIES)}")
        return {name.strip(): INTENSITIES[intensity.strip()]}
    name, _, value = part.partition("=")
    return {name.strip(): _number(value, part)}


def _auto(part: str, settings: Sequence[str]) -> AutoSettings:
    values: dict[str, float] = {}
    for setting in settings:
        name, _, value = setting.partition("=")
        if name.strip() not in NAMES:
            raise OptionError(f"emotion {part!r}: auto has no setting {name!r}; it has {', '.join(NAMES)}")
        values[name.strip()] = _number(value, part)
    return AutoSettings(**values)


def _number(text: str, part: str) -> float:
    try:
        value = float(text)
    except ValueError:
        form = f"NAME=NUMBER; or say auto, a preset ({', '.join(PRESETS)}) or a .csv or .json file"
        raise OptionError(f"emotion {part!r} is not of the form {form}") from None
    if not math.isfinite(value):
        raise OptionError(f"emotion {part!r} is not a finite number")
    return value
