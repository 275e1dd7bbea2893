"""The rows of a report: what each measure is called, how clips become one figure, and what is good enough."""

from __future__ import annotations

from dataclasses import dataclass

from audio2face.measures.alterations import ALTERATIONS
from audio2face.measures.statistics import Statistic, auc, largest, mean, median, root_share, share

SHORT = 0.065
"""Seconds of latency up to which the goals are those of a live model."""


@dataclass(frozen=True)
class Goal:
    """The range that is good enough; None has no bound on that side."""

    low: float | None = None
    high: float | None = None

    def met(self, value: float) -> bool:
        """Whether a value lies within."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


@dataclass(frozen=True)
class Row:
    """One measure.

    key        its name in reports, and in the evidence of a clip
    title      its name on the terminal;  short  the same as the head of a narrow column,
               or "" where there is none
    statistic  from evidence to a figure
    form       "share", "ms", "mm", "mm²", "weight" or "number": how the figure is written
    goals      what is good enough for a model that hears far ahead, and for a live one; docs/measures.md
    """

    key: str
    title: str
    short: str
    statistic: Statistic
    form: str = "number"
    goals: tuple[Goal | None, Goal | None] = (None, None)

    def goal(self, latency: float) -> Goal | None:
        """What a model that lags by so many seconds should reach."""
        return self.goals[latency <= SHORT]


_TEETH = (Goal(0.95), Goal(0.90))
_TIME = (Goal(-0.015, 0.015), Goal(-0.025, 0.025))
_SIZE = (Goal(0.9, 1.1), Goal(0.85, 1.15))
_SHUT = (Goal(high=0.02), Goal(high=0.04))
_LOST = (Goal(high=0.03), Goal(high=0.05))
_STILL = (Goal(high=0.01), Goal(high=0.01))
_CALM = (Goal(high=1.0), Goal(high=1.0))

ROWS = (
    Row("recall", "p b m closed", "closed", share, "share", (Goal(0.98), Goal(0.95))),
    Row("false closure", "open vowels shut", "vowels", share, "share", _SHUT),
    Row("other closure", "tongue consonants shut", "tongue", share, "share"),
    Row("teeth recall", "f v on the teeth", "f v", share, "share", _TEETH),
    Row("teeth precision", "teeth contacts that are f v", "f v right", share, "share", _TEETH),
    Row("rounding", "rounding, AUC", "round", auc, "number", (Goal(0.95), Goal(0.93))),
    Row("clear rounding", "rounding, AUC, clear sounds", "clear", auc),
    Row("opening r", "lip opening, r", "opening", mean, "number", (Goal(0.75), Goal(0.70))),
    Row("width r", "mouth width, r", "width", mean, "number", (Goal(0.50), Goal(0.45))),
    Row("amplitude", "amplitude, σ/σ captured", "amplitude", root_share, "number", _SIZE),
    Row("jaw r", "jaw, r", "jaw", mean, "number", (Goal(0.80), None)),
    Row("channels r", "live channels, r", "channels", mean, "number", (Goal(0.60), None)),
    Row("lip error", "lip vertex error (LVE)", "LVE", share, "mm"),
    Row("lip error squared", "LVE of squares", "", share, "mm²"),
    Row("upper dynamics", "upper-face dynamics (FDD)", "FDD", mean, "mm"),
    Row("upper dynamics squared", "FDD of squares", "", mean, "mm²"),
    Row("vertex error", "all vertices, mean error", "vertices", share, "mm"),
    Row("offset", "late against the film", "late", median, "ms", _TIME),
    Row("offset to teacher", "late against the teacher", "late", median, "ms", _TIME),
    Row("jitter", "jitter, energy above 12 Hz", "jitter", share, "number", _CALM),
    Row("drift", "drift in room tone", "", largest, "weight", _STILL),
    *(Row(f"{name}, lost", f"{name}: closures lost", "", share, "share", _LOST) for name in ALTERATIONS),
    *(Row(f"{name}, shut", f"{name}: vowels newly shut", "", share, "share") for name in ALTERATIONS),
)
"""In the order of the report."""
