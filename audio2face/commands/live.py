"""`audio2face live`: speech, as it is spoken → frames → engines."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from pathlib import Path

import click

from audio2face.commands.options import (
    emotion_option,
    face_settings,
    gains,
    knob_options,
    life,
    life_options,
    rig_option,
)
from audio2face.commands.pages import Reporter, open_sinks, show_pages
from audio2face.commands.progress import Progress
from audio2face.commands.stopping import Stopping, stopping
from audio2face.commands.talk import command, say, show_json_line
from audio2face.emotion import parse_emotion
from audio2face.live import LiveFace, Monitor, Performance, Recording
from audio2face.live.osc_control import OscControl
from audio2face.live.status import Status, dropped, look
from audio2face.models import load_model
from audio2face.pipeline import DEFAULT_FPS
from audio2face.rigging import Coverage, open_target
from audio2face.sources.live_source import LiveSource
from audio2face.sources.microphone import Microphone
from audio2face.sources.paced import PacedFile
from audio2face.sources.standard_input import StandardInput
from audio2face.sources.websocket import VOICE_RATE, WebSocketSource
from livelink import Fan, Session


@command(
    "Turn speech into frames as it is spoken, and send them to engines. Ctrl-C ends it and leaves the face "
    "at rest.\n\n"
    "Name one source and one or more destinations: livelink://HOST:PORT/SUBJECT, osc://HOST:PORT/PREFIX, "
    "vmc://HOST:PORT, vts://HOST:PORT, ifacialmocap://HOST:PORT, or preview://, a page in the browser that "
    "shows and steers the face."
)
@click.option(
    "--mic", metavar="[DEVICE]", is_flag=False, flag_value="", help="Microphone: a number or part of a name."
)
@click.option(
    "--file", "file", metavar="WAV", type=click.Path(path_type=Path), help="A file, at its own pace."
)
@click.option("--loop", is_flag=True, help="Play the file again and again.")
@click.option("--stdin", "stdin", metavar="RATE", type=int, help="Raw mono 16-bit samples down a pipe.")
@click.option(
    "--websocket", metavar="URL", help="A voice stream: 16-bit samples, or JSON events with base64."
)
@click.option("--rate", default=VOICE_RATE, show_default=True, help="Samples a second of --websocket.")
@click.option("--to", "uris", metavar="URI", multiple=True, help="A destination; may be repeated.")
@click.option("--record", metavar="FILE", type=click.Path(path_type=Path), help="Also write a file.")
@click.option("--model", default="live", show_default=True, metavar="NAME|FOLDER", help="Model bundle.")
@rig_option
@click.option("--fps", default=DEFAULT_FPS, show_default=True, help="Frames a second, 1 to 120.")
@emotion_option
@life_options
@knob_options
@click.option("--gain", "gain", metavar="NAME=X", multiple=True, help="Multiply a channel; may be repeated.")
@click.option(
    "--control",
    metavar="URI",
    help="Listen for OSC there: /audio2face/emotion/joy 0.6; osc://127.0.0.1:9010.",
)
@click.option("--monitor", is_flag=True, help="Play the sound, as late as the face is.")
@click.option("--no-open", is_flag=True, help="Do not open the browser at the page of preview://.")
def live(
    mic: str | None,
    file: Path | None,
    loop: bool,
    stdin: int | None,
    websocket: str | None,
    rate: int,
    uris: tuple[str, ...],
    record: Path | None,
    model: str,
    rig: str | None,
    fps: float,
    emotion: tuple[str, ...],
    seed: int,
    no_head: bool,
    no_eyes: bool,
    settings_file: Path | None,
    sets: tuple[str, ...],
    gain: tuple[str, ...],
    control: str | None,
    monitor: bool,
    no_open: bool,
    as_json: bool,
) -> None:
    _check_usage([mic, file, stdin, websocket], loop and file is None, not uris and record is None)
    with stopping() as stop, contextlib.ExitStack() as stack:
        network = load_model(model)
        target, left_over = (None, None) if rig is None else open_target(rig, network.rig.names)
        keep = None
        if record:
            own = None if target is None else target.rig
            keep = Recording(record, None if file is None else str(file), own)
        how = None if target is None else target.how
        settings = face_settings(settings_file, sets)
        alive = life(no_head, no_eyes, settings)
        face = LiveFace(network, fps, parse_emotion(emotion), gains(gain), how, alive, seed, settings)
        sinks, pages = open_sinks(uris, target, face.controls, stack)
        fan = Fan(sinks)
        stack.enter_context(Session(fan, face.names, fps))
        source = _source(mic, file, loop, stdin, websocket, rate)
        if keep:
            keep.open(face.names, fps)
        controlled = stack.enter_context(OscControl(control, face.controls)) if control else None
        player = stack.enter_context(contextlib.closing(Monitor(face.latency))) if monitor else None
        performance = Performance(source, face, fan, keep, player)
        _begin(performance, uris, control, as_json, left_over, [page.url for page in pages])
        show_pages(pages, performance, not (no_open or as_json))

        def seen(for_meter: bool = False) -> Status:
            return look(performance, fan.status(), controlled.note if controlled else "", for_meter)

        _run(performance, seen, Reporter(pages, lambda: seen(for_meter=True)), stop, as_json)


def _check_usage(sources: list[object], loop_without_file: bool, nowhere: bool) -> None:
    if sum(source is not None for source in sources) != 1:
        raise click.UsageError("name one source: --mic, --file WAV, --stdin RATE or --websocket URL")
    if loop_without_file:
        raise click.UsageError("--loop needs --file")
    if nowhere:
        raise click.UsageError("name a destination: --to URI, or --record FILE")


def _source(
    mic: str | None, file: Path | None, loop: bool, stdin: int | None, websocket: str | None, rate: int
) -> LiveSource:
    """The one that was named."""
    if file is not None:
        return PacedFile(file, loop)
    if stdin is not None:
        return StandardInput(stdin, sys.stdin.fileno())
    if websocket is not None:
        return WebSocketSource(websocket, rate)
    return Microphone(mic or None)


def _begin(
    performance: Performance,
    uris: tuple[str, ...],
    control: str | None,
    as_json: bool,
    left_over: Coverage | None,
    pages: list[str],
) -> None:
    """Says what goes where."""
    keep, face = performance.keep, performance.face
    start = {
        "event": "started",
        "source": performance.source.name,
        "destinations": list(uris),
        "pages": pages,
        "record": str(keep.path) if keep else None,
        "control": control,
        "fps": face.fps,
        "look_ahead_ms": round(1000 * face.latency, 1),
        "monitor_delay_ms": round(1000 * performance.monitor.delay, 1) if performance.monitor else None,
    }
    if as_json:
        show_json_line(start if left_over is None else {**start, "rig": left_over.table()})
        return
    for line in left_over.lines() if left_over else ():
        say(line)
    places = [*uris, *([str(keep.path)] if keep else [])]
    say(f"{performance.source.name} → {', '.join(places)} at {face.fps:g} fps; Ctrl-C ends it")
    for page in pages:
        say(f"see it at {page}")
    if control:
        say(f"{control} listens for: {', '.join(one.path for one in face.controls.table())}")
    if performance.monitor:
        say(f"the sound is played {1000 * performance.monitor.delay:.0f} ms late, with the face")


def _run(
    performance: Performance, seen: Callable[[], Status], reporter: Reporter, stop: Stopping, as_json: bool
) -> None:
    """Performs, and keeps what was performed even when it ends in an error."""
    progress = Progress(seen, as_json)

    def tick() -> None:
        progress.tick()
        reporter.tick()

    stop.tell(performance.stop)
    try:
        performance.run(tick)
    finally:
        status = progress.end()
        written = performance.keep.save() if performance.keep else None
        if not as_json:
            say(_summary(performance, status, written))


def _summary(performance: Performance, status: Status, written: Path | None) -> str:
    text = (
        f"{performance.watch.frames} frames in {status.seconds:.1f} s of sound, "
        f"late {status.late}, dropped {dropped(status)}"
    )
    return f"{text}; wrote {written}" if written else text
