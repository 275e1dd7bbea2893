"""How far MediaPipe finds its points from ours, on pictures of the default head.

    pip install mediapipe==0.10.14      into an environment of its own: it wants an older numpy
    python scripts/check_anchors.py

Distances are shares of that between the outer corners of the eyes, in the picture.
"""

from __future__ import annotations

import numpy as np
from mediapipe.python.solutions import face_mesh

from exporters.picture.render import Renderer, named_view
from rigs import anchor_positions, default_head

SIZE = 900
LIPS = (13, 14, 78, 308)


def found(picture: np.ndarray) -> np.ndarray:
    """[478, 2] pixels, by MediaPipe."""
    with face_mesh.FaceMesh(True, refine_landmarks=True, min_detection_confidence=0.2) as mesh:
        faces = mesh.process(picture).multi_face_landmarks
    return np.array([(point.x, point.y) for point in faces[0].landmark]) * SIZE


def main() -> None:
    """A line for each view."""
    rig = default_head()
    assert rig.mesh is not None
    points = anchor_positions(rig, np.zeros((1, len(rig.names))), "anchors478")[0]
    low, high = rig.mesh.vertices.min(axis=0), rig.mesh.vertices.max(axis=0)
    for view in ("front", "face"):
        camera = named_view(view)
        ours = camera.project(points, (low + high) / 2, float(np.max(high - low)), SIZE, SIZE)[:, :2]
        apart = np.linalg.norm(found(Renderer(rig).draw({}, view, SIZE, SIZE)) - ours, axis=1)
        share = apart / np.linalg.norm(ours[33] - ours[263])
        print(
            f"{view}: median {np.median(share):.1%}, 95th percentile {np.quantile(share, 0.95):.1%}, "
            f"most {share.max():.1%} (point {share.argmax()}), inner lips {share[list(LIPS)].max():.1%}, "
            f"irises {share[468:].max():.1%}"
        )


if __name__ == "__main__":
    main()
