"""How well teachers follow the filmed lips, and what the film says about contacts, rounding and prosody."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
from filmed import Filmed
from fit_table import Teaching, at_film, joined, taught_by
from lips_fit import Curve, Options, fit, predict, stack

from audio2face.features import FRAME_RATE
from audio2face.measures import systems
from audio2face.measures.tracking import LAGS, RATE, VIDEO_RATE, at_rate
from audio2face.teacher import BILABIALS, OPEN_VOWELS, teach
from audio2face.teacher.phones import TARGETS
from rigs import ARKIT_NAMES
from rigs.lips import lip_gap, mouth_width

Array = npt.NDArray[np.float64]
Shown = list[dict[str, Array]]
"""For every clip, opening, width and jaw at the film's frames."""
WHAT = ("opening", "width", "jaw")
TOUCH = 1.0
"""mm of filmed opening below which lips count as closed."""
DRAWS = 1000


def by_loudness(clips: Sequence[Filmed]) -> Shown:
    """jawOpen = √RMS."""
    return [_measured(systems.loudness(clip.sound).weights, clip) for clip in clips]


def by_teacher(clips: Sequence[Filmed], teaching: Teaching) -> Shown:
    """The teacher, given true phones."""
    with taught_by(teaching):
        return [
            _measured(teach(clip.phones, len(clip.loudness), clip.loudness).weights, clip) for clip in clips
        ]


def _measured(weights: npt.NDArray[np.float32], clip: Filmed) -> dict[str, Array]:
    jaw = weights[:, ARKIT_NAMES.index("jawOpen")]
    values = (lip_gap(weights, ARKIT_NAMES), mouth_width(weights, ARKIT_NAMES), jaw)
    return {what: at_film(value, clip) for what, value in zip(WHAT, values, strict=True)}


def pure_fit(clips: Sequence[Filmed]) -> dict[str, Curve]:
    """One free curve for each distance: as far as the form goes, without a head, contacts or rules."""
    near = stack([(clip.phones, len(clip.opening)) for clip in clips], VIDEO_RATE)
    even = dict.fromkeys(TARGETS, 1.0)
    found = {}
    for what in WHAT:
        film = joined(clips, what)
        usual = Curve(
            {label: float(film.mean()) for label in TARGETS}, even, dict.fromkeys(even, 0.07), 1.3, 0.01
        )
        found[what] = fit(near, film, usual, Options(by_clip=what != "opening"))
    return found


def by_curves(clips: Sequence[Filmed], curves: Mapping[str, Curve]) -> Shown:
    """What free curves say."""
    shown: Shown = []
    for clip in clips:
        near = stack([(clip.phones, len(clip.opening))], VIDEO_RATE)
        shown.append({what: predict(curve, near) for what, curve in curves.items()})
    return shown


def scores(clips: Sequence[Filmed], shown: Shown) -> dict[str, dict[str, float]]:
    """{distance: mean r at the best lag and at none, RMSE in mm after one scale, offset in ms, amplitude}."""
    found = {}
    for what in WHAT:
        pairs = [(one[what], getattr(clip, what)) for clip, one in zip(clips, shown, strict=True)]
        rows = np.array([_lagged(*pair) for pair in pairs])
        taught, filmed = (np.concatenate([pair[at] - pair[at].mean() for pair in pairs]) for at in (0, 1))
        scale = float(taught @ filmed / (taught @ taught))
        low, high = bootstrap(rows[:, 2], np.nanmedian)
        found[what] = {
            "r": float(np.nanmean(rows[:, 0])),
            "r at no lag": float(np.nanmean(rows[:, 1])),
            "RMSE": float(np.sqrt(np.mean((scale * taught - filmed) ** 2))),
            "offset": float(np.nanmedian(rows[:, 2])),
            "offset from": low,
            "offset to": high,
            "amplitude": float(np.mean([pair[0].std() / pair[1].std() for pair in pairs])),
        }
    return found


def _lagged(taught: Array, filmed: Array) -> tuple[float, float, float]:
    """r at the best lag, r at none, and the best lag in ms, positive when the film is earlier."""
    first, second = (at_rate(values, VIDEO_RATE) for values in (taught, filmed))
    if first.std() < 1e-9:
        return float("nan"), float("nan"), float("nan")
    length = len(first)
    every = np.array(
        [
            np.corrcoef(
                first[max(0, lag) : length + min(0, lag)], second[max(0, -lag) : length - max(0, lag)]
            )[0, 1]
            for lag in range(-LAGS, LAGS + 1)
        ]
    )
    best = int(every.argmax())
    shift = 0.0
    if 0 < best < 2 * LAGS:  # the top of the parabola through the best lag and its neighbours
        left, top, right = every[best - 1 : best + 2]
        shift = 0.5 * (left - right) / (left - 2 * top + right)
    return float(every[best]), float(every[LAGS]), (best - LAGS + shift) * 1000 / RATE


def bootstrap(
    values: npt.ArrayLike, of: Callable[[Array], object], draws: int = DRAWS
) -> tuple[float, float]:
    """The 95 % interval of a statistic over clips."""
    random = np.random.default_rng(7)
    series = np.asarray(values, np.float64)
    drawn = [of(series[random.integers(len(series), size=len(series))]) for _ in range(draws)]
    low, high = np.percentile(np.array(drawn, np.float64), [2.5, 97.5])
    return float(low), float(high)


def contact_times(clips: Sequence[Filmed]) -> dict[str, dict[str, float]]:
    """{p, b, m: how many, share seen closed, ms of closing after its start and of parting after its end}."""
    found = {}
    for label in sorted(BILABIALS):
        spans = [(clip, phone) for clip in clips for phone in clip.phones if phone.label == label]
        seen = [_contact(clip, phone.start, phone.end) for clip, phone in spans]
        closings, partings = (np.array([one[at] for one in seen if one]) * 1000 for at in (0, 1))
        row = {"count": len(seen), "seen closed": len(closings) / max(1, len(seen))}
        for name, values in (("closes", closings), ("parts", partings)):
            low, high = bootstrap(values, np.median)
            row |= {name: float(np.median(values)), f"{name} from": low, f"{name} to": high}
        found[label] = row
    return found


def _contact(clip: Filmed, start: float, end: float) -> tuple[float, float] | None:
    """Seconds from a phone's start to the closing, and from its end to the parting; None if never closed."""
    at = np.arange(start - 0.12, end + 0.12, 0.002)
    opening = np.interp(at, clip.times, clip.opening)
    inside = (at > start - 0.04) & (at < end + 0.04)
    lowest = int(np.where(inside, opening, np.inf).argmin())
    above = np.flatnonzero(opening > TOUCH)
    before, after = above[above < lowest], above[above > lowest]
    if opening[lowest] > TOUCH or not len(before) or not len(after):
        return None
    return float(at[before[-1]] - start), float(at[after[0]] - end)


def rounding_reach(curve: Curve) -> dict[str, float]:
    """{phone: ms beyond its core at which its pull on the width has fallen to a tenth}."""
    share = np.log(10.0) ** (1.0 / curve.exponent) * 1000
    return {label: curve.reaches[label] * share for label in ("UW", "OW", "W", "AO", "R")}


def prosody(clips: Sequence[Filmed], curve: Curve) -> dict[str, dict[str, float]]:
    """How much wider, relative to the fitted opening, for a dB and for a semitone more, with intervals.

    Within vowels only, each vowel against its own mean, so that it is not the choice of vowel that counts.
    """
    rows = np.concatenate([_vowel_frames(clip, curve, at) for at, clip in enumerate(clips)])
    rows = rows[~np.isnan(rows).any(axis=1)]
    for label in np.unique(rows[:, 1]):
        rows[rows[:, 1] == label, 3:] -= rows[rows[:, 1] == label, 3:].mean(axis=0)
    groups = [rows[rows[:, 0] == at] for at in np.unique(rows[:, 0])]
    slopes = _slopes(rows)
    random = np.random.default_rng(7)
    drawn = np.array(
        [
            _slopes(np.concatenate([groups[at] for at in random.integers(len(groups), size=len(groups))]))
            for _ in range(200)
        ]
    )
    spread = np.percentile(drawn, [2.5, 97.5], axis=0)
    names = ("loudness, per dB", "pitch, per semitone")
    return {
        name: {"slope": float(slopes[at]), "from": float(spread[0, at]), "to": float(spread[1, at])}
        for at, name in enumerate(names)
    } | {"explained": {"share of the residual": _explained(rows, slopes), "frames": float(len(rows))}}


def _vowel_frames(clip: Filmed, curve: Curve, number: int) -> Array:
    """[frames, 6] clip, vowel, fitted opening, what the film adds to it, loudness, pitch."""
    fitted = predict(curve, stack([(clip.phones, len(clip.opening))], VIDEO_RATE))
    width = round(0.15 * FRAME_RATE)
    smooth = np.convolve(np.pad(clip.loudness, width, mode="edge"), np.full(width, 1 / width), "same")[
        width:-width
    ]
    loud = at_film(np.clip(smooth, -25.0, 0.0), clip)
    rows = [
        (
            number,
            sorted(OPEN_VOWELS).index(phone.label),
            fitted[at],
            clip.opening[at] - fitted[at],
            loud[at],
            clip.pitch[at],
        )
        for phone in clip.phones
        if phone.label in OPEN_VOWELS
        for at in np.flatnonzero((clip.times >= phone.start) & (clip.times < phone.end))
    ]
    return np.array(rows, np.float64).reshape(-1, 6)


def _slopes(rows: Array) -> Array:
    """[2] relative opening per dB and per semitone."""
    sides = rows[:, 2:3] * rows[:, 4:6]
    found: Array = np.linalg.lstsq(sides, rows[:, 3], rcond=None)[0]
    return found


def _explained(rows: Array, slopes: Array) -> float:
    rest = rows[:, 3] - rows[:, 2:3] * rows[:, 4:6] @ slopes
    return float(1.0 - rest.var() / rows[:, 3].var())
