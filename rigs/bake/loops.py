"""Edge loops of the base mesh: rows of vertices that run round the mouth and the eyes."""

from __future__ import annotations

from collections import defaultdict

from rigs.bake.part import Ints


def edge_loop(quads: Ints, first: int, second: int, limit: int = 200) -> list[int]:
    """The closed row of vertices through `first` and `second`, straight on at every crossing of four edges.

    Stops early at a vertex where other than four edges meet.
    """
    neighbours, faces = _surroundings(quads)
    loop = [first, second]
    while len(loop) < limit:
        before, here = loop[-2:]
        if len(neighbours[here]) != 4:
            break
        beside = faces[before] & faces[here]
        onward = [v for v in neighbours[here] if v != before and not (faces[v] & beside)]
        if len(onward) != 1 or onward[0] == first:
            break
        loop.append(onward[0])
    return loop


def _surroundings(quads: Ints) -> tuple[dict[int, set[int]], dict[int, set[int]]]:
    neighbours: dict[int, set[int]] = defaultdict(set)
    faces: dict[int, set[int]] = defaultdict(set)
    for face, quad in enumerate(quads.tolist()):
        for here, there in zip(quad, quad[1:] + quad[:1], strict=True):
            neighbours[here].add(there)
            neighbours[there].add(here)
            faces[here].add(face)
    return neighbours, faces
