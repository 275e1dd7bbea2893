"""Kinds of phones that the measures tell apart, beyond those of the teacher."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from audio2face.teacher import Segment

TONGUE = frozenset(
    ("T", "D", "N", "K", "G", "NG", "S", "Z", "SH", "ZH", "CH", "JH", "TH", "DH", "L", "R", "Y", "HH")
)
"""Consonants that the tongue or the throat makes, so that the lips stay apart."""
HALF_ROUND = frozenset(("AO", "OY", "UH", "AW", "R", "ER", "CH", "JH", "ZH"))
"""Sounds that many people round more or less: neither right nor wrong."""


def beside(phones: Sequence[Segment], at: int, labels: Collection[str]) -> bool:
    """Whether the phone before or after number `at` has one of these labels."""
    around = [*phones[max(0, at - 1) : at], *phones[at + 1 : at + 2]]
    return any(phone.label in labels for phone in around)
