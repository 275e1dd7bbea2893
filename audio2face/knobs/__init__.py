"""What an artist may turn: strengths, smoothing, offsets, and gain, bias and clamp of each channel."""

from audio2face.knobs.knobs import Knobs
from audio2face.knobs.reading import parse_assignments, read_settings
from audio2face.knobs.settings import FaceSettings
from audio2face.knobs.writing import settings_text

__all__ = ["FaceSettings", "Knobs", "parse_assignments", "read_settings", "settings_text"]
