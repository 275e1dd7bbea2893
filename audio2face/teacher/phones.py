"""Phones and what each asks of the face.

Labels are ARPAbet without stress; SIL is silence. Targets are ARKit weights at the phone's core, dominances
follow the form of Cohen & Massaro, "Modeling coarticulation in synthetic visual speech" (1993); viseme
shapes start from the Oculus visemes as mapped to ARKit in `rigs.visemes`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from audio2face.errors import TrainingError

SILENCE = "SIL"
BILABIALS = frozenset({"P", "B", "M"})
LABIODENTALS = frozenset({"F", "V"})
ROUNDED = frozenset({"UW", "OW", "W", "SH"})
OPEN_VOWELS = frozenset({"AA", "AE", "AH", "AO", "AW", "AY", "EH", "EY", "OW", "ER"})

ARTICULATORS: dict[str, tuple[str, ...]] = {
    "jaw": ("jawOpen",),
    "lower": ("mouthLowerDownLeft", "mouthLowerDownRight"),
    "upper": ("mouthUpperUpLeft", "mouthUpperUpRight"),
    "funnel": ("mouthFunnel",),
    "pucker": ("mouthPucker",),
    "stretch": ("mouthStretchLeft", "mouthStretchRight"),
    "smile": ("mouthSmileLeft", "mouthSmileRight"),
    "shrug": ("mouthShrugUpper",),
    "forward": ("jawForward",),
    "tongue": ("tongueOut",),
}
"""What a phone has targets for, and the channels that each of them moves alike."""

GROUPS: dict[str, tuple[str, ...]] = {
    "open": ("jaw", "lower", "upper", "tongue"),
    "round": ("funnel", "pucker", "shrug", "forward"),
    "spread": ("stretch", "smile"),
}
"""Articulators that share a dominance."""


@dataclass(frozen=True)
class Segment:
    """A phone in time: ARPAbet label, start and end in seconds. Raises TrainingError when it ends early."""

    label: str
    start: float
    end: float

    def __post_init__(self) -> None:
        if not self.end >= self.start:
            raise TrainingError(f"phone {self.label} ends at {self.end} s, before its start {self.start} s")


@dataclass(frozen=True)
class Target:
    """Weights of ARTICULATORS, and the dominance strength of each of GROUPS (open, round, spread)."""

    weights: tuple[float, ...]
    dominance: tuple[float, float, float]


def segments(rows: Iterable[Iterable[object]]) -> tuple[Segment, ...]:
    """Phones from rows of [label, start, end], as the manifests hold them; stress digits are dropped."""
    found = []
    for row in rows:
        label, start, end = row
        found.append(Segment(str(label).rstrip("012").upper(), float(str(start)), float(str(end))))
    return tuple(found)


# phone: jaw lower upper funnel pucker stretch smile shrug forward tongue | open round spread
_TABLE = """
SIL  0    0    0    0    0    0    0    0    0    0    | .5  .3  .3
AA   .40  .24  .10  .03  0    .02  0    0    0    0    | 1.1 .9  .9
AE   .36  .26  .14  0    0    .16  .08  0    0    0    | 1.1 .9  1
AH   .24  .17  .07  .02  0    .03  0    0    0    0    | .9  .6  .6
AO   .34  .18  .06  .36  .10  0    0    0    0    0    | 1.1 1.2 1
AW   .36  .20  .08  .20  .14  0    0    0    0    0    | 1.1 .9  .9
AX   .18  .13  .05  .02  0    .03  0    0    0    0    | .6  .4  .4
AY   .36  .22  .10  0    0    .12  .05  0    0    0    | 1.1 .9  .9
EH   .26  .20  .10  0    0    .15  .06  0    0    0    | 1   .8  .9
ER   .18  .14  .06  .22  .12  0    0    .03  0    0    | 1   .9  .8
EY   .22  .19  .10  0    0    .22  .12  0    0    0    | 1   .9  1
IH   .15  .15  .08  0    0    .16  .06  0    0    0    | .9  .7  .9
IY   .10  .15  .10  0    0    .30  .16  0    0    0    | 1   1   1.1
OW   .24  .12  .04  .36  .34  0    0    0    0    0    | 1.1 1.3 1.2
OY   .30  .16  .05  .36  .20  0    0    0    0    0    | 1.1 1.1 1
UH   .16  .10  .03  .26  .22  0    0    0    0    0    | .9  1   .9
UW   .10  .05  .02  .30  .58  0    0    0    0    0    | 1   1.5 1.4
P    .07  .03  .01  0    0    .02  0    0    0    0    | 1.6 .2  .2
B    .08  .03  .01  0    0    .02  0    0    0    0    | 1.6 .2  .2
M    .07  .03  .01  0    0    .02  0    0    0    0    | 1.6 .2  .2
F    .09  .06  .10  0    0    .05  0    0    0    0    | 2.2 .4  .4
V    .09  .06  .08  0    0    .05  0    0    0    0    | 2.0 .4  .4
TH   .13  .12  .05  0    0    .06  0    0    0    .12  | 1.3 .3  .3
DH   .13  .11  .04  0    0    .05  0    0    0    .08  | 1.0 .3  .3
S    .04  .19  .09  0    0    .24  .06  0    0    0    | 1.6 .5  1
Z    .05  .18  .08  0    0    .22  .05  0    0    0    | 1.5 .5  1
SH   .08  .17  .12  .46  .24  0    0    .08  .10  0    | 1.6 2   1.4
ZH   .08  .16  .11  .42  .22  0    0    .08  .10  0    | 1.5 1.8 1.3
CH   .08  .16  .11  .44  .22  0    0    .08  .10  0    | 1.6 2   1.4
JH   .09  .16  .10  .40  .20  0    0    .08  .08  0    | 1.5 1.8 1.3
T    .09  .13  .06  0    0    .08  .02  0    0    0    | .9  .2  .3
D    .10  .12  .05  0    0    .08  .02  0    0    0    | .9  .2  .3
N    .10  .12  .05  0    0    .07  .02  0    0    0    | .9  .2  .3
L    .16  .14  .06  0    0    .05  .02  0    0    0    | .8  .2  .3
K    .13  .13  .05  0    0    .05  .02  0    0    0    | .6  .2  .3
G    .13  .13  .05  0    0    .05  .02  0    0    0    | .6  .2  .3
NG   .13  .13  .05  0    0    .05  .02  0    0    0    | .6  .2  .3
HH   .18  .14  .06  0    0    .03  .01  0    0    0    | .2  .1  .1
R    .12  .10  .05  .26  .20  0    0    .05  0    0    | .9  1.4 1
W    .08  .04  .02  .26  .62  0    0    0    0    0    | 1.6 2.2 1.8
Y    .08  .12  .06  0    0    .22  .10  0    0    0    | .8  .6  .9
"""


def _read(table: str) -> dict[str, Target]:
    targets = {}
    for line in table.strip().splitlines():
        shape, dominance = line.split("|")
        label, *weights = shape.split()
        strong = tuple(map(float, dominance.split()))
        targets[label] = Target(tuple(map(float, weights)), (strong[0], strong[1], strong[2]))
    return targets


TARGETS: dict[str, Target] = _read(_TABLE)


def target(label: str) -> Target:
    """The target of a phone. Raises TrainingError for a label outside the table."""
    try:
        return TARGETS[label]
    except KeyError:
        known = ", ".join(sorted(TARGETS))
        raise TrainingError(f"unknown phone {label!r}; known are {known}") from None
