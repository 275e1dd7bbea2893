"""What can move, and how it moved: channels, meshes, rigs and animation clips."""

from rigs.arkit import ARKIT_NAMES, MOUTH_NAMES, ROTATION_NAMES, arkit_rig
from rigs.channel import Channel
from rigs.clip import AnimationClip
from rigs.errors import ClipError, FaceError, RigError
from rigs.frame import WeightFrame
from rigs.mesh import Mesh, MorphTarget
from rigs.rig import Rig

__all__ = [
    "ARKIT_NAMES",
    "MOUTH_NAMES",
    "ROTATION_NAMES",
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
]
