"""Recordings of a character: sound with the motion that belongs to it, to train and to score with."""

from audio2face.dataset.listing import Listed
from audio2face.dataset.reading import Dataset, list_takes, read_dataset
from audio2face.dataset.take import MotionTake
from audio2face.models.face import Face

__all__ = ["Dataset", "Face", "Listed", "MotionTake", "list_takes", "read_dataset"]
