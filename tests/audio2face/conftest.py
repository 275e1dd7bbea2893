"""What the tests of the command line share: the program in this process, and one line of speech."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import chromium
import pytest
import soundfile
from click.testing import CliRunner

import audio2face
from audio2face.commands.main import main
from audio2face.sources.clock import Clock
from rigs import WeightFrame

SAMPLE = Path(audio2face.__file__).parent / "data" / "sample.ogg"


class Done(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Done]
Refused = Callable[..., str]
Names = Callable[[Path], list[str]]


@pytest.fixture
def run() -> Run:
    """Runs the program in this process: `run("animate", "line.wav")` gives its code, out and err."""

    def invoke(*arguments: object) -> Done:
        result = CliRunner().invoke(main, [str(argument) for argument in arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Done(result.exit_code, result.stdout, result.stderr)

    return invoke


@pytest.fixture
def refused(run: Run) -> Refused:
    """The one line on stderr with which the program fails; nothing is on stdout."""

    def check(*arguments: object) -> str:
        done = run(*arguments)
        assert done.code == 1, done
        assert done.out == ""
        assert done.err.startswith("audio2face: ")
        assert done.err.count("\n") == 1 and done.err.endswith("\n"), done.err
        return done.err.removeprefix("audio2face: ").rstrip("\n")

    return check


@pytest.fixture
def names() -> Names:
    """The sorted names of what a folder holds."""

    def listed(place: Path) -> list[str]:
        return sorted(file.name for file in place.iterdir())

    return listed


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which is also the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@lru_cache
def line_bytes() -> bytes:
    """A wav file of one second of the bundled speech."""
    samples, rate = soundfile.read(SAMPLE, start=8000, frames=16_000)
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, rate, format="WAV")
    return buffer.getvalue()


@pytest.fixture
def line(here: Path) -> Path:
    """That file, as line.wav in the current folder."""
    path = here / "line.wav"
    path.write_bytes(line_bytes())
    return path


class FakeClock(Clock):
    """Time passes when somebody waits, and not otherwise."""

    def __init__(self) -> None:
        self.time = 100.0
        self.slept: list[float] = []

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.slept.append(seconds)
        self.time += seconds

    def wait(self, event: threading.Event, seconds: float) -> None:
        if not event.is_set():
            self.time += seconds


@pytest.fixture
def clock() -> FakeClock:
    """A clock at 100 s that only moves when it is waited on."""
    return FakeClock()


class Memory:
    """A sink that keeps what it gets."""

    def __init__(self) -> None:
        self.frames: list[WeightFrame] = []

    def open(self, names: Sequence[str], fps: float) -> None: ...

    def send(self, frame: WeightFrame) -> None:
        self.frames.append(frame)

    def close(self) -> None: ...


@pytest.fixture
def memory() -> Memory:
    """A sink whose `frames` are what was sent."""
    return Memory()


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[chromium.Chromium]:
    """A browser without a screen, for all tests together."""
    if chromium.program() is None:
        pytest.skip("no Chromium; install the package chromium")
    started = chromium.start(tmp_path_factory.mktemp("browser"))
    yield started
    started.close()
