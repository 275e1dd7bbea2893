"""What can be wrong with a film."""

from __future__ import annotations

from audio2face.errors import TrainingError


class VideoError(TrainingError):
    """A film that cannot be read, or shows too little of a face."""
