"""Datasets → takes to train on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple, overload

from audio2face.dataset.folder import paired
from audio2face.dataset.listing import TABLE, Listed
from audio2face.dataset.motion import Motion, clip_of, read_motion, without_angles
from audio2face.dataset.surface import find_triangles
from audio2face.dataset.table import tabled
from audio2face.dataset.take import MotionTake
from audio2face.dataset.vertices import Vertices, fit_face, motions_of, open_vertices
from audio2face.dataset.vocaset import SPLIT_UP, is_vocaset, list_vocaset
from audio2face.errors import TrainingError
from audio2face.models.face import Face
from audio2face.sources import FileSource
from rigs import AnimationClip, FaceError
from rigs.arrays import IntArray


@dataclass(frozen=True, eq=False)
class Dataset(Sequence[MotionTake]):
    """Takes of one rig, their columns in one order.

    takes     as the dataset lists them
    face      the rig of principal components, and the face at rest, where the motion is vertices; else None
    vertices  {take: its vertices, still in their file}, where they are
    """

    takes: tuple[MotionTake, ...]
    face: Face | None = None
    vertices: Mapping[str, Vertices] = field(default_factory=dict)

    @overload
    def __getitem__(self, place: int) -> MotionTake: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[MotionTake]: ...
    def __getitem__(self, place: int | slice) -> MotionTake | Sequence[MotionTake]:
        return self.takes[place]

    def __len__(self) -> int:
        """Number of takes."""
        return len(self.takes)


def read_dataset(
    paths: Iterable[Path], fps: float | None = None, work: Path | None = None, face: Face | None = None
) -> Dataset:
    """All takes of folders, tables and copies of VOCASET, ready to train on.

    fps   frames a second of motion that states none; the table's, or 30, when None
    work  a folder for what has to be made first: sound that lies in pickles, motion and sound of films
    face  the rig that vertices become weights of, such as a model was trained on; one is made when None

    Raises FaceError, in one line, for the first take that is incomplete or cannot be read: `check_dataset`
    tells of all of them. Takes of different rigs are refused.
    """
    listed = [_filmed(take, work) if take.is_video else take for take in list_takes(paths, fps, work)]
    for take in listed:
        _complete(take)
    found = read_motions(listed, face)
    for error in found.troubles.values():
        raise error
    takes = [_take(take, found.motions[take.name]) for take in listed]
    return Dataset(tuple(_alike(take, takes[0]) for take in takes), found.face, found.vertices)


def list_takes(paths: Iterable[Path], fps: float | None = None, work: Path | None = None) -> list[Listed]:
    """All takes, complete or not, with names that are unique.

    Raises TrainingError for what is neither a folder nor a .toml file, and for folders without takes.
    """
    takes: list[Listed] = []
    for path in paths:
        found = _of(path, fps, work)
        if not found:
            raise TrainingError(
                f"{path} holds no takes; expected pairs such as a.wav and a_BS_value.npy or a.csv, or {TABLE}"
            )
        takes += found
    return _uniquely_named(takes)


class Read(NamedTuple):
    """Motion by take, what kept others from being read, the face of vertices, and these by take."""

    motions: dict[str, Motion]
    troubles: dict[str, FaceError]
    face: Face | None
    vertices: dict[str, Vertices]


def read_motions(takes: Sequence[Listed], face: Face | None = None) -> Read:
    """The motion of all takes as it lies in their files.

    Takes without motion, or whose file is not there, are neither among the motions nor the troubles.
    """
    motions: dict[str, Motion] = {}
    there = [
        take for take in takes if take.motion is not None and take.motion.is_file() and not take.is_video
    ]
    opened, troubles = open_vertices([take for take in there if take.is_vertices])
    for take in there:
        if not take.is_vertices:
            try:
                motions[take.name] = read_motion(take)
            except FaceError as error:
                troubles[take.name] = error
    if opened:
        try:
            face = face or fit_face(opened, triangles=_triangles(opened))
            more, wrong = motions_of(face, opened)
            motions.update(more)
            troubles.update(wrong)
        except FaceError as error:
            troubles.update({one.listed.name: error for one in opened})
    return Read(without_angles(motions), troubles, face, {one.listed.name: one for one in opened})


def _triangles(takes: Sequence[Vertices]) -> IntArray | None:
    """Those of a mesh that lies beside the vertices, or beside their folder."""
    folders = [take.listed.motion.parent for take in takes if take.listed.motion is not None]
    inner = [folder.parent for folder in folders if folder.name == SPLIT_UP]
    return find_triangles([*folders, *inner], takes[0].source.shape[1])


def _filmed(take: Listed, work: Path | None) -> Listed:
    """The take with the motion of its film, tracked into `work` unless it is there already."""
    assert take.motion is not None
    if work is None:
        raise TrainingError(
            f"take {take.name}: {take.motion} is a film; turn it into motion first: "
            f"audio2face dataset track {take.motion} -o FOLDER"
        )
    motion, sound = work / f"{take.motion.stem}.npz", work / f"{take.motion.stem}.wav"
    if not motion.is_file():
        from audio2face.video import track_film  # noqa: PLC0415 - an optional extra
        from audio2face.video.landmarker import find_network  # noqa: PLC0415

        work.mkdir(parents=True, exist_ok=True)
        track_film(take.motion, work, find_network())
    own = take.audio is None or take.audio == take.motion
    return replace(take, motion=motion, audio=sound if own else take.audio)


def _complete(take: Listed) -> None:
    if take.motion is None:
        raise TrainingError(
            f"take {take.name}: {take.audio} has no motion; expected {take.name}_BS_value.npy or a clip"
        )
    if take.audio is None:
        raise TrainingError(
            f"take {take.name}: {take.motion} has no sound; expected {take.name}.wav beside it"
        )
    if not take.motion.is_file():
        raise TrainingError(f"take {take.name}: there is no file {take.motion}; check the name")


def _take(take: Listed, motion: Motion) -> MotionTake:
    assert take.audio is not None
    FileSource(take.audio)  # what cannot be opened is told before anything is learned
    clip = clip_of(motion, take)
    return MotionTake(take.name, take.audio, clip, take.speaker, take.emotion, take.split)


def _alike(take: MotionTake, first: MotionTake) -> MotionTake:
    """The take with its columns in the order of the first one's. Raises TrainingError when it has others."""
    names, clip = first.motion.names, take.motion
    if clip.names == names:
        return take
    if set(clip.names) != set(names):
        some = ", ".join(sorted(set(clip.names) ^ set(names))[:3])
        raise TrainingError(
            f"takes {first.name} and {take.name} are of different rigs: only one has {some}; "
            "bring one to the other's channels with audio2face convert IN OUT --rig NAME|FILE"
        )
    weights = clip.weights[:, [clip.names.index(name) for name in names]]
    return replace(take, motion=AnimationClip(names, weights, clip.fps, clip.head, clip.audio))


def _of(path: Path, fps: float | None, work: Path | None) -> list[Listed]:
    if path.suffix.lower() == ".toml":
        return tabled(path, fps)
    if not path.is_dir():
        raise TrainingError(f"cannot read the dataset {path}: expected a folder of takes or a .toml file")
    if (path / TABLE).is_file():
        return tabled(path / TABLE, fps)
    return list_vocaset(path, work) if is_vocaset(path) else paired(path, fps)


def _uniquely_named(takes: Sequence[Listed]) -> list[Listed]:
    """Takes of several folders may share a name; then the folder's goes before it."""
    names = Counter(take.name for take in takes)
    named = []
    for take in takes:
        file = take.audio or take.motion
        twice = names[take.name] > 1
        named.append(replace(take, name=f"{file.parent.name}/{take.name}") if twice and file else take)
    repeated = [name for name, count in Counter(take.name for take in named).items() if count > 1]
    if repeated:
        raise TrainingError(f"several takes are named {repeated[0]}; give each a name of its own")
    return named
