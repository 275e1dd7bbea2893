"""The teacher before anything was fitted: targets from the Oculus visemes and phonetics, one reach for all.

Strengths follow the proportions that are common for dominance functions (lips 5, rounding 2 to 3, vowels 1,
tongue-only sounds well below 1).
"""

from __future__ import annotations

from audio2face.teacher.phones import Pull, Target

REACH = {"open": 0.055, "width": 0.080}
"""Seconds."""

# phone: jaw lower upper funnel pucker stretch smile shrug forward tongue | strength: open, width
TABLE = """
SIL  0    0    0    0    0    0    0    0    0    0       | 0.5 0.3
AA   .40  .24  .10  .03  0    .02  0    0    0    0       | 1.1 0.9
AE   .36  .26  .14  0    0    .16  .08  0    0    0       | 1.1 1.0
AH   .24  .17  .07  .02  0    .03  0    0    0    0       | 0.9 0.6
AO   .34  .18  .06  .36  .10  0    0    0    0    0       | 1.1 1.2
AW   .36  .20  .08  .20  .14  0    0    0    0    0       | 1.1 0.9
AX   .18  .13  .05  .02  0    .03  0    0    0    0       | 0.6 0.4
AY   .36  .22  .10  0    0    .12  .05  0    0    0       | 1.1 0.9
EH   .26  .20  .10  0    0    .15  .06  0    0    0       | 1.0 0.9
ER   .18  .14  .06  .22  .12  0    0    .03  0    0       | 1.0 0.9
EY   .22  .19  .10  0    0    .22  .12  0    0    0       | 1.0 1.0
IH   .15  .15  .08  0    0    .16  .06  0    0    0       | 0.9 0.9
IY   .10  .15  .10  0    0    .30  .16  0    0    0       | 1.0 1.1
OW   .24  .12  .04  .36  .34  0    0    0    0    0       | 1.1 1.3
OY   .30  .16  .05  .36  .20  0    0    0    0    0       | 1.1 1.1
UH   .16  .10  .03  .26  .22  0    0    0    0    0       | 0.9 1.0
UW   .10  .05  .02  .30  .58  0    0    0    0    0       | 1.0 1.5
P    .07  .03  .01  0    0    .02  0    0    0    0       | 5 0.8
B    .08  .03  .01  0    0    .02  0    0    0    0       | 5 0.8
M    .07  .03  .01  0    0    .02  0    0    0    0       | 5 0.8
F    .09  .06  .10  0    0    .05  0    0    0    0       | 3.5 0.8
V    .09  .06  .08  0    0    .05  0    0    0    0       | 3.5 0.8
TH   .13  .12  .05  0    0    .06  0    0    0    .12     | 1.3 0.3
DH   .13  .11  .04  0    0    .05  0    0    0    .08     | 1.0 0.3
S    .04  .19  .09  0    0    .24  .06  0    0    0       | 1.6 1.0
Z    .05  .18  .08  0    0    .22  .05  0    0    0       | 1.5 1.0
SH   .08  .17  .12  .46  .24  0    0    .08  .10  0       | 1.1 2
ZH   .08  .16  .11  .42  .22  0    0    .08  .10  0       | 1.1 2
CH   .08  .16  .11  .44  .22  0    0    .08  .10  0       | 1.1 2
JH   .09  .16  .10  .40  .20  0    0    .08  .08  0       | 1.1 2
T    .09  .13  .06  0    0    .08  .02  0    0    0       | 0.9 0.4
D    .10  .12  .05  0    0    .08  .02  0    0    0       | 0.9 0.4
N    .10  .12  .05  0    0    .07  .02  0    0    0       | 0.9 0.4
L    .16  .14  .06  0    0    .05  .02  0    0    0       | 0.8 0.3
K    .13  .13  .05  0    0    .05  .02  0    0    0       | 0.6 0.3
G    .13  .13  .05  0    0    .05  .02  0    0    0       | 0.6 0.3
NG   .13  .13  .05  0    0    .05  .02  0    0    0       | 0.6 0.3
HH   .18  .14  .06  0    0    .03  .01  0    0    0       | 0.15 0.1
R    .12  .10  .05  .26  .20  0    0    .05  0    0       | 0.7 1.4
W    .08  .04  .02  .26  .62  0    0    0    0    0       | 1.6 3
Y    .08  .12  .06  0    0    .22  .10  0    0    0       | 0.8 0.9
"""


def rules() -> dict[str, Target]:
    """{phone: target} by rule alone."""
    return dict(_rule(line) for line in TABLE.strip().splitlines())


def _rule(line: str) -> tuple[str, Target]:
    shape, strengths = line.split("|")
    label, *weights = shape.split()
    opening, width = map(float, strengths.split())
    pulls = {"open": Pull(opening, REACH["open"]), "width": Pull(width, REACH["width"])}
    return label, Target(tuple(map(float, weights)), pulls)
