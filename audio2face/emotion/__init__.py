"""What a face feels over time: asked for, keyframed, or changed while it performs."""

from audio2face.emotion.emotion import Emotion, as_emotion
from audio2face.emotion.stream import EmotionStream
from audio2face.emotion.track import EmotionTrack

__all__ = ["Emotion", "EmotionStream", "EmotionTrack", "as_emotion"]
