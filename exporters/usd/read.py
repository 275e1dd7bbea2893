"""Reading weights back from USD: the first SkelAnimation with blend shapes (extra `usd`)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from exporters.errors import FormatError
from exporters.limits import check_size
from exporters.rates import whole
from exporters.rotations import head_angles
from exporters.usd.write import AUDIO_NOTE, JOINT, load_usd, said
from rigs import AnimationClip

Array = np.ndarray[Any, Any]


def read_usd(file: Path) -> AnimationClip:
    """Its weights at every time code, and the head from a joint `Head` if there is just that one.

    Raises FormatError when it is no USD file, or has no animation of blend shapes.
    """
    pxr = load_usd()
    if not file.is_file():
        file.open("rb").close()  # the error that says why
    try:
        stage = pxr.Usd.Stage.Open(str(file), pxr.Usd.Stage.LoadNone)
        return _clip(pxr, stage, _animation(pxr, stage))
    except (pxr.Tf.ErrorException, TypeError, ValueError, RuntimeError) as error:
        raise FormatError(f"USD cannot read it: {said(error)}") from error


def _animation(pxr: Any, stage: Any) -> Any:
    """The first animation that has names and weights."""
    for prim in stage.Traverse():
        animation = pxr.UsdSkel.Animation(prim)
        if prim.IsA(pxr.UsdSkel.Animation) and animation.GetBlendShapesAttr().Get():
            return animation
    raise FormatError("it has no SkelAnimation with blendShapes")


def _clip(pxr: Any, stage: Any, animation: Any) -> AnimationClip:
    names = tuple(str(name) for name in animation.GetBlendShapesAttr().Get())
    values = animation.GetBlendShapeWeightsAttr()
    times = values.GetTimeSamples() or [0.0]
    frames = check_size(round(times[-1] - times[0]) + 1, len(names))
    codes = times[0] + np.arange(frames)
    rows = [np.asarray(values.Get(float(code)), dtype=np.float32).reshape(-1) for code in codes]
    if any(len(row) != len(names) for row in rows):
        raise FormatError(
            f"it names {len(names)} blend shapes and has {len(rows[0])} weights at its first time"
        )
    audio = stage.GetRootLayer().customLayerData.get(AUDIO_NOTE) or _sound(pxr, stage)
    fps = whole(stage.GetTimeCodesPerSecond())
    return AnimationClip(names, np.stack(rows), fps, _head(animation, codes), audio or None)


def _head(animation: Any, codes: Array) -> Array | None:
    """[frames, 3] degrees, where one joint called Head turns."""
    turns = animation.GetRotationsAttr()
    if list(animation.GetJointsAttr().Get() or []) != [JOINT] or not turns.GetNumTimeSamples():
        return None
    quaternions = [turns.Get(float(code))[0] for code in codes]
    rows = [[*quaternion.GetImaginary(), quaternion.GetReal()] for quaternion in quaternions]
    return head_angles(np.array(rows))


def _sound(pxr: Any, stage: Any) -> str | None:
    for prim in stage.Traverse():
        if prim.IsA(pxr.UsdMedia.SpatialAudio):
            path = pxr.UsdMedia.SpatialAudio(prim).GetFilePathAttr().Get()
            return str(path.path) if path else None
    return None
