"""The values of all knobs, checked."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from types import MappingProxyType

from audio2face.errors import SettingsError
from audio2face.knobs.table import CHANNEL, CHANNEL_KNOBS, KNOBS, Knob
from audio2face.life import LifeSettings


@dataclass(frozen=True)
class FaceSettings:
    """{key: value} of the knobs that are not neutral: {"strength.upper": 1.2, "channel.jawOpen.gain": 1.1}.

    Keys are those of `table.KNOBS`, and channel.NAME with one of `table.CHANNEL_KNOBS`. Which channels there
    are is not known here; `Knobs` checks it. Raises SettingsError with every fault.
    """

    values: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        faults = [told for key, value in self.values.items() if (told := fault(key, value))]
        faults = faults or [*_crossed(self)]
        if faults:
            raise SettingsError(faults)
        object.__setattr__(self, "values", MappingProxyType(dict(self.values)))

    def __getitem__(self, key: str) -> float:
        """The value of a knob, neutral where nothing was said."""
        return float(self.values.get(key, _knob(key).neutral))

    def but(self, values: Mapping[str, float]) -> FaceSettings:
        """The same with other values for some knobs. Raises SettingsError."""
        return FaceSettings({**self.values, **values})

    @property
    def life(self) -> LifeSettings:
        """What of it is about head, eyes and breath."""
        parts = {name: self[f"strength.{name}"] for name in ("head", "blinks", "gaze", "brows", "breath")}
        return LifeSettings(**parts, rest_rate=self["rate.resting"], talk_rate=self["rate.talking"])

    @property
    def channels(self) -> tuple[str, ...]:
        """Channels of which something is said."""
        return tuple({split(key)[0]: None for key in self.values if _is_channel(key)})

    def of_channel(self, name: str, knob: str) -> float:
        """gain, bias, min or max of a channel."""
        return self[f"{CHANNEL}.{name}.{knob}"]


def fault(key: str, value: object) -> str:
    """What is wrong with a value, in one line; nothing where it is right."""
    knob = _knob_or_none(key)
    if knob is None:
        return f"{key[:60]!r} is no setting{_nearest(key)}"
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return f"{key} is {str(value)[:40]!r}; expected a number"
    if not knob.low <= value <= knob.high:
        return f"{key} is {value:g}; expected {_range(knob)}"
    return ""


def split(key: str) -> tuple[str, str]:
    """channel.jaw.open.gain → (jaw.open, gain): names of channels may have dots in them."""
    name, _, knob = key.removeprefix(f"{CHANNEL}.").rpartition(".")
    return name, knob


def _is_channel(key: str) -> bool:
    return key.startswith(f"{CHANNEL}.")


def _knob_or_none(key: str) -> Knob | None:
    if _is_channel(key):
        name, knob = split(key)
        return CHANNEL_KNOBS.get(knob) if name else None
    return KNOBS.get(key)


def _knob(key: str) -> Knob:
    knob = _knob_or_none(key)
    assert knob is not None, key
    return knob


def _nearest(key: str) -> str:
    """A hint at what may have been meant."""
    if _is_channel(key):
        return f"; of a channel there are {', '.join(CHANNEL_KNOBS)}, as in channel.jawOpen.gain"
    close = get_close_matches(key, KNOBS, 1, 0.5)
    return f"; nearest is {close[0]!r}" if close else "; all are shown by: audio2face settings"


def _range(knob: Knob) -> str:
    return f"{knob.low:g} or more" if math.isinf(knob.high) else f"{knob.low:g} to {knob.high:g}"


def _crossed(settings: FaceSettings) -> Iterator[str]:
    """Channels whose least is more than their most."""
    for name in settings.channels:
        low, high = settings.of_channel(name, "min"), settings.of_channel(name, "max")
        if low > high:
            yield f"channel.{name}.min is {low:g} and its max {high:g}; the first must not be larger"
