"""The teacher: phones → weights by a parametric coarticulation model."""

from audio2face.teacher.emotions import EMOTIONS, offsets
from audio2face.teacher.lesson import Lesson, Script, perform, script, teach
from audio2face.teacher.phones import BILABIALS, LABIODENTALS, OPEN_VOWELS, ROUNDED, Segment, segments

__all__ = [
    "BILABIALS",
    "EMOTIONS",
    "LABIODENTALS",
    "OPEN_VOWELS",
    "ROUNDED",
    "Lesson",
    "Script",
    "Segment",
    "offsets",
    "perform",
    "script",
    "segments",
    "teach",
]
