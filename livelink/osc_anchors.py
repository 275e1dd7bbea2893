"""Anchor points of the default head over plain OSC: where a face's landmarks are, frame by frame.

    osc://HOST:PORT/PREFIX?form=anchors68      osc://HOST:PORT/PREFIX?form=anchors478

One message for each point, `PREFIX/NUMBER x y z`, number from 0, three floats: metres from the head's origin,
y up, z forward, +x the character's left. A frame ends with `PREFIX/done NUMBER_OF_POINTS int`, so that a
receiver knows when all of it is there. Bundles are at most 1,400 bytes: 2 a frame for 68 points, 13 for 478
with a short prefix. The head's own turns are not in the points. Layouts: rigs/anchors.py.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from livelink.errors import RefusedError
from livelink.osc import bundles, osc_prefix, prefix
from rigs import WeightFrame, default_head
from rigs.anchors import AnchorEvaluator

_HEAD = 16
"""Bytes of a bundle before its first message."""

Encoder = Callable[[WeightFrame], list[bytes]]


def anchor_encoder(names: Sequence[str], layout: str, start: str = "") -> Encoder:
    """Frames → bundles of points.

    Raises DestinationError for a prefix OSC cannot have, RefusedError when no channel moves the head.
    """
    start = osc_prefix(start)
    mesh = default_head().mesh
    assert mesh is not None
    if not any(name in mesh.targets for name in names):
        raise RefusedError(f"{layout} lie on the default head, which has none of these channels")
    evaluator = AnchorEvaluator(mesh, names, layout)
    empty = bytes(12)
    points = [prefix(f"{start}/{number}", "fff") + empty for number in range(evaluator.points)]
    done = prefix(f"{start}/done", "i") + struct.pack(">i", evaluator.points)
    blank = bundles([*points, done])
    sheet = np.frombuffer(b"".join(blank), np.uint8).copy()
    places = _payloads(sheet.tobytes(), blank)[: evaluator.points]
    cells = (places[:, None] + np.arange(12)).ravel()
    ends = np.cumsum([0, *map(len, blank)]).tolist()

    def datagrams(frame: WeightFrame) -> list[bytes]:
        sheet[cells] = evaluator(frame.weights[None]).astype(">f4").view(np.uint8).ravel()
        filled = sheet.tobytes()
        return [filled[first:end] for first, end in pairwise(ends)]

    return datagrams


def _payloads(sheet: bytes, blank: list[bytes]) -> npt.NDArray[np.int64]:
    """[messages] where the last 12 bytes of every message lie in the joined bundles."""
    found, at = [], 0
    for bundle in blank:
        end, at = at + len(bundle), at + _HEAD
        while at < end:
            (size,) = struct.unpack_from(">i", sheet, at)
            at += 4 + size
            found.append(at - 12)
    return np.array(found)
