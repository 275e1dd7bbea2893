"""Figures of an hour of life, each a small function of it."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from life_hour import FPS, Array, Hour
from scipy import stats

from audio2face.features.clock import FRAME_RATE

REST_RATE, TALK_RATE = 17.0, 26.0
"""Blinks a minute that were asked for."""
NEAR_END = 0.5
"""Seconds after a phrase was heard to end that count as at its end."""
SMOOTHING = 0.25
"""Seconds over which pitch and loudness are averaged before heads are compared with them."""
LAGS = np.arange(0, 0.45, 0.05)
"""Seconds by which the head may follow."""
WINDOW = 10.0
"""Seconds of head motion that may not come again, and over which it is seen to follow."""
SPAN = 90.0
"""Seconds within which they may not."""


class Figures:
    """What is measured of an hour."""

    def __init__(self, hour: Hour) -> None:
        self.hour = hour

    @cached_property
    def blink_rate(self) -> tuple[float, float]:
        """Blinks a minute: found, and wanted for the share of talk."""
        talk = float(self.hour.prosody[:, 2].mean())
        return len(self.hour.blinks) / self.hour.seconds * 60, REST_RATE + (TALK_RATE - REST_RATE) * talk

    @cached_property
    def waits(self) -> Array:
        """Logarithms of the seconds between blinks."""
        return np.log(np.diff(self.hour.blinks))

    @cached_property
    def log_normal(self) -> float:
        """p of Kolmogorov and Smirnov's test; mean and spread are those of the waits themselves."""
        return float(
            stats.kstest(self.waits, "norm", args=(self.waits.mean(), self.waits.std(ddof=1))).pvalue
        )

    @cached_property
    def at_ends(self) -> float:
        """How many times as many blinks there are just after ends of phrases as elsewhere."""
        hour = self.hour
        near = np.zeros(int(hour.seconds * 1000) + 2000, bool)
        for end in hour.ends:
            near[int(end * 1000) : int((end + NEAR_END) * 1000)] = True
        at_end = near[(hour.blinks * 1000).astype(int)]
        away = ~near[: int(hour.seconds * 1000)]
        return float(at_end.sum() / near.sum() / ((~at_end).sum() / away.sum()))

    @cached_property
    def sequence(self) -> tuple[float, float, float]:
        """Of saccades: the line's ms at 0°, its ms a degree, and the share within the bounds."""
        _, duration, size = self.hour.saccades.T
        slope, base = np.polyfit(size, duration * 1000, 1)
        low, high = 20 + 2.2 * size - 1e-6, 30 + 2.7 * size + 1e-6
        inside = (duration * 1000 >= low) & (duration * 1000 <= high)
        return float(base), float(slope), float(inside.mean())

    @cached_property
    def small(self) -> float:
        """Share of saccades of 1° and more that are under 15°."""
        size = self.hour.saccades[:, 2]
        return float((size[size >= 1] < 15).mean())

    @cached_property
    def micro(self) -> float:
        """Microsaccades a second."""
        return float((self.hour.saccades[:, 2] < 1).sum() / self.hour.seconds)

    @cached_property
    def looks(self) -> tuple[float, float]:
        """Mean seconds on the other, and elsewhere."""
        return float(self.hour.aversions[:, 1].mean()), float(self.hour.aversions[:, 0].mean())

    @cached_property
    def minutes(self) -> Array:
        """[minutes, 3] mean head of each minute."""
        parts = np.array_split(self.hour.head, max(1, round(self.hour.seconds / 60)))
        return np.array([part.mean(0) for part in parts])

    @cached_property
    def trend(self) -> Array:
        """[3] degrees that the head drifts in an hour."""
        hours = np.arange(len(self.minutes)) / 60
        return np.array([np.polyfit(hours, self.minutes[:, axis], 1)[0] for axis in range(3)])

    @cached_property
    def brow_rate(self) -> float:
        """Rises a minute."""
        return len(self.hour.brows) / self.hour.seconds * 60

    def voice(self, lag: float) -> tuple[Array, Array]:
        """[frames, 3] 1, pitch and loudness `lag` seconds before; [frames] where somebody talks."""
        width = round(SMOOTHING * FRAME_RATE)
        kernel = np.hanning(2 * width + 1) / np.hanning(2 * width + 1).sum()
        smooth = [np.convolve(self.hour.prosody[:, column], kernel, "same") for column in (0, 1)]
        places = np.arange(len(self.hour.head)) * FRAME_RATE // FPS - round(lag * FRAME_RATE)
        keep = (places >= 0) & (places < len(smooth[0]))
        places = np.clip(places, 0, len(smooth[0]) - 1)
        keep &= self.hour.prosody[places, 2] > 0
        return np.stack([np.ones(len(places)), *(one[places] for one in smooth)], axis=1), keep

    @cached_property
    def following(self) -> tuple[Array, float]:
        """[3] the multiple correlation of yaw, pitch, roll with the voice, at the best lag of pitch."""
        found = []
        for lag in LAGS:
            known, keep = self.voice(float(lag))
            found.append(_multiple(known[keep], self.hour.head[keep]))
        best = int(np.argmax([one[1] for one in found]))
        return found[best], float(LAGS[best])

    @cached_property
    def following_soon(self) -> tuple[Array, Array]:
        """[3] the same within WINDOW, on average; and what chance gives, with the voice of another time."""
        known, _ = self.voice(self.following[1])
        length = round(WINDOW * FPS)
        starts = range(0, len(known) - length, length)
        elsewhere = np.roll(known, len(known) // 2, axis=0)
        return tuple(  # type: ignore[return-value]
            np.mean([_multiple(one[s : s + length], self.hour.head[s : s + length]) for s in starts], axis=0)
            for one in (known, elsewhere)
        )

    @cached_property
    def repeats(self) -> tuple[Array, float]:
        """Of stretches of WINDOW: degrees (RMS) to the nearest within SPAN, and the largest correlation."""
        step = 6
        head, length, reach = self.hour.head[::step], round(WINDOW * FPS / step), round(SPAN * FPS / step)
        rows = np.lib.stride_tricks.sliding_window_view(head, (length, 3))[:, 0].reshape(-1, length * 3)
        centred = rows - rows.mean(1, keepdims=True)
        centred = centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-9)
        squares = (rows**2).sum(1)
        nearest, most = [], -1.0
        for place in range(0, len(rows) - length - reach, 97):
            other = slice(place + length, place + reach)
            distance = squares[other] + squares[place] - 2 * rows[other] @ rows[place]
            nearest.append(np.sqrt(max(0.0, float(distance.min())) / rows.shape[1]))
            most = max(most, float((centred[other] @ centred[place]).max()))
        return np.array(nearest), most


def _multiple(known: Array, motion: Array) -> Array:
    """[3] multiple correlation of each column of motion with the columns of known."""
    rest = motion - known @ np.linalg.lstsq(known, motion, rcond=None)[0]
    return np.sqrt(np.maximum(0.0, 1 - rest.var(0) / motion.var(0)))
