"""The knobs at work: weights of the model in, weights of the character out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

import numpy as np

from audio2face.errors import OptionError, SettingsError
from audio2face.knobs.closing import Closing
from audio2face.knobs.lag import Lag
from audio2face.knobs.regions import is_upper
from audio2face.knobs.settings import FaceSettings
from audio2face.knobs.table import CHANNEL, KNOBS
from audio2face.life import Motion, enliven
from rigs import Rig
from rigs.arrays import FloatArray

JAW = {"jawOpen": 1.0}
LIPS = {
    "mouthLowerDownLeft": 1.0,
    "mouthLowerDownRight": 1.0,
    "mouthUpperUpLeft": 0.5,
    "mouthUpperUpRight": 0.5,
}
LOWERED = ("eyeBlinkLeft", "eyeBlinkRight")
WIDENED = ("eyeWideLeft", "eyeWideRight")
_NEEDED = {
    "strength.jaw": tuple(JAW),
    "offset.jaw": tuple(JAW),
    "offset.lips": tuple(LIPS),
    "offset.lids": (*LOWERED, *WIDENED),
}
"""Knobs that move certain channels."""


class Knobs:
    """Applies settings to weights that come some frames at a time; neutral ones only clamp to the range.

    rig    of the model
    fps    frames a second
    gains  {channel: factor} in addition to those of the settings

    In this order: smoothing; strengths; offsets of jaw and lips; closed lips held; life; the offset of the
    lids; gain, bias and clamp of each channel. Raises SettingsError for channels that the rig does not have,
    and OptionError for gains of such.
    """

    def __init__(
        self,
        rig: Rig,
        fps: float,
        settings: FaceSettings | None = None,
        gains: Mapping[str, float] | None = None,
    ) -> None:
        self._names, self._channels = rig.names, rig.channels
        self._low = np.array([channel.minimum for channel in rig.channels], np.float32)
        self._high = np.array([channel.maximum for channel in rig.channels], np.float32)
        self._closing = Closing(rig.channels)
        self._upper = is_upper(rig.names)
        self._gains = dict(gains or {})
        for name in self._gains:
            if name not in rig.names:
                raise OptionError(
                    f"no channel {name!r} to apply a gain to; the rig has {', '.join(rig.names[:4])} …"
                )
        self.turn(settings or FaceSettings())
        upper, lower = (self._settings[f"smoothing.{region}"] for region in ("upper", "lower"))
        self._lag = Lag(np.where(self._upper, upper, lower) / 1000, fps)

    def turn(self, settings: FaceSettings) -> None:
        """Other settings from the next frame on; smoothing stays what it was. Raises SettingsError."""
        if faults := [*self._missing(settings), *self._outside(settings)]:
            raise SettingsError(faults)
        self._settings = settings
        self._strength = np.where(self._upper, settings["strength.upper"], settings["strength.lower"])
        self._strength = self._strength.astype(np.float32) * self._spread(JAW, settings["strength.jaw"], 1.0)
        self._jaw = self._spread(JAW, settings["offset.jaw"])
        self._lips = self._spread(LIPS, settings["offset.lips"])
        self._lids = np.float32(settings["offset.lids"])
        self._factor = self._each("gain") * np.array(
            [self._gains.get(n, 1.0) for n in self._names], np.float32
        )
        self._bias = self._each("bias")
        self._least = np.maximum(self._each("min"), self._low)
        self._most = np.minimum(self._each("max"), self._high)

    def __call__(self, weights: FloatArray, motion: Motion | None = None) -> FloatArray:
        """[frames, channels] and the life of those frames → [frames, channels], within their ranges."""
        weights = self._shaped(weights)
        if motion is not None:
            weights = enliven(weights, self._names, motion)
        if self._lids:
            weights = self._with_lids(weights)
        weights = weights * self._factor
        if self._bias.any():
            weights = weights + self._bias
        limited: FloatArray = np.clip(weights, self._least, self._most)
        return limited

    def prepare(self) -> None:
        """Reads what turning needs, so that it takes no time later."""
        self._closing.prepare()

    def rest(self) -> FloatArray:
        """[1, channels] the face at rest, whatever is turned."""
        still: FloatArray = np.clip(np.zeros((1, len(self._names)), np.float32), self._low, self._high)
        return still

    def moves(self, key: str) -> bool:
        """Whether the rig has the channels that a knob moves."""
        return set(_NEEDED.get(key, ())) <= set(self._names)

    def _shaped(self, weights: FloatArray) -> FloatArray:
        """Smoothing, strengths, and offsets of jaw and lips; closed lips are as closed as they were."""
        free = self._lag(weights)
        neutral = (self._strength == 1).all() and not self._jaw.any() and not self._lips.any()
        if free is weights and neutral:
            return weights
        before = self._closing.gap(weights)
        apart = (1 - self._closing.held(before)).astype(np.float32)[:, None]
        free = free * self._strength + self._jaw + apart * self._lips
        return self._closing.hold(np.clip(free, self._low, self._high), before)

    def _with_lids(self, weights: FloatArray) -> FloatArray:
        """Lids that are lower or wider open; a blink shuts them as before."""
        lowered, widened = ([self._names.index(name) for name in names] for names in (LOWERED, WIDENED))
        result, shut = weights.copy(), weights[:, lowered]
        if self._lids > 0:
            result[:, lowered] += self._lids * np.maximum(1 - shut, 0)
        else:
            wide = result[:, widened]
            result[:, widened] += -self._lids * np.maximum(1 - wide, 0) * np.maximum(1 - shut, 0)
        return result

    def _spread(self, shape: Mapping[str, float], value: float, usual: float = 0.0) -> FloatArray:
        """[channels] the value times each channel's share in a shape, `usual` for others."""
        row = [np.float32(value * shape[name]) if name in shape else usual for name in self._names]
        return np.array(row, np.float32)

    def _each(self, knob: str) -> FloatArray:
        """[channels] gain, bias, min or max."""
        return np.array([self._settings.of_channel(name, knob) for name in self._names], np.float32)

    def _missing(self, settings: FaceSettings) -> Iterator[str]:
        """Channels that the rig does not have."""
        for name in settings.channels:
            if name not in self._names:
                close = get_close_matches(name, self._names, 1, 0.5)
                hint = f"nearest is {close[0]!r}" if close else f"it has {', '.join(self._names[:4])} …"
                yield f"channel.{name[:60]} is no channel of the model's rig; {hint}"
        for key, needed in _NEEDED.items():
            if settings[key] != KNOBS[key].neutral and not self.moves(key):
                yield f"{key} moves {', '.join(needed)}, which the model's rig does not have"

    def _outside(self, settings: FaceSettings) -> Iterator[str]:
        """Clamps that mean nothing, as no weight goes so far."""
        for channel in self._channels:
            for key in (f"{CHANNEL}.{channel.name}.min", f"{CHANNEL}.{channel.name}.max"):
                value = settings.values.get(key)
                low, high = channel.minimum, channel.maximum
                if value is not None and not low <= value <= high:
                    yield f"{key} is {value:g}; the channel goes from {low:g} to {high:g}"
