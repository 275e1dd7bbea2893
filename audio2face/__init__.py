"""Speech in, a talking 3D face out: blendshape weights in real time on an ordinary CPU.

import audio2face as a2f

clip = a2f.animate(a2f.FileSource("line.wav"), a2f.load_model("studio"), fps=60)
a2f.write_clip(clip, "line.glb")
"""

import audio2face.starting  # noqa: F401 - first of all: what Ctrl-C does from here on
from audio2face.errors import MissingExtraError, ModelError, OptionError, SoundError, TrainingError
from audio2face.features import FrontEnd
from audio2face.models import Bundle, LiteRTModel, Model, bundled, load_model
from audio2face.pipeline import animate
from audio2face.sources import ArraySource, AudioBlock, AudioSource, FileSource
from audio2face.weights import WeightStream
from exporters import FormatError, formats, read_clip, write_clip
from rigs import (
    ARKIT_NAMES,
    AnimationClip,
    Channel,
    FaceError,
    Retarget,
    Rig,
    RigError,
    Target,
    WeightFrame,
    load_rig,
    load_target,
    retarget,
)

__all__ = [
    "ARKIT_NAMES",
    "AnimationClip",
    "ArraySource",
    "AudioBlock",
    "AudioSource",
    "Bundle",
    "Channel",
    "FaceError",
    "FileSource",
    "FormatError",
    "FrontEnd",
    "LiteRTModel",
    "MissingExtraError",
    "Model",
    "ModelError",
    "OptionError",
    "Retarget",
    "Rig",
    "RigError",
    "SoundError",
    "Target",
    "TrainingError",
    "WeightFrame",
    "WeightStream",
    "animate",
    "bundled",
    "formats",
    "load_model",
    "load_rig",
    "load_target",
    "read_clip",
    "retarget",
    "write_clip",
]
