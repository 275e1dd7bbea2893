"""One folder, scored: figures, and the text of their tables."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from audio2face.commands.talk import say
from audio2face.errors import OptionError
from audio2face.features import SAMPLE_RATE, WINDOW
from audio2face.measures import report
from audio2face.measures.faces import holds_vertices, read_faces, score_faces
from audio2face.measures.figures import breakdown, counts, figures, groups
from audio2face.measures.recordings import Recording, for_rig, only, read_recordings, restrict, tested
from audio2face.measures.regions import LIPS, UPPER, find_regions
from audio2face.measures.score import Scores, score
from audio2face.measures.stillness import score_stillness
from audio2face.measures.stress import score_stress
from audio2face.models import LiteRTModel, Model


@dataclass(frozen=True)
class Wanted:
    """What is to be scored, and how.

    lips, upper  files of vertex numbers, for takes of vertices
    """

    network: LiteRTModel
    label: str
    phones: Path | None
    every: int
    speakers: tuple[str, ...]
    takes: tuple[str, ...]
    emotion: dict[str, float]
    stress: bool
    fps: float | None = None
    lips: Path | None = None
    upper: Path | None = None


@dataclass(frozen=True, eq=False)
class Judged:
    """What was found in one folder: the text of its tables, and the same as data."""

    recordings: list[Recording]
    said: str
    data: dict[str, Any]


def judge(folder: Path, wanted: Wanted, by: str | None = None) -> Judged:
    """Scores all systems on a folder. Raises FaceError."""
    with tempfile.TemporaryDirectory(prefix="audio2face-") as work:
        if holds_vertices(folder, Path(work)):
            return _judge_faces(folder, wanted, by, Path(work))
    found = _chosen(read_recordings(folder, wanted.phones, wanted.every, wanted.fps), wanted, folder)
    recordings = for_rig(found, wanted.network.rig.names)
    scores = score(recordings, wanted.network, wanted.emotion, _progress)
    score_stillness(scores, recordings, wanted.network, wanted.emotion)
    if wanted.stress:
        score_stress(scores, recordings, wanted.network, wanted.emotion, _progress)
    return _judged(folder, wanted, recordings, scores, by)


def latency(network: Model) -> float:
    """Seconds by which a model's weights lag behind the sound."""
    return network.look_ahead / network.fps + WINDOW / 2 / SAMPLE_RATE


def _judge_faces(folder: Path, wanted: Wanted, by: str | None, work: Path) -> Judged:
    """The same of vertices."""
    face = wanted.network.bundle.face
    if face is None:
        raise OptionError(
            f"{folder} holds vertices, and {wanted.label} moves named channels: score a model trained on "
            "vertices there"
        )
    if wanted.stress:
        raise OptionError("--stress is about closures, which are not measured on vertices; leave it out")
    takes = read_faces(folder, face, work, wanted.fps)
    regions = find_regions(folder, len(face.rest), wanted.lips, wanted.upper)
    for region, option, file in ((regions.lips, "--lips", LIPS), (regions.upper, "--upper", UPPER)):
        if region is None:
            say(f"{folder} says nothing of its regions; name a list of vertices with {option} ({file})")
    recordings = _chosen([take.recording for take in takes], wanted, folder)
    kept = [take for take in takes if take.recording in recordings]
    scores = score_faces(kept, wanted.network, regions, wanted.emotion, _progress)
    return _judged(folder, wanted, recordings, scores, by)


def _chosen(found: Sequence[Recording], wanted: Wanted, folder: Path) -> list[Recording]:
    """The recordings named, or those for testing; says so when some of them were learned from."""
    named = wanted.takes or wanted.speakers
    kept = restrict(only(found, wanted.takes, folder), wanted.speakers, folder)
    kept = kept if named else tested(kept)
    learned = learned_from(wanted.network.bundle.card)
    known = [one.name for one in kept if one.name in learned]
    if known:
        say(f"{len(known)} of {len(kept)} were learned from ({known[0]} …); --takes names others")
    return kept


def learned_from(card: dict[str, Any]) -> set[str]:
    """Names of a character's takes that a model learned from whole, as its card says."""
    if "channels_r" not in card:  # not trained on takes
        return set()
    rows = (str(row).rpartition(": ") for row in card.get("data", ()))
    return {name for name, _, rest in rows if not rest.endswith("without its end")}


def _judged(
    folder: Path, wanted: Wanted, recordings: list[Recording], scores: Scores, by: str | None
) -> Judged:
    table = figures(scores)
    if not table:
        raise OptionError(
            f"nothing of {folder} can be measured: {wanted.label} has none of the channels that move there"
        )
    data: dict[str, Any] = dict(report.as_json(table, counts(scores)))
    said = [_heading(folder, recordings, scores)]
    said.append(report.aligned(report.as_rows(table, latency(wanted.network), wanted.label)))
    if by:
        parts, clips = breakdown(scores, recordings, by), groups(recordings, by)
        data[f"by {by}"] = {
            name: report.as_json(part, {"clips": clips[name]})["model"] for name, part in parts.items()
        }
        if len(parts) > 1:
            said.append("\n" + report.aligned(report.by_rows(parts, clips, by)))
    return Judged(recordings, "\n".join(said), data)


def _heading(folder: Path, recordings: list[Recording], scores: Scores) -> str:
    who = len({one.speaker for one in recordings})
    heard = "".join(f", {count} {name}" for name, count in counts(scores).items())
    return f"{folder.resolve().name}: {len(recordings)} clips, {who} speaker{'s' if who > 1 else ''}{heard}"


def _progress(items: Any) -> Any:
    return tqdm(items, unit="clip", disable=None, leave=False)
