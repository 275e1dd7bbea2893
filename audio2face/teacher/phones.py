"""Phones and what each asks of the face.

Labels are ARPAbet without stress; SIL is silence. Targets are ARKit weights at the phone's core; dominances
have the form of Cohen & Massaro, "Modeling coarticulation in synthetic visual speech" (1993). Openings,
widths, strengths and reaches are least squares on the filmed lips of GRID's first speaker (Cooke et al. 2006,
CC BY 4.0), tied to rules for phones that his sentences hold rarely or not at all; channels that the film does
not show keep the rules' values. scripts/fit_teacher.py makes the table;
docs/teacher.md tells how well it fits.
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
SIL  0    0    0    0    0    0    0    0    0    0  | 0.25 0.114 | 0.14 0.114
AA   .36  .20  .05  .11  .12  0    0    0    0    0  | 0.99 0.049 | 1.00 0.084
AE   .32  .30  .20  0    0    .04  .02  0    0    0  | 0.76 0.044 | 0.80 0.077
AH   .28  .16  .05  0    0    .03  0    0    0    0  | 1.01 0.050 | 0.48 0.072
AO   .28  .17  .05  .30  .25  0    0    0    0    0  | 0.73 0.045 | 1.41 0.109
AW   .27  .20  .08  0    0    .14  .04  0    0    0  | 0.96 0.035 | 1.12 0.169
AX   .19  .11  .02  0    0    .01  0    0    0    0  | 0.60 0.055 | 0.40 0.080
AY   .35  .14  0    0    0    .13  .05  0    0    0  | 3.61 0.044 | 1.54 0.044
EH   .36  .16  .05  0    0    .18  .07  0    0    0  | 1.26 0.049 | 0.73 0.049
ER   .19  .12  .03  .17  .18  0    0    .01  0    0  | 1.00 0.055 | 0.90 0.080
EY   .38  .16  .06  0    0    .42  .22  0    0    0  | 1.03 0.049 | 0.86 0.057
IH   .28  .17  .10  0    0    .16  .06  0    0    0  | 1.05 0.041 | 1.14 0.049
IY   .35  .21  .18  0    0    .25  .13  0    0    0  | 0.97 0.042 | 1.16 0.060
OW   .20  .06  0    .24  .40  0    0    0    0    0  | 0.98 0.060 | 1.26 0.086
OY   .31  .14  .02  .30  .30  0    0    0    0    0  | 1.10 0.055 | 1.10 0.080
UH   .17  .08  0    .22  .33  0    0    0    0    0  | 0.90 0.055 | 1.00 0.080
UW   .02  0    0    .19  .65  0    0    0    0    0  | 1.34 0.089 | 0.93 0.101
P    .10  .01  0    0    .30  0    0    0    0    0  | 3.75 0.057 | 0.70 0.050
B    .06  0    0    0    .30  0    0    0    0    0  | 3.85 0.064 | 0.79 0.076
M    .09  0    0    0    .16  0    0    0    0    0  | 4.64 0.045 | 0.86 0.078
F    .12  .08  .13  0    .23  0    0    0    0    0  | 3.50 0.094 | 0.99 0.085
V    .13  .10  .13  0    .20  0    0    0    0    0  | 2.80 0.053 | 0.92 0.090
TH   .03  .12  .05  0    0    .02  0    0    0    .12| 1.64 0.070 | 0.38 0.092
DH   .08  .20  .16  0    0    .01  0    0    0    .08| 1.08 0.058 | 0.31 0.087
S    .12  .31  .25  0    0    .07  .02  0    0    0  | 1.46 0.076 | 1.60 0.085
Z    .12  .25  .17  0    0    .11  .02  0    0    0  | 0.95 0.035 | 1.59 0.139
SH   .09  .15  .09  .47  .39  0    0    .06  .10  0  | 1.10 0.055 | 2.00 0.080
ZH   .09  .14  .08  .43  .36  0    0    .06  .10  0  | 1.10 0.055 | 2.00 0.080
CH   .12  .12  .05  .25  .21  0    0    .06  .10  0  | 0.98 0.052 | 1.44 0.068
JH   .12  .12  .05  .24  .20  0    0    .02  .08  0  | 1.02 0.053 | 2.00 0.083
T    .22  .15  .08  0    0    .06  .01  .01  0    0  | 0.73 0.063 | 0.41 0.087
D    .14  .12  .04  0    0    .09  .02  .01  0    0  | 0.80 0.056 | 0.57 0.074
N    .15  .14  .07  0    0    .14  .04  0    0    0  | 0.33 0.034 | 0.46 0.128
L    .22  .14  .06  0    .03  0    0    0    0    0  | 1.56 0.096 | 0.33 0.060
K    .22  .11  .02  0    0    .07  .03  .01  0    0  | 0.77 0.063 | 0.29 0.079
G    .14  .14  .07  0    .08  0    0    0    0    0  | 0.44 0.063 | 0.29 0.086
NG   .14  .11  .02  0    0    .06  .02  0    0    0  | 0.60 0.055 | 0.30 0.080
HH   .19  .12  .03  0    0    .03  .01  0    0    0  | 0.15 0.055 | 0.10 0.080
R    0    .01  0    .21  .29  0    0    0    0    0  | 2.39 0.062 | 1.76 0.080
W    0    0    0    .20  .84  0    0    0    0    0  | 3.08 0.061 | 1.39 0.076
Y    .13  .08  .01  0    0    .20  .09  0    0    0  | 0.86 0.055 | 0.60 0.077
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
