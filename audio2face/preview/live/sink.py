"""The destination preview://: a page that shows the face as it is performed, and steers it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from audio2face.errors import OptionError
from audio2face.live.controls import Controls
from audio2face.live.status import Status
from audio2face.live.watch import Watch
from audio2face.preview.live.guard import Guard
from audio2face.preview.live.server import Answer, Message, PageServer
from audio2face.preview.live.shown import Shown
from audio2face.preview.live.spectrum import envelope_now
from audio2face.preview.live.token import default_file, kept_token
from audio2face.preview.live.words import Change, Choice, Word, frame_bytes
from audio2face.sources.live_source import LiveSource
from audio2face.sources.microphone import Microphone
from livelink import Destination
from rigs import WeightFrame


class PreviewSink:
    """A `WeightSink` that serves a page from its making until it is closed.

    at        host and port
    shown     the mesh, and how channels get there
    controls  what the page may change
    file      where the token is kept; by default in the user's folder for settings

    Raises LinkPartError without the libraries it needs, LinkError for a taken port.
    """

    def __init__(self, at: Destination, shown: Shown, controls: Controls, file: Path | None = None) -> None:
        token = kept_token(file or default_file(), f"{at.host}:{at.port}")
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(at.host, at.host)
        host = f"[{host}]" if ":" in host else host
        self.place, self.url = at.place, f"http://{host}:{at.port}/{token}/"
        self._shown, self._controls = shown, controls
        self._version = controls.version
        self._start = {control.path: control.value for control in controls.table()}
        self._names: tuple[str, ...] = ()
        self._incoming: tuple[str, ...] = ()
        self._fps = 0.0
        self._number = 0
        self._source: LiveSource | None = None
        self._watch = Watch()
        self._told_choices: tuple[str, ...] = ()
        self._server = PageServer(Guard(at.host, at.port, token), self._page, self._greeting, self._obey)

    def open(self, names: Sequence[str], fps: float) -> None:
        """Begins; pages that are open already are told of the channels."""
        self._incoming, self._names, self._fps = tuple(names), self._shown.names(names), fps
        self._server.tell({"hello": self._greeting()})

    def send(self, frame: WeightFrame) -> None:
        """Hands a frame on, never waiting for a page."""
        self._number += 1
        self._server.show(self._number, frame_bytes(self._number, self._shown.frame(frame, self._incoming)))

    def close(self) -> None:
        """Hangs up. Closing twice does nothing more."""
        self._server.close()

    def attend(self, source: LiveSource, watch: Watch) -> None:
        """Says where the sound comes from, and who hears it; microphones can then be chosen in the page."""
        self._source, self._watch = source, watch
        self._server.tell({"hello": self._greeting()})

    def report(self, look: Callable[[], Status]) -> None:
        """Tells the pages how things are; to be called some times a second."""
        if not self._server.tabs:
            return
        self._server.tell({"status": self._status(look())})
        if self._version != self._controls.version:
            self._version = self._controls.version
            self._server.tell(self._control_table())
        if self._told_choices != self._choices():
            self._server.tell(self._microphones())

    def _page(self) -> str:
        return self._shown.page().text

    def _greeting(self) -> Message:
        return {
            "page": self._shown.page().digest,
            "names": self._names,
            "fps": self._fps,
            **self._control_table(),
            **self._microphones(),
        }

    def _status(self, status: Status) -> Message:
        others = [asdict(each) for each in status.destinations if not each.name.startswith("preview:")]
        source = self._source.name if self._source else ""
        return {
            **asdict(status),
            "destinations": others,
            "source": source,
            "envelope": envelope_now(self._watch.latest),
            "pages": self._server.tabs,
        }

    def _control_table(self) -> Message:
        """With the value that each had at the start, to which the page can go back."""
        table = self._controls.table()
        return {"controls": [{**asdict(one), "start": self._start.get(one.path, one.value)} for one in table]}

    def _choices(self) -> tuple[str, ...]:
        return self._source.choices if isinstance(self._source, Microphone) else ()

    def _microphones(self) -> Message:
        self._told_choices = self._choices()
        return {"microphones": self._told_choices}

    def _obey(self, word: Word, answer: Answer) -> None:
        if isinstance(word, Change):
            self._change(word, answer)
        elif isinstance(word, Choice):
            self._choose(word, answer)

    def _change(self, word: Change, answer: Answer) -> None:
        """To the controls; every page hears of it, and the one that asked hears what was refused."""
        try:
            self._controls.set(word.path, word.value)
        except OptionError as error:
            answer({"refused": str(error)})
            answer(self._control_table())
            return
        self._version = self._controls.version
        self._server.tell(self._control_table())

    def _choose(self, word: Choice, answer: Answer) -> None:
        if not isinstance(self._source, Microphone):
            answer({"refused": "the sound does not come from a microphone"})
        elif word.device not in self._source.choices:
            answer({"refused": f"no microphone is called {word.device[:80]!r}"})
        else:
            self._source.choose(
                word.device, lambda trouble: answer({"refused": trouble}) if trouble else None
            )
