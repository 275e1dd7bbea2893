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
from rigs.origin import Origin
from rigs.retarget import Retarget, retarget
from rigs.rig import Rig
from rigs.target import Target, load_target
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
    "Origin",
    "Retarget",
    "Rig",
    "RigError",
    "Target",
    "WeightFrame",
    "arkit_rig",
    "default_head",
    "lip_gap",
    "load_rig",
    "load_target",
    "retarget",
]
