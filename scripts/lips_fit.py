"""Least squares of dominance curves: phones in time → a filmed distance.

The form is the teacher's own (Cohen & Massaro 1993): value = Σ D·T / Σ D with D = α·exp(−(|τ| / w)^c), τ the
time outside a phone's core. Targets T, strengths α and reaches w of every phone, and one exponent c and one
lead of motion before sound, are found together; the gradient is exact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from audio2face.teacher import Segment
from audio2face.teacher.coarticulation import EDGE, LONGEST_EDGE
from audio2face.teacher.phones import TARGETS

Array = npt.NDArray[np.float64]

LABELS = tuple(TARGETS)
NEAR = 0.35
"""Seconds: phones further away than that pull on nothing."""
TIE = (1.0, 10.0, 10.0)
"""Frames that would have to speak against the usual target, strength and reach."""


@dataclass(frozen=True)
class Curve:
    """A fitted curve: {phone: value} for targets, strengths (mean of logs 0) and reaches in seconds."""

    targets: Mapping[str, float]
    strengths: Mapping[str, float]
    reaches: Mapping[str, float]
    exponent: float
    lead: float


@dataclass(frozen=True, eq=False)
class Options:
    """How to fit.

    by_clip  every clip may have an offset of its own (a head further away, another day)
    tie      how hard every phone is tied to the usual, in multiples of TIE
    judged   [frames] 0…1, which frames count
    gain     [frames] what scales the curve before it is compared
    least    the lowest target allowed
    """

    by_clip: bool = False
    tie: float = 1.0
    judged: Array | None = None
    gain: Array | float = 1.0
    least: float | None = None
    steps: int = 150


@dataclass(frozen=True, eq=False)
class Stack:
    """Frames of many clips, and every phone near each of them.

    first   [frames] where a frame's phones begin in the arrays of pairs
    label   [pairs] number of the phone in LABELS
    early, late  [pairs] seconds from a frame to the phone's core, and from the core's end to the frame
    clip    [frames] number of the clip
    """

    first: npt.NDArray[np.intp]
    frame: npt.NDArray[np.intp]
    label: npt.NDArray[np.intp]
    early: Array
    late: Array
    clip: npt.NDArray[np.intp]


def stack(clips: Sequence[tuple[Sequence[Segment], int]], fps: float) -> Stack:
    """All clips, each its phones and its number of frames, as one Stack."""
    parts = [_pairs(phones, frames, fps) for phones, frames in clips]
    lengths = [frames for _, frames in clips]
    starts = np.concatenate([[0], np.cumsum(lengths)])
    frame = np.concatenate([part[0] + start for part, start in zip(parts, starts, strict=False)])
    label, early, late = (np.concatenate([part[at] for part in parts]) for at in (1, 2, 3))
    first = np.searchsorted(frame, np.arange(starts[-1]))
    return Stack(first, frame, label.astype(np.intp), early, late, np.repeat(np.arange(len(clips)), lengths))


def _pairs(phones: Sequence[Segment], frames: int, fps: float) -> tuple[Array, ...]:
    at = np.arange(frames)[:, None] / fps
    start, end = (np.array([getattr(phone, side) for phone in phones]) for side in ("start", "end"))
    edge = np.minimum((end - start) * EDGE, LONGEST_EDGE)
    early, late = start + edge - at, at - end + edge
    away = np.maximum(early, late)
    near = (away < NEAR) | (away == away.min(axis=1, keepdims=True))
    frame, number = np.nonzero(near)
    label = np.array([LABELS.index(phone.label) for phone in phones])[number]
    return frame, label, early[near], late[near]


def predict(pull: Curve, near: Stack) -> Array:
    """[frames] what a fitted curve says."""
    return _curve(_packed(pull), near)[0]


def fit(near: Stack, wanted: Array, usual: Curve, options: Options) -> Curve:
    """The curve that comes nearest to `wanted` [frames], tied to what is usual."""
    scale = float(wanted.std())
    judged = np.ones(len(wanted)) if options.judged is None else options.judged
    sizes = np.maximum(1e-9, np.bincount(near.clip, judged))
    start = _packed(usual)

    def loss(values: Array) -> tuple[float, Array]:
        curve, slopes = _curve(values, near)
        error = options.gain * curve - wanted
        if options.by_clip:
            error = error - (np.bincount(near.clip, error * judged) / sizes)[near.clip]
        error = error * judged
        tied, pull = _ties(values, start, scale, options)
        return float(error @ error) / scale**2 + tied, 2.0 / scale**2 * slopes(error * options.gain) + pull

    count = len(LABELS)
    bounds = [(options.least, None)] * count + [(-3.0, 3.0)] * count + [(np.log(0.02), np.log(0.25))] * count
    bounds += [(np.log(0.8), np.log(3.0)), (-0.1, 0.15)]
    settings = {"maxiter": options.steps}
    return _unpacked(minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options=settings).x)


def _ties(values: Array, usual: Array, scale: float, options: Options) -> tuple[float, Array]:
    """Ridge: rare phones stay near the usual. Returns the penalty and its gradient."""
    off = (values - usual)[:-2].reshape(3, -1) / np.array([scale, 1.0, 1.0])[:, None]
    if options.by_clip:  # where zero lies is each clip's own affair
        off[0] -= off[0].mean()
    weight = options.tie * np.array(TIE)[:, None]
    slope = 2.0 * weight * off / np.array([scale, 1.0, 1.0])[:, None]
    if options.by_clip:
        slope[0] -= slope[0].mean()
    return float((weight * off**2).sum()), np.concatenate([slope.ravel(), [0.0, 0.0]])


def _curve(values: Array, near: Stack):  # type: ignore[no-untyped-def]
    """[frames] Σ D·T / Σ D, and a function from d loss / d value [frames] to d loss / d parameters."""
    targets, strengths, reaches = values[:-2].reshape(3, -1)
    exponent, lead = np.exp(values[-2]), values[-1]
    before, after = near.early - lead, near.late + lead
    away = np.maximum(np.maximum(before, after), 1e-9)
    ratio = away / np.exp(reaches)[near.label]
    power = ratio**exponent
    pull = np.exp(strengths[near.label] - power) + 1e-30
    share = pull / np.add.reduceat(pull, near.first)[near.frame]
    goal = targets[near.label]
    curve = np.add.reduceat(share * goal, near.first)
    lean = share * (goal - curve[near.frame])

    def slopes(error: Array) -> Array:
        each = error[near.frame]
        by_pull = each * lean
        side = np.where(away <= 1e-9, 0.0, np.where(before > after, -1.0, 1.0))
        parts = [
            np.bincount(near.label, weights, minlength=len(LABELS))
            for weights in (each * share, by_pull, by_pull * power * exponent)
        ]
        by_exponent = -(by_pull * power * np.log(ratio)).sum() * exponent
        by_lead = -(by_pull * power * exponent / away * side).sum()
        return np.concatenate([*parts, [by_exponent, by_lead]])

    return curve, slopes


def _packed(pull: Curve) -> Array:
    parts = [
        [pull.targets[name] for name in LABELS],
        np.log([pull.strengths[name] for name in LABELS]),
        np.log([pull.reaches[name] for name in LABELS]),
        [np.log(pull.exponent), pull.lead],
    ]
    return np.concatenate(parts)


def _unpacked(values: Array) -> Curve:
    targets, strengths, reaches = values[:-2].reshape(3, -1)

    def named(row: Array) -> dict[str, float]:
        return dict(zip(LABELS, map(float, row), strict=True))

    return Curve(
        named(targets),
        named(np.exp(strengths)),
        named(np.exp(reaches)),
        float(np.exp(values[-2])),
        float(values[-1]),
    )
