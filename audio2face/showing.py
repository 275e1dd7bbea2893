"""What a page, a film or a picture shows: an animation, and the mesh that it moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from audio2face.errors import OptionError
from audio2face.rigging import open_target
from exporters import formats, read_clip
from rigs import AnimationClip, Rig, RigError, Target, default_head, load_rig, resample_clip, retarget
from rigs.catalogue import has_rig
from rigs.loading import with_pictures
from rigs.loading.document import objects, read_document
from rigs.origin import GLTF_SUFFIXES

MAPS = (".toml", ".txt")
"""Files that name a rig's channels."""


@dataclass(frozen=True, eq=False)
class Shown:
    """A clip in the channels of a rig that has a mesh."""

    clip: AnimationClip
    rig: Rig

    @property
    def name(self) -> str:
        """What messages call the rig."""
        return rig_name(self.rig)


def rig_name(rig: Rig) -> str:
    """What messages call a rig that is shown."""
    if rig.origin is not None:
        return rig.origin.name
    return "the default head" if rig.mesh is default_head().mesh else "the model's own face"


def is_rig(source: Path) -> bool:
    """Whether it is a rig that does not move: one known by name, a folder, a map, a glTF without weights."""
    if has_rig(str(source)) and not source.exists():
        return True
    if source.suffix.lower() not in GLTF_SUFFIXES:
        return source.is_dir() or source.suffix.lower() in MAPS
    try:
        animations = read_document(source).items("animations")
        channels = [channel for one in animations for channel in objects(one, "channels")]
        return not any((channel.get("target") or {}).get("path") == "weights" for channel in channels)
    except (RigError, OSError, AttributeError):  # damaged; reading it as an animation says how
        return False


def is_animation(path: Path) -> bool:
    """Whether the suffix is that of an animation file, not of a sound."""
    return path.suffix.lower() in {suffix for entry in formats() for suffix in entry.suffixes}


def read_shown(source: Path, fps: float | None, rig: str | None) -> Shown:
    """An animation file on the rig that is asked for, else on the mesh inside it, else on the default head.

    fps  frames a second; the file's own when None

    Raises FormatError, RigError, and OptionError for a rig without a mesh.
    """
    clip = read_clip(source)
    clip = clip if fps is None else resample_clip(clip, fps)
    if rig is not None:
        target, _ = open_target(rig, clip.names)
        return put_on(clip, with_mesh(target))
    for shown in (_mesh_inside(source), default_head()):
        if shown is not None and shown.mesh is not None and set(clip.names) & set(shown.mesh.targets):
            return Shown(_still(clip, shown), shown)
    target, _ = open_target("arkit", clip.names)
    return Shown(retarget(clip, target.how), default_head())


def put_on(clip: AnimationClip, target: Target | None) -> Shown:
    """The clip on the target's mesh; on the default head, whose channels it has, when None.

    A mesh of the user's keeps its head still, as nothing says what hangs on its neck.
    """
    if target is None:
        return Shown(clip, default_head())
    return Shown(_still(retarget(clip, target.how), target.rig), target.rig)


def with_mesh(target: Target) -> Target:
    """The target as it is shown, in the colours of its pictures. Raises OptionError when it has no mesh."""
    if target.rig.mesh is None:
        raise OptionError(
            f"{target.name} has no mesh to show; give --rig a .glb, .gltf or .vrm, or leave it out"
        )
    return replace(target, rig=with_pictures(target.rig))


def only_for_sound(options: Mapping[str, object]) -> None:
    """Raises OptionError when one of the options is given, for an animation file."""
    for name, value in options.items():
        if value not in (None, False, ()):
            raise OptionError(f"{name} is for sound files; an animation file has its motion already")


def _still(clip: AnimationClip, rig: Rig) -> AnimationClip:
    return clip if rig.origin is None else replace(clip, head=None)


def _mesh_inside(source: Path) -> Rig | None:
    """The rig of a glTF file; the default head itself where it is that, which a file does not hold all of."""
    if source.suffix.lower() not in GLTF_SUFFIXES:
        return None
    try:
        found = load_rig(source)
    except RigError:  # an animation without a mesh, or one that is packed in a way that is not read
        return None
    head = default_head()
    if found.mesh is None or head.mesh is None:
        return None
    ours, its = head.mesh.vertices, found.mesh.vertices
    same = ours.shape == its.shape and np.allclose(ours, its, atol=1e-4)
    return head if same else with_pictures(found)
