"""What can move, and how it moved: channels, meshes, rigs and animation clips."""

from rigs.anchors import LAYOUTS, anchor_positions
from rigs.arkit import ARKIT_NAMES, MOUTH_NAMES, ROTATION_NAMES, arkit_rig
from rigs.catalogue import load_rig
from rigs.channel import Channel
from rigs.clip import AnimationClip
from rigs.errors import ClipError, FaceError, RigError
from rigs.frame import WeightFrame
from rigs.head import default_head
from rigs.lips import lip_gap
from rigs.loading.folder import read_mesh
from rigs.mesh import Mesh, MorphTarget
from rigs.origin import Origin
from rigs.resample import resample_clip
from rigs.retargeting.retarget import Retarget, retarget
from rigs.retargeting.target import Target, load_target
from rigs.rig import Rig
from rigs.solving.evaluate import vertex_blocks, vertices_of
from rigs.solving.pca import PcaRig, load_pca, pca_rig
from rigs.solving.sequence import read_vertices
from rigs.solving.solve import Solution, SolveSettings, clip_from_vertices, solve_weights
from rigs.visemes import VISEMES

__all__ = [
    "ARKIT_NAMES",
    "LAYOUTS",
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
    "PcaRig",
    "Retarget",
    "Rig",
    "RigError",
    "Solution",
    "SolveSettings",
    "Target",
    "WeightFrame",
    "anchor_positions",
    "arkit_rig",
    "clip_from_vertices",
    "default_head",
    "lip_gap",
    "load_pca",
    "load_rig",
    "load_target",
    "pca_rig",
    "read_mesh",
    "read_vertices",
    "resample_clip",
    "retarget",
    "solve_weights",
    "vertex_blocks",
    "vertices_of",
]
