"""Speech that is being spoken → frames, as they are due."""

from audio2face.live.face import LiveFace
from audio2face.live.monitor import Monitor
from audio2face.live.perform import Performance
from audio2face.live.recording import Recording
from audio2face.live.watch import Watch

__all__ = ["LiveFace", "Monitor", "Performance", "Recording", "Watch"]
