"""What a face feels over time: asked for, keyframed, heard in the voice, or changed while it performs."""

from audio2face.emotion.auto_settings import AutoSettings
from audio2face.emotion.emotion import Emotion, as_emotion
from audio2face.emotion.presets import INTENSITIES, PRESETS
from audio2face.emotion.reading import read_track
from audio2face.emotion.stream import EmotionStream
from audio2face.emotion.syntax import parse_emotion
from audio2face.emotion.track import EmotionTrack

__all__ = [
    "INTENSITIES",
    "PRESETS",
    "AutoSettings",
    "Emotion",
    "EmotionStream",
    "EmotionTrack",
    "as_emotion",
    "parse_emotion",
    "read_track",
]
