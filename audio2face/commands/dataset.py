"""`audio2face dataset`: look at recordings of a character before a model is trained on them."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from tqdm import tqdm

from audio2face.commands.talk import command, say, show_json, show_table
from audio2face.commands.tracking import track
from audio2face.dataset.checking import Report, TakeReport, check_dataset
from audio2face.errors import MissingExtraError, OptionError
from audio2face.models import load_model
from exporters.beside import beside

DATA = click.Path(path_type=Path)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def dataset() -> None:
    """Look at recordings of a character before a model is trained on them."""


@command(
    "Report what is wrong with takes before a model is trained on them.\n\n"
    "DATA is a folder with pairs such as a.wav and a_BS_value.npy or a.csv, a dataset.toml, or a copy of "
    "VOCASET; docs/datasets.md has the forms. Looked for: missing files, unequal lengths, wrong frame rates, "
    "sound that is shifted, NaN, channels that are dead, cut off or of the other side, repeated frames, "
    "clipped or silent sound, pickles. "
    "Exit code 1 if something is broken, 0 with warnings."
)
@click.argument("data", nargs=-1, required=True, metavar="DATA...", type=DATA)
@click.option("--fps", type=float, metavar="RATE", help="Of motion that states no rate; 30 otherwise.")
@click.option(
    "-o",
    "--output",
    metavar="FILE.png",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Draw sound, motion and their offset; needs the plot extra.",
)
def check(data: tuple[Path, ...], fps: float | None, output: Path | None, as_json: bool) -> None:
    if fps is not None and not 1 <= fps <= 1000:
        raise OptionError(f"--fps is {fps:g}; expected 1 to 1000")
    drawing: Any = _drawing() if output else None
    report = check_dataset(data, load_model("studio"), fps, _progress)
    if as_json:
        show_json(as_data(report))
    else:
        _show(report)
    if output:
        figure = drawing.picture(report)
        with beside(output) as file:
            figure.savefig(file, dpi=90)
        say(f"{output}: written")
    if report.broken:
        broken = sorted({finding.take or "all" for finding in report.findings if finding.state == "broken"})
        say(f"audio2face: {len(broken)} broken: {', '.join(broken[:6])}{' …' if len(broken) > 6 else ''}")
        sys.exit(1)


dataset.add_command(check, "check")
dataset.add_command(track, "track")


def as_data(report: Report) -> dict[str, Any]:
    """What `--json` prints."""
    return {
        "takes": [_take_data(take) for take in report.takes],
        "findings": [asdict(finding) for finding in report.findings],
        "opening": report.channel,
    }


def _take_data(take: TakeReport) -> dict[str, Any]:
    listed, sound, motion, fit = take.listed, take.sound, take.motion, take.fit
    return {
        "name": listed.name,
        "audio": None if listed.audio is None else str(listed.audio),
        "motion": None if listed.motion is None else str(listed.motion),
        "speaker": listed.speaker,
        "emotion": listed.emotion,
        "split": listed.split,
        "seconds": None if sound is None else round(sound.seconds, 3),
        "sample_rate": None if sound is None else sound.rate,
        "silent": None if sound is None else round(sound.silent, 4),
        "clipped": None if sound is None else round(sound.clipped, 6),
        "frames": None if motion is None else len(motion.values),
        "fps": None if motion is None else motion.fps,
        "channels": None if motion is None else len(motion.names),
        "offset_ms": None if fit is None else round(1000 * fit.offset, 1),
        "r": None if fit is None else round(fit.r, 3),
        "sure": None if fit is None else fit.sure,
    }


def _show(report: Report) -> None:
    heading = ("take", "sound", "motion", "offset", "r", "silent")
    show_table([heading, *map(_row, report.takes)])
    if report.findings:
        click.echo("")
        show_table([(one.state, one.take or "all takes", one.kind, one.detail) for one in report.findings])
    whole = sum(take.sound.seconds for take in report.takes if take.sound)
    counts = {
        state: sum(one.state == state for one in report.findings) for state in ("broken", "warning", "note")
    }
    said = ", ".join(f"{count} {state}" for state, count in counts.items() if count) or "nothing found"
    takes = f"{len(report.takes)} take{'s' if len(report.takes) != 1 else ''}"
    click.echo(f"\n{takes}, {whole / 60:.1f} minutes of sound: {said}")
    if any(take.motion and not take.motion.stated for take in report.takes):
        say("the rate of arrays is taken to be 30 fps; --fps or dataset.toml says otherwise")


def _row(take: TakeReport) -> tuple[str, ...]:
    sound = f"{take.sound.seconds:.2f} s" if take.sound else "–"
    motion = f"{len(take.motion.values)} at {take.motion.fps:g} fps" if take.motion else "–"
    sure = "" if take.fit is None or take.fit.sure else "?"
    offset = f"{1000 * take.fit.offset:+.0f} ms{sure}" if take.fit else "–"
    r = f"{take.fit.r:.2f}" if take.fit else "–"
    silent = f"{take.sound.silent:.0%}" if take.sound else "–"
    return (take.listed.name, sound, motion, offset, r, silent)


def _drawing() -> Any:
    try:
        from audio2face.dataset.checking import picture  # noqa: PLC0415 - an optional extra
    except ImportError as error:
        raise MissingExtraError("drawing the picture", "plot") from error
    return picture


def _progress(takes: Any) -> Any:
    return tqdm(takes, unit="take", disable=None, leave=False)
