"""`audio2face batch`: a studio's lines → animation files, and what of them needs a person's eye."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import click
import joblib
from tqdm import tqdm

from audio2face.batch.ledger import DONE, FAILED, NAME, TEXT, Entry, Ledger
from audio2face.batch.listing import list_lines
from audio2face.batch.planning import KEPT, Plan, make_plan
from audio2face.batch.reporting.page import doubtful
from audio2face.batch.reporting.rows import Row
from audio2face.batch.run import PAGE, Batch
from audio2face.batch.settings import Settings, layered
from audio2face.batch.storing import is_url, open_store
from audio2face.batch.workers import Workers
from audio2face.commands.folders import make_folder
from audio2face.commands.options import knob_options, life_options, reduce_option, rig_option
from audio2face.commands.talk import command, complain, say, show_json, show_table
from audio2face.errors import OptionError
from audio2face.pipeline import DEFAULT_FPS

TOLD = 20
"""Failures that are told one by one; the report has all of them."""


@command(
    "Animate many lines of speech: only what changed, as many at once as there are processors, with a report "
    "that is sorted by what needs a person's eye.\n\n"
    "LINES is a folder of sounds, or a manifest, .csv or .jsonl, with the columns id, file, text, notes and "
    "any of emotion, intensity, rig, seed, fps, formats, model, gain, settings, set, head, eyes, reduce. "
    "Folders are kept. batch.toml in a folder says the same for all lines in it; what is said nearest to a "
    "line wins, the options below last.\n\n"
    "A line is made anew when its sound, settings, text, hand edits, model or the program changed; the same "
    "command goes on after an interruption. Exit code 1 when a line failed. docs/batch.md is the page."
)
@click.argument("lines", metavar="LINES", type=click.Path(path_type=Path))
@click.option("-o", "--output", metavar="OUT", required=True, help="Folder, or a URL that fsspec knows.")
@click.option(
    "--format", "formats", metavar="NAME", multiple=True, help="A format; may be repeated; else json."
)
@click.option("--fps", default=DEFAULT_FPS, show_default=True, help="Frames a second, 1 to 120.")
@click.option("--model", default="studio", show_default=True, metavar="NAME|FOLDER", help="Model bundle.")
@rig_option
@click.option("--emotion", metavar="WHAT", help="A mix such as joy=0.6,fear=0.2; auto; or a track.")
@life_options
@knob_options
@reduce_option
@click.option("--gain", "gain", metavar="NAME=X", multiple=True, help="Multiply a channel; may be repeated.")
@click.option(
    "--edits",
    metavar="FOLDER",
    type=click.Path(path_type=Path, file_okay=False),
    help="Hand edits, ID.edits.json, in folders as OUT has them; else those beside the results.",
)
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Processes at once; else as many as there are processors.",
)
@click.option(
    "--cluster",
    metavar="ADDRESS|FILE",
    help="Run on a Dask cluster, tcp://HOST:8786 or a scheduler file, instead.",
)
@click.option(
    "--ledger",
    "ledger_file",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help=f"What is done so far; else OUT/{NAME}.",
)
@click.option("--force", is_flag=True, help="Make every line anew.")
@click.option(
    "--only", type=click.Choice(["failed"]), help="Only the lines that failed; the others stay as they are."
)
@click.option("--dry-run", is_flag=True, help="Only say what would be done, and why.")
def batch(
    lines: Path,
    output: str,
    edits: Path | None,
    jobs: int | None,
    cluster: str | None,
    ledger_file: Path | None,
    force: bool,
    only: str | None,
    dry_run: bool,
    as_json: bool,
    **said: Any,
) -> None:
    if jobs is not None and cluster is not None:
        raise OptionError("--jobs is for this machine, --cluster for others; give one of them")
    listed = list_lines(lines, _settings(**said))
    with _open(output, ledger_file, dry_run) as ledger:
        store = open_store(output)
        beside = None if is_url(output) else Path(output)
        plan = make_plan(listed, ledger.entries(), store, edits or beside, force, only is not None)
        if dry_run:
            _tell_plan(plan, as_json)
            return
        work = Batch(listed, plan, output, store, ledger, _words(), str(lines))
        with Workers(jobs or _processors(), cluster) as workers:
            rows = _run(work, workers)
    _tell(rows, plan, output, as_json)


def _settings(
    formats: tuple[str, ...], gain: tuple[str, ...], sets: tuple[str, ...], error: float | None, **said: Any
) -> Settings:
    """The options as what a folder above LINES would say. Raises OptionError."""
    head, eyes = not said.pop("no_head"), not said.pop("no_eyes")
    more = {"formats": list(formats) or None, "gain": ",".join(gain), "set": ",".join(sets), "reduce": error}
    more |= {"settings": said.pop("settings_file"), "head": head, "eyes": eyes}
    return layered(Settings(), {**said, **more}, Path())


def _open(output: str, file: Path | None, dry_run: bool) -> Ledger:
    """The ledger of OUT; a dry run of a folder that is not there yet has one in memory."""
    if file is None and is_url(output):
        raise OptionError(
            f"{output} is no folder of this machine; say where the ledger is kept: --ledger lines.ledger"
        )
    file = file or Path(output) / NAME
    if dry_run and not file.exists():
        return Ledger(Path(":memory:"))
    make_folder(file.parent)
    return Ledger(file)


def _words() -> list[str]:
    """The command as the user gave it."""
    return ["audio2face", *sys.argv[1:]]


def _processors() -> int:
    return int(joblib.cpu_count())  # which knows of containers' limits


def _run(work: Batch, workers: Workers) -> list[Row]:
    """Does it behind a bar; failures are told as they come."""
    failures = 0
    seconds = 0.0
    with tqdm(total=len(work.plan.works), unit="line", disable=None, smoothing=0.05) as bar:

        def tell(entry: Entry) -> None:
            nonlocal failures, seconds
            failures += entry.state == FAILED
            seconds += entry.facts.get("seconds", 0.0)
            if entry.state == FAILED and failures <= TOLD:
                bar.clear()
                complain(entry.error)
            bar.set_postfix_str(
                f"{seconds / max(bar.format_dict['elapsed'], 1e-3):.0f}× real time", refresh=False
            )
            bar.update()

        for entry in work.plan.entries:
            if entry.state == FAILED:
                failures += 1
                if failures <= TOLD:
                    complain(entry.error)
        return work.run(workers, tell)


def _tell_plan(plan: Plan, as_json: bool) -> None:
    failed = [entry for entry in plan.entries if entry.state == FAILED]
    if as_json:
        data = {"do": dict(plan.why), "failed": {entry.place: entry.error for entry in failed}}
        show_json({**data, "counts": plan.counts()})
        return
    show_table([(str(count), what) for what, count in plan.counts().items()] or [("0", "lines")])
    for entry in failed[:TOLD]:
        complain(entry.error)


def _tell(rows: list[Row], plan: Plan, output: str, as_json: bool) -> None:
    """Sums up; exit code 1 when a line failed."""
    states = Counter(row.entry.state for row in rows)
    kept = plan.counts().get(KEPT, 0)
    report = f"{output.rstrip('/')}/{PAGE}"
    if as_json:
        show_json(
            {
                "made": states[DONE] - kept,
                "kept": kept,
                "failed": {row.line.place: row.entry.error for row in rows if row.entry.state == FAILED},
                "text_only": states[TEXT],
                "doubtful": doubtful(rows),
                "report": report,
            }
        )
    else:
        words = [f"{states[DONE] - kept} lines made", f"{kept} as they were"]
        words += [f"{states[TEXT]} without sound yet"] if states[TEXT] else []
        say(f"{', '.join(words)}; {doubtful(rows)} worth a look: {report}")
    if states[FAILED]:
        complain(
            f"{states[FAILED]} of {len(rows)} lines failed; the others are made; {report} has all of them"
        )
        sys.exit(1)
