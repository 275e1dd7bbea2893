"""Recordings of a character: sound with the motion that belongs to it, to train and to score with."""

from audio2face.dataset.take import MotionTake

__all__ = ["MotionTake"]
