"""Phones and what each asks of the face.

Labels are ARPAbet without stress; SIL is silence. Targets are ARKit weights at the phone's core; dominances
have the form of Cohen & Massaro, "Modeling coarticulation in synthetic visual speech" (1993). Starting
shapes are the Oculus visemes as in `rigs.visemes`; openings, widths, strengths and reaches lean on a least
squares fit to the lips of GRID's first speaker (Cooke et al. 2006, CC BY 4.0), mixed with those, because
one person's sentences of six words do not hold every phone.
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
    "width": ("funnel", "pucker", "stretch", "smile", "shrug", "forward"),
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
class Pull:
    """A phone's dominance over one of GROUPS: its strength α, and its reach w in seconds."""

    strength: float
    reach: float


@dataclass(frozen=True)
class Target:
    """Weights of ARTICULATORS at a phone's core, and its pull on each of GROUPS."""

    weights: tuple[float, ...]
    pulls: dict[str, Pull]


def segments(rows: Iterable[Iterable[object]]) -> tuple[Segment, ...]:
    """Phones from rows of [label, start, end], as the manifests hold them; stress digits are dropped."""
    found = []
    for row in rows:
        label, start, end = row
        found.append(Segment(str(label).rstrip("012").upper(), float(str(start)), float(str(end))))
    return tuple(found)


# phone: jaw lower upper funnel pucker stretch smile shrug forward tongue | open: α, w | width: α, w
_TABLE = """
SIL  0    0    0    0    0    0    0    0    0    0   | 0.64 0.090 | 0.42 0.130
AA   .36  .18  .10  .03  .01  0    0    0    0    0   | 1.47 0.056 | 1.42 0.082
AE   .30  .26  .16  .02  .03  .03  .01  0    0    0   | 0.61 0.052 | 0.72 0.085
AH   .24  .22  .17  0    0    .11  .04  0    0    0   | 0.70 0.100 | 0.45 0.063
AO   .13  .08  .04  .64  .51  0    0    0    0    0   | 2.05 0.051 | 1.22 0.096
AW   .35  .16  .12  .03  0    .12  .04  0    0    0   | 1.20 0.078 | 0.79 0.110
AX   .17  .22  .16  0    0    .04  .01  0    0    0   | 0.50 0.080 | 0.40 0.060
AY   .32  .29  .22  0    0    .03  .01  0    0    0   | 3.50 0.040 | 2.05 0.049
EH   .29  .22  .17  0    0    .15  .04  0    0    0   | 2.51 0.040 | 0.56 0.056
ER   .13  .06  .04  .29  .17  0    0    .03  0    0   | 1.44 0.070 | 0.97 0.073
EY   .30  .17  .13  0    0    .53  .16  0    0    0   | 2.23 0.045 | 0.60 0.080
IH   .20  .26  .17  0    0    .02  .01  0    0    0   | 1.44 0.035 | 1.74 0.057
IY   .16  .24  .16  0    0    .34  .10  0    0    0   | 1.91 0.039 | 1.19 0.083
OW   .13  0    0    .41  .37  0    0    0    0    0   | 3.00 0.070 | 1.00 0.105
OY   .18  .08  .03  .55  .42  0    0    0    0    0   | 1.72 0.043 | 1.20 0.074
UH   .06  0    0    .38  .34  0    0    0    0    0   | 1.77 0.079 | 0.49 0.086
UW   .03  .02  .01  .41  .77  0    0    0    0    0   | 3.50 0.045 | 0.53 0.118
P    .05  .02  .01  .04  .10  0    0    0    0    0   | 5.00 0.049 | 0.62 0.080
B    .05  .02  .01  .04  .10  0    0    0    0    0   | 6.00 0.040 | 0.60 0.100
M    .05  .02  .01  .04  .10  0    0    0    0    0   | 5.00 0.045 | 0.57 0.086
F    .05  0    .08  .06  .10  0    0    0    0    0   | 2.33 0.048 | 1.63 0.103
V    .05  0    .08  .06  .12  0    0    0    0    0   | 1.60 0.070 | 0.90 0.105
TH   .06  .06  .02  .06  .11  0    0    0    0    .12 | 2.77 0.055 | 1.66 0.103
DH   .06  .06  .02  .06  .12  0    0    0    0    .08 | 2.00 0.057 | 1.60 0.095
S    .07  .32  .20  0    0    .03  .01  0    0    0   | 0.78 0.036 | 1.63 0.102
Z    .07  .30  .19  0    0    .02  .01  0    0    0   | 0.50 0.035 | 1.58 0.110
SH   .07  .06  .06  .51  .27  0    0    .08  .10  0   | 1.23 0.080 | 2.25 0.086
ZH   .06  .06  .06  .50  .28  0    0    .08  .10  0   | 1.23 0.080 | 2.25 0.086
CH   .14  0    0    .40  .14  0    0    .08  .10  0   | 1.40 0.085 | 1.79 0.084
JH   .12  .01  .01  .41  .17  0    0    .08  .08  0   | 1.08 0.077 | 2.40 0.088
T    .13  .22  .14  0    0    .04  .01  0    0    0   | 0.29 0.051 | 0.32 0.099
D    .12  .22  .14  0    0    0    0    0    0    0   | 0.42 0.064 | 0.60 0.076
N    .14  .12  .07  0    0    .10  .02  0    0    0   | 0.20 0.052 | 0.30 0.090
L    .16  .20  .13  0    0    .02  .01  0    0    0   | 0.70 0.069 | 0.17 0.077
K    .17  .24  .16  0    0    .07  .02  0    0    0   | 1.00 0.073 | 0.34 0.095
G    .14  .22  .14  .02  .04  0    0    0    0    0   | 0.38 0.110 | 0.30 0.110
NG   .15  .17  .13  0    0    .03  .01  0    0    0   | 0.30 0.084 | 0.31 0.101
HH   .24  .13  .10  0    0    .11  .03  0    0    0   | 0.15 0.074 | 0.15 0.059
R    .03  .03  .02  .37  .35  0    0    .05  0    0   | 1.80 0.048 | 1.65 0.065
W    .03  0    0    .40  .91  0    0    0    0    0   | 2.53 0.049 | 1.17 0.068
Y    .11  .22  .14  .04  .06  0    0    0    0    0   | 1.20 0.075 | 1.40 0.095
"""


def _read(table: str) -> dict[str, Target]:
    targets = {}
    for line in table.strip().splitlines():
        shape, *pulls = line.split("|")
        label, *weights = shape.split()
        opening, width = (Pull(*map(float, pull.split())) for pull in pulls)
        targets[label] = Target(tuple(map(float, weights)), {"open": opening, "width": width})
    return targets


TARGETS: dict[str, Target] = _read(_TABLE)


def target(label: str) -> Target:
    """The target of a phone. Raises TrainingError for a label outside the table."""
    try:
        return TARGETS[label]
    except KeyError:
        known = ", ".join(sorted(TARGETS))
        raise TrainingError(f"unknown phone {label!r}; known are {known}") from None
