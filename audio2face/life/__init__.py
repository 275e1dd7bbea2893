"""What a face does besides speaking: head, blinks, gaze, brows, breath; from the sound and a seed."""

from audio2face.life.life import Life
from audio2face.life.motion import Motion, enliven
from audio2face.life.settings import LifeSettings

__all__ = ["Life", "LifeSettings", "Motion", "enliven"]
