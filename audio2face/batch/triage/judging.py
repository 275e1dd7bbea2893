"""Measures → a confidence and its reasons.

Each reason has a doubt of 0 to 1, a logistic curve over a measure; the confidence is the product of what the
doubts leave over. Thresholds were set on lines of scripts/make_lines.py of one half of the speech, and on
people recorded elsewhere, who should pass; the figures in docs/batch.md are of the other half.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

TELL = 0.35
"""Doubt from which a reason is told; a line with but one of the lesser doubts is not yet worth a look."""
SURE = 0.35
"""Correlation of loudness and lips from which their lag says something."""
ENOUGH = 8
"""Lines that say what is usual."""


@dataclass(frozen=True)
class Judgement:
    """How sure one can be that a line is well, 0 to 1, and why not, the worst first."""

    confidence: float
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Usual:
    """What is usual in a batch, where there are enough lines to say.

    edges    {begin, end: dB} at which lines begin and end
    rates    {folder: letters a second}
    twins    {hash of a sound: how many lines have it, and two of them}, where several do
    """

    edges: Mapping[str, float] = field(default_factory=dict)
    rates: Mapping[str, float] = field(default_factory=dict)
    twins: Mapping[str, tuple[int, Sequence[str]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Heard:
    """A line to judge: where, the hash of its sound, its measures, conflicts of its hand edits."""

    place: str
    sound: str
    measures: Mapping[str, float]
    conflicts: Sequence[str] = ()

    @property
    def folder(self) -> str:
        return self.place.rpartition("/")[0]


def usual(lines: Iterable[Heard]) -> Usual:
    """What is usual in these lines."""
    lines = list(lines)
    edges = {}
    for name in ("begin", "end"):
        found = [line.measures[name] for line in lines if name in line.measures]
        if len(found) >= ENOUGH:
            edges[name] = median(found)
    rates = defaultdict(list)
    for line in lines:
        if "rate" in line.measures:
            rates[line.folder].append(line.measures["rate"])
            rates[""].append(line.measures["rate"])
    sounds = Counter(line.sound for line in lines if line.sound)
    twins: dict[str, tuple[int, list[str]]] = {}
    for line in lines:
        if sounds[line.sound] > 1:
            _, first = twins.setdefault(line.sound, (sounds[line.sound], []))
            first += [line.place] if len(first) < 2 else []
    return Usual(edges, {name: median(found) for name, found in rates.items() if len(found) >= ENOUGH}, twins)


def judge(line: Heard, around: Usual) -> Judgement:
    """How sure one can be of a line among others."""
    doubts = sorted(_doubts(line, around), key=lambda doubt: -doubt[0])
    left = math.prod(1 - doubt for doubt, _ in doubts)
    return Judgement(round(left, 4), tuple(text for doubt, text in doubts if doubt >= TELL))


def _doubts(line: Heard, around: Usual) -> Iterable[tuple[float, str]]:
    known = line.measures
    yield from ((1.0 if "not applied" in one else 0.8, f"hand edit: {one}") for one in line.conflicts)
    if line.sound in around.twins:
        count, places = around.twins[line.sound]
        other = next(place for place in places if place != line.place)
        yield 0.6, f"the same sound as {other}" + (f" and {count - 2} more" if count > 2 else "")
    sound = list(_of_sound(known))
    yield from sound
    # Where there is no clear speech, where it ends and what the lips do says nothing more.
    clear = math.prod(1 - doubt for doubt, _ in sound)
    for doubt, words in (*_of_edges(known, around), *_of_motion(known), *_of_text(line, around)):
        yield clear * doubt, words


def _of_sound(known: Mapping[str, float]) -> Iterable[tuple[float, str]]:
    silent = _rises(-known["loud"], 42.0, 2.0)
    yield silent, f"silence: its loud parts are at {known['loud']:.0f} dB"
    yield (
        _rises(known["clipped"], -2.3, 0.25),
        f"clipping: {10 ** known['clipped']:.1%} of the samples at the top",
    )
    yield (
        (1 - silent) * _rises(-known["depth"], -17.0, 1.5),
        f"noise: speech stands out by {known['depth']:.0f} dB",
    )
    yield _rises(known["held"], 0.4, 0.03), f"music: tones are held ({known['held']:.2f})"
    yield (
        0.45 * _rises(known["voices"], 2.1, 0.1),
        f"several speakers: its parts differ ({known['voices']:.1f})",
    )
    yield 0.75 * _rises(known["gap"], 2.0, 0.2), f"long silence: {known['gap']:.1f} s of it"
    yield 0.8 * _rises(known["odd"], 3.6, 0.3), f"unlike the speech the model knows ({known['odd']:.1f})"


def _of_edges(known: Mapping[str, float], around: Usual) -> Iterable[tuple[float, str]]:
    """Cut off; where all lines of a batch are cut closely, only those that stand out."""
    for name, words in (("begin", "begins"), ("end", "ends")):
        limit = max(-14.0, around.edges.get(name, -40.0) + 10)
        yield 0.85 * _rises(known[name], limit, 2.0), f"cut off: it {words} in the midst of speech"


def _of_motion(known: Mapping[str, float]) -> Iterable[tuple[float, str]]:
    if "follow" not in known:
        return
    yield (
        0.45 * _rises(-known["follow"], -0.1, 0.06),
        f"timing: the lips do not follow the loudness (r {known['follow']:.2f})",
    )
    yield (
        0.55 * _rises(abs(known["lag"]), 0.19, 0.02),
        f"timing: the lips seem {1000 * known['lag']:+.0f} ms late",
    )
    yield (
        0.45 * _rises(known["undecided"], 2.6, 0.15),
        f"closures: lips come near without closing, {known['undecided']:.1f} times a second",
    )
    few = f"closures: the lips close only {known['closures']:.1f} times a second"
    due = known.get("labials", known["spoken"] / 1.5)
    yield 0.45 * _rises(due, 2.5, 0.3) * _rises(-known["closures"], -0.6, 0.06), few


def _of_text(line: Heard, around: Usual) -> Iterable[tuple[float, str]]:
    known = line.measures
    if "cost" not in known:
        return
    rate = around.rates.get(line.folder, around.rates.get(""))
    off = math.log2(known["rate"] / rate) if rate and known["rate"] > 0 else 0.0
    misfit = 3.6 * known["cost"] - 0.5 * known["order"] + (2.0 * off if off > 0 else -off) - 2.9
    doubt = 0.95 * _rises(misfit, 2.0, 0.5)
    way = (
        f", {known['rate']:.0f} letters a second where {rate:.0f} are usual"
        if rate and abs(off) > 0.5
        else ""
    )
    yield doubt, f"another text than the sound says{way}"


def _rises(value: float, middle: float, scale: float) -> float:
    """0 … 1, a half at the middle."""
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, (value - middle) / scale))))


def as_heard(place: str, parts: Mapping[str, str], facts: Mapping[str, Any]) -> Heard:
    """A line as the ledger has it."""
    return Heard(place, parts.get("sound", ""), facts["measures"], facts.get("conflicts", ()))
