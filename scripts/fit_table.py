"""From filmed lips to the teacher's table: fitted curves become weights that the head can show.

The teacher moves the lips by several channels at once, scales them with loudness and overrides them in
contacts. So its table is found by turns: with everything else as it is, the curve that one group would have
to follow is fitted (lips_fit), and the group's weights are chosen to reach its targets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from filmed import Filmed
from lips_fit import Curve, Options, Stack, fit, predict, stack
from rule_teacher import rules
from scipy.optimize import lsq_linear

from audio2face.features import FRAME_RATE
from audio2face.measures.tracking import VIDEO_RATE
from audio2face.teacher import BILABIALS, ROUNDED, coarticulation, perform, phones, script
from audio2face.teacher.lesson import opening_gain
from audio2face.teacher.phones import ARTICULATORS, SILENCE, Pull, Target
from rigs import ARKIT_NAMES
from rigs.lips import lip_gap, lip_gap_row, mouth_width, mouth_width_row

Array = npt.NDArray[np.float64]
Table = Mapping[str, Target]

TIE = 10.0
"""How hard phones are tied to rules; chosen by fitting half of each sentence and testing on the other."""
ROWS = {"open": [0, 1, 2], "width": [3, 4, 5, 6]}
"""Articulators that are fitted: jaw lower upper, funnel pucker stretch smile. The others keep the rules."""
CHIN = 26.0
"""mm that the head's chin moves for the whole of jawOpen."""
FUNNEL = 0.6
"""How much of the rules' funnel the rounded vowels keep, because a funnel also opens the lips."""
LARGER = 1.3
"""Least squares shrinks what it cannot predict; widths are given their amplitude back."""
MOST_ROUND = {"AO": 0.55, "UH": 0.55, "OY": 0.6, "R": 0.5, "ER": 0.35, "CH": 0.5, "JH": 0.5}
"""Funnel and pucker together, of sounds that must stay less round than uw ow w sh."""
LEAST_ROUND = 0.18
"""The same for sounds that are not round at all."""
LIPS_ROUND = 0.30
"""The same for p b m: lips that meet also draw together."""
NARROW_JAW = {"S": 0.12, "Z": 0.12}
"""s and z narrow the jaw."""


@dataclass(frozen=True)
class Teaching:
    """All that is fitted: the table, and exponent and lead of every group."""

    table: Table
    exponents: Mapping[str, float]
    leads: Mapping[str, float]


def shipped() -> Teaching:
    """The teacher as it is."""
    return Teaching(dict(phones.TARGETS), dict(coarticulation.EXPONENT), dict(coarticulation.LEAD))


def by_rule() -> Teaching:
    """The teacher before any fit."""
    return Teaching(rules(), {"open": 1.3, "width": 1.3}, {"open": 0.016, "width": 0.0})


@contextmanager
def taught_by(teaching: Teaching) -> Iterator[None]:
    """Within it, `teach` follows another table."""
    places = ((phones.TARGETS, teaching.table), (coarticulation.EXPONENT, teaching.exponents))
    kept = [(place, dict(place)) for place in (phones.TARGETS, coarticulation.EXPONENT, coarticulation.LEAD)]
    for place, values in (*places, (coarticulation.LEAD, teaching.leads)):
        place.update(values)  # type: ignore[attr-defined]
    try:
        yield
    finally:
        for place, values in kept:
            place.update(values)  # type: ignore[attr-defined]


def fit_table(clips: Sequence[Filmed], rounds: int = 2) -> Teaching:
    """The table, fitted to clips by turns."""
    near = stack([(clip.phones, len(clip.opening)) for clip in clips], VIDEO_RATE)
    found = by_rule()
    chin = np.array([CHIN, *[0.0] * (len(ARTICULATORS) - 1)])
    usual = curve_of(found, "open", chin)
    jaw = fit(near, joined(clips, "jaw"), usual, Options(by_clip=True, tie=TIE))
    jaws = {label: jaw.targets[label] - jaw.targets[SILENCE] for label in jaw.targets}
    for _ in range(rounds):
        for group in ("width", "open"):
            found = _turn(clips, near, found, group, jaws)
    return found


def _turn(
    clips: Sequence[Filmed], near: Stack, found: Teaching, group: str, jaws: Mapping[str, float]
) -> Teaching:
    """One group anew, the other as it is."""
    reached, gain = _reached(clips, found, group)
    now = predict(curve_of(found, group, _row(group)), near)
    rule = curve_of(by_rule(), group, _row(group))
    usual = Curve(rule.targets, rule.strengths, rule.reaches, found.exponents[group], found.leads[group])
    film = joined(clips, "opening" if group == "open" else "width")
    least = 0.0 if group == "open" else None
    options = Options(by_clip=group == "width", tie=TIE, gain=gain, least=least)
    curve = fit(near, film - (reached - gain * now), usual, options)
    table = {
        label: Target(
            _weights(label, target.weights, group, curve.targets[label], jaws[label]),
            {**target.pulls, group: Pull(round(curve.strengths[label], 2), round(curve.reaches[label], 3))},
        )
        for label, target in found.table.items()
    }
    exponents = {**found.exponents, group: round(curve.exponent, 2)}
    return Teaching(table, exponents, {**found.leads, group: round(curve.lead, 3)})


def _reached(clips: Sequence[Filmed], found: Teaching, group: str) -> tuple[Array, Array]:
    """What the teacher shows [frames] in mm, and how much of a group's curve comes through."""
    shown, through = [], []
    with taught_by(found):
        for clip in clips:
            lines = script(clip.phones, len(clip.loudness), clip.loudness)
            weights = perform(lines).weights
            measure = lip_gap if group == "open" else mouth_width
            gain = lines.active * _freedom(lines.closed, lines.teeth, group)
            if group == "open":
                gain = gain * opening_gain(clip.loudness, len(gain))
            shown.append(at_film(measure(weights, ARKIT_NAMES), clip))
            through.append(at_film(gain, clip))
    return np.concatenate(shown), np.concatenate(through)


def _freedom(closed: Array, teeth: Array, group: str) -> Array:
    """What contacts leave of a group's motion."""
    if group == "open":
        return (1.0 - closed) * (1.0 - 0.85 * teeth)
    return 1.0 - 0.3 * closed - 0.3 * teeth


def _weights(label: str, now: Sequence[float], group: str, goal: float, jaw: float) -> tuple[float, ...]:
    """A phone's weights with those of one group chosen to reach its goal in mm."""
    weights, rule = np.array(now), np.array(rules()[label].weights)
    if label == SILENCE:
        return tuple(np.zeros(len(weights)))
    weights[ROWS[group]] = _opened(label, rule, goal, jaw) if group == "open" else _drawn(label, rule, goal)
    return tuple(float(weight) for weight in np.round(weights, 2))


def _opened(label: str, rule: Array, goal: float, jaw: float) -> Array:
    """Jaw, lower and upper lip: they reach the opening, come near the jaw, and stay near the rule."""
    rows, tied = ROWS["open"], np.eye(3) / 0.25
    sides = np.stack([_row("open")[rows] / 0.3, np.array([CHIN, 0.0, 0.0]) / 2.5])
    wanted = np.concatenate([[goal / 0.3, jaw / 2.5], rule[rows] / 0.25])
    most = [NARROW_JAW.get(label, 0.6), 0.6, 0.6]
    return np.asarray(lsq_linear(np.vstack([sides, tied]), wanted, bounds=(0, most)).x)


def _drawn(label: str, rule: Array, goal: float) -> Array:
    """Funnel and pucker to narrow, stretch and smile to widen, mixed as in the rule."""
    found = np.zeros(4)
    row = mouth_row()[ROWS["width"]]
    mixed = rule[ROWS["width"]] + np.array([0.0, 0.02, 0.02, 0.006])
    mixed[0] = min(mixed[0] * (1.0 if label in ("SH", "ZH", "CH", "JH") else FUNNEL), 1.2 * mixed[1])
    side = slice(0, 2) if goal < 0 else slice(2, 4)
    found[side] = np.minimum(goal / (row[side] @ mixed[side]) * mixed[side], 0.9)
    found *= 1.0 if label in BILABIALS else LARGER
    found[:2] *= min(1.0, _roundest(label) / max(1e-9, found[:2].sum()))
    return np.minimum(found, 0.9)


def _roundest(label: str) -> float:
    if label in ROUNDED or label == "ZH":
        return 2.0
    return LIPS_ROUND if label in BILABIALS else MOST_ROUND.get(label, LEAST_ROUND)


def curve_of(teaching: Teaching, group: str, row: Array) -> Curve:
    """A group's motion as one curve of mm, `row` being the mm of every articulator."""
    targets = {label: float(np.array(target.weights) @ row) for label, target in teaching.table.items()}
    pulls = {label: target.pulls[group] for label, target in teaching.table.items()}
    strengths = {label: pull.strength for label, pull in pulls.items()}
    reaches = {label: pull.reach for label, pull in pulls.items()}
    return Curve(targets, strengths, reaches, teaching.exponents[group], teaching.leads[group])


def _row(group: str) -> Array:
    """[articulators] mm of the group's own distance, 0 for articulators of the other."""
    whole = gap_row() if group == "open" else mouth_row()
    row = np.zeros(len(whole))
    row[ROWS[group]] = whole[ROWS[group]]
    return row


def gap_row() -> Array:
    """[articulators] mm of lip gap."""
    return _of_articulators(lip_gap_row(ARKIT_NAMES))


def mouth_row() -> Array:
    """[articulators] mm of mouth width."""
    return _of_articulators(mouth_width_row(ARKIT_NAMES))


def _of_articulators(row: npt.NDArray[np.float32]) -> Array:
    return np.array(
        [sum(float(row[ARKIT_NAMES.index(name)]) for name in names) for names in ARTICULATORS.values()]
    )


def at_film(values: npt.ArrayLike, clip: Filmed) -> Array:
    """Values [120 Hz frames] at the film's frames."""
    series = np.asarray(values, np.float64)
    return np.interp(clip.times, np.arange(len(series)) / FRAME_RATE, series)


def joined(clips: Sequence[Filmed], what: str) -> Array:
    """[all frames] opening, width or jaw of all clips."""
    return np.concatenate([getattr(clip, what) for clip in clips])


def written(table: Table) -> str:
    """The table as it stands in audio2face/teacher/phones.py."""
    lines = []
    for label, target in table.items():
        weights = " ".join(_short(weight).ljust(4) for weight in target.weights)
        pulls = " | ".join(f"{pull.strength:.2f} {pull.reach:.3f}" for pull in target.pulls.values())
        lines.append(f"{label:4} {weights} | {pulls}")
    return "\n".join(lines)


def _short(weight: float) -> str:
    return f"{weight:.2f}".lstrip("0") if weight >= 0.005 else "0"
