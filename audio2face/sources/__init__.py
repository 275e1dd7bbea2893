"""Where sound comes from: every source yields 16 kHz mono blocks, whatever it reads."""

from audio2face.sources.array import ArraySource
from audio2face.sources.block import SAMPLE_RATE, AudioBlock
from audio2face.sources.file import FileSource
from audio2face.sources.resample import Resampler
from audio2face.sources.source import AudioSource
from audio2face.sources.stream import mono_blocks

__all__ = [
    "SAMPLE_RATE",
    "ArraySource",
    "AudioBlock",
    "AudioSource",
    "FileSource",
    "Resampler",
    "mono_blocks",
]
