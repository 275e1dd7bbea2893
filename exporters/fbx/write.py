"""FBX: the head with its shapes and their animation, or the animation alone.

The clip's names are those of the blend shape channels and of their shapes, unchanged; weights of 0..1 are
0..100 in DeformPercent. Head motion turns the model in the order roll, pitch, yaw. The sound is named in the
model's user property `audio`, as no reader here makes sound of what FBX has for it.

Animation alone is the same document around one triangle of 0.01 mm whose shapes move nothing: without a mesh
that owns the channels Blender, three and Autodesk's SDK have nothing to hang the curves on.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from exporters.errors import FormatError
from exporters.fbx.animation import STACK, Animation
from exporters.fbx.document import Document, entry, integer, number, properties, time
from exporters.fbx.mesh import add_mesh
from exporters.fbx.names import check_names
from exporters.fbx.record import Record, int32, int64, text
from exporters.fbx.times import CUSTOM, ticks, time_mode
from exporters.keys import Keys, dense_keys
from rigs import ROTATION_NAMES, AnimationClip, Mesh, Rig

_TRIANGLE = 1e-5
"""Side of the mesh that carries an animation alone, metres."""


def write_fbx(clip: AnimationClip, file: Path, rig: Rig, keys: Sequence[Keys] | None = None) -> None:
    """Writes the rig's mesh with a shape for each channel of the clip, and their curves.

    A channel that the rig has without a shape becomes a shape that moves nothing. Angles of head and eyes
    among the channels are left out: the eyes' shapes say the same. Raises FormatError when the rig has no
    mesh with shapes, the clip has channels that it does not know, or a name cannot stand in FBX.
    """
    if rig.mesh is None:
        raise FormatError("the rig has no mesh to put into an fbx; choose one with a mesh, or fbx-animation")
    if not any(len(target.indices) for target in rig.mesh.targets.values()):
        raise FormatError("the rig's mesh has no shapes to animate; choose one with shapes, or fbx-animation")
    if not len(rig.mesh.triangles):
        raise FormatError("the rig's mesh has no triangles; programs drop such a mesh; choose one that has")
    columns = _columns(clip)
    unknown = [clip.names[place] for place in columns if clip.names[place] not in rig.names]
    if unknown:
        raise FormatError(
            f"the rig has no channel for {len(unknown)} of the clip ({', '.join(unknown[:3])}); "
            "retarget the clip to this rig, or choose the clip's own rig"
        )
    _write(clip, file, rig.mesh, columns, keys)


def write_fbx_animation(clip: AnimationClip, file: Path, keys: Sequence[Keys] | None = None) -> None:
    """Writes the curves alone, for a character that exists. Raises FormatError as `write_fbx` does."""
    _write(clip, file, _triangle(), _columns(clip), keys)


@lru_cache(maxsize=1)
def _triangle() -> Mesh:
    corners = np.array([[0, 0, 0], [_TRIANGLE, 0, 0], [0, _TRIANGLE, 0]], dtype=np.float32)
    return Mesh(corners, np.array([[0, 1, 2]], dtype=np.int32), np.ones((3, 3), dtype=np.float32), {})


def _columns(clip: AnimationClip) -> list[int]:
    """Which channels of the clip become blend shape channels."""
    columns = [place for place, name in enumerate(clip.names) if name not in ROTATION_NAMES]
    if not columns:
        raise FormatError("the clip has no blendshape channels; an fbx needs at least one")
    return columns


def _write(
    clip: AnimationClip, file: Path, mesh: Mesh, columns: Sequence[int], keys: Sequence[Keys] | None
) -> None:
    names = [clip.names[column] for column in columns]
    check_names(names)
    document, times = Document(), ticks(clip.frames, clip.fps)
    model, channels = add_mesh(document, mesh, names, clip.audio)
    animation = Animation(document, times)
    every = dense_keys(clip) if keys is None else keys
    for channel, column in zip(channels, columns, strict=True):
        curve = every[column]
        values = curve.values.astype(np.float64) * 100
        animation.drive(
            channel, "DeformPercent", "DeformPercent", ("DeformPercent",), [(curve.frames, values)]
        )
    if clip.head is not None:
        frames = np.arange(clip.frames)
        turns = [(frames, clip.head[:, column]) for column in (1, 0, 2)]
        animation.drive(model, "Lcl Rotation", "R", "XYZ", turns)
    last = int(times[-1])
    file.write_bytes(document.encode(_settings(clip.fps, last), _takes(last)))


def _settings(fps: float, last: int) -> Record:
    """Axes, unit and rate of the scene: y up, z forward, centimetres."""
    axes = {
        "UpAxis": 1,
        "UpAxisSign": 1,
        "FrontAxis": 2,
        "FrontAxisSign": 1,
        "CoordAxis": 0,
        "CoordAxisSign": 1,
    }
    mode = time_mode(fps)
    return Record(
        "GlobalSettings",
        children=(
            Record("Version", (int32(1000),)),
            properties(
                *(integer(name, value) for name, value in axes.items()),
                integer("OriginalUpAxis", 1),
                integer("OriginalUpAxisSign", 1),
                number("UnitScaleFactor", 1.0),
                number("OriginalUnitScaleFactor", 1.0),
                entry("DefaultCamera", "KString", "", "", text("Producer Perspective")),
                integer("TimeMode", mode, "enum"),
                time("TimeSpanStart", 0),
                time("TimeSpanStop", last),
                number("CustomFrameRate", float(fps) if mode == CUSTOM else -1.0),
            ),
        ),
    )


def _takes(last: int) -> Record:
    """The older list of animations, which some readers still go by."""
    spans = (Record(name, (int64(0), int64(last))) for name in ("LocalTime", "ReferenceTime"))
    take = Record("Take", (text(STACK),), (Record("FileName", (text(f"{STACK}.tak"),)), *spans))
    return Record("Takes", children=(Record("Current", (text(STACK),)), take))
