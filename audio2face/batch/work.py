"""A line on its way to a worker."""

from __future__ import annotations

from dataclasses import dataclass

from audio2face.batch.settings import Settings


@dataclass(frozen=True)
class Work:
    """A line as a worker gets it; see `Line`. `edits` is the text of its sidecar, or empty."""

    place: str
    sound: str
    track: str
    settings: Settings
    text: str = ""
    edits: str = ""
