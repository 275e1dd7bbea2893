"""What can move, and how it moved: channels, meshes, rigs and animation clips."""

from rigs.arkit import ARKIT_NAMES, MOUTH_NAMES, ROTATION_NAMES, arkit_rig
from rigs.catalogue import load_rig
from rigs.channel import Channel
from rigs.clip import AnimationClip
from rigs.errors import ClipError, FaceError, RigError
from rigs.frame import WeightFrame
from rigs.head import default_head
from rigs.lips import lip_gap
from rigs.mesh import Mesh, MorphTarget
from rigs.resample import resample_clip
from rigs.rig import Rig
from rigs.visemes import VISEMES

__all__ = [
    "ARKIT_NAMES",
    "MOUTH_NAMES",
    "ROTATION_NAMES",
    "VISEMES",
    "AnimationClip",
    "Channel",
    "ClipError",
    "FaceError",
    "Mesh",
    "MorphTarget",
    "Rig",
    "RigError",
    "WeightFrame",
    "arkit_rig",
    "default_head",
    "lip_gap",
    "load_rig",
    "resample_clip",
]
