"""Where the picture is taken from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Camera:
    """A camera that looks at the mesh from one side.

    turn      degrees round the head: 0 sees the face, 90 its left side
    lift      degrees above the horizon
    distance  in heights of the mesh: small is wide-angle, large is flat
    fill      share of the picture's smaller side that the mesh's height takes
    aim       the height in the middle of the picture: -0.5 the lowest point of the mesh, 0.5 the highest
    ahead     how far in front of the middle of the mesh it aims, in heights of the mesh
    """

    turn: float
    lift: float = 0.0
    distance: float = 3.6
    fill: float = 0.88
    aim: float = 0.0
    ahead: float = 0.0

    def axes(self) -> Floats:
        """[3, 3] rows: right, up, and towards the camera."""
        turn, lift = np.radians([self.turn, self.lift])
        toward = np.array(
            [np.sin(turn) * np.cos(lift), np.sin(lift), np.cos(turn) * np.cos(lift)], dtype=np.float64
        )
        right = np.array([np.cos(turn), 0.0, -np.sin(turn)])
        return np.stack([right, np.cross(toward, right), toward])

    def project(
        self, points: npt.NDArray[Any], middle: npt.NDArray[Any], extent: float, width: int, height: int
    ) -> Floats:
        """[points, 3] column, row and nearness in 0..1, as `rasterise` wants them.

        middle  the point in the middle of the picture
        extent  the height of the mesh at rest, in the units of the points
        """
        target = middle + np.array([0.0, self.aim, self.ahead]) * extent
        right, up, toward = ((points - target) @ self.axes().T / extent).T
        scale = self.fill * min(width, height) * self.distance / (self.distance - toward)
        nearness = 0.5 + toward / (2 * self.distance)
        return np.column_stack([width / 2 + right * scale, height / 2 - up * scale, nearness])

    def way_to(self, points: npt.NDArray[Any], middle: npt.NDArray[Any], extent: float) -> Floats:
        """[points, 3] unit vectors from points to the camera, in its own space; as `project` otherwise."""
        target = middle + np.array([0.0, self.aim, self.ahead]) * extent
        way = np.array([0.0, 0.0, self.distance]) - (points - target) @ self.axes().T / extent
        unit: Floats = way / np.linalg.norm(way, axis=1, keepdims=True)
        return unit

    def matrices(
        self, middle: npt.NDArray[Any], extent: float, width: int, height: int
    ) -> tuple[Floats, Floats]:
        """[4, 4] from the world to the camera's view, and [4, 4] on to the picture, as OpenGL has them.

        They put every point where `project` does.
        """
        away = self.distance * extent
        view = np.eye(4)
        view[:3, :3] = self.axes()
        view[:3, 3] = -self.axes() @ (middle + np.array([0.0, self.aim, self.ahead]) * extent) - (0, 0, away)
        scale = 2 * self.fill * min(width, height) * self.distance
        near, far = away / 20, away * 6
        picture = np.zeros((4, 4))
        picture[0, 0], picture[1, 1] = scale / width, scale / height
        picture[2, 2:] = (near + far) / (near - far), 2 * near * far / (near - far)
        picture[3, 2] = -1
        return view, picture


VIEWS: dict[str, Camera] = {
    "front": Camera(0),
    "side": Camera(90),
    "three-quarter": Camera(35, 4),
    "face": Camera(0, fill=1.35, aim=-0.07),
    "close": Camera(0, fill=1.35, aim=-0.07),
    "face-side": Camera(80, fill=1.35, aim=-0.07, ahead=0.22),
    "mouth": Camera(0, fill=2.7, aim=-0.2),
    "eyes": Camera(0, fill=2.0, aim=0.08),
}
"""Camera presets by name."""
