"""The pages among the destinations of `live`: served, opened in the browser, told how things go.

What makes a page is imported when there is one, so that other destinations start as quickly as before.
"""

from __future__ import annotations

import contextlib
import sys
import webbrowser
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from audio2face.commands.talk import say
from audio2face.live.controls import Controls
from audio2face.live.perform import Performance
from audio2face.live.status import Status
from audio2face.sources.clock import Clock
from livelink import WeightSink, open_destination, parse_destination
from rigs import Target

if TYPE_CHECKING:
    from audio2face.preview.live import PreviewSink

LOOKS = 15
"""Times a second that pages are told how things go."""


def open_sinks(
    uris: Sequence[str], target: Target | None, controls: Controls, stack: contextlib.ExitStack
) -> tuple[dict[str, WeightSink], list[PreviewSink]]:
    """The sinks of all URIs, and those of them that are pages: these are served from now until `stack` ends.

    Pages show `target` and change `controls`. Raises DestinationError, and for pages LinkError and RigError.
    """
    pages: dict[str, PreviewSink] = {}
    for uri in uris:
        at = parse_destination(uri)
        if at.scheme == "preview":
            from audio2face.preview.live import PreviewSink, shown  # noqa: PLC0415

            pages[uri] = stack.enter_context(contextlib.closing(PreviewSink(at, shown(target), controls)))
    return {uri: pages.get(uri) or open_destination(uri) for uri in uris}, list(pages.values())


def show_pages(pages: Sequence[PreviewSink], performance: Performance, browser: bool) -> None:
    """Tells the pages where the sound comes from; opens them in a browser when somebody is at a terminal."""
    for page in pages:
        page.attend(performance.source, performance.watch)
        if browser and sys.stderr.isatty() and not webbrowser.open(page.url):
            say("no browser was found; open that address in one")


class Reporter:
    """Tells pages how a performance goes, LOOKS times a second."""

    def __init__(
        self, pages: Sequence[PreviewSink], look: Callable[[], Status], clock: Clock | None = None
    ) -> None:
        self._pages, self._look, self._clock = pages, look, clock or Clock()
        self._due = self._clock.now()

    def tick(self) -> None:
        """To be called often."""
        now = self._clock.now()
        if not self._pages or now < self._due:
            return
        self._due = now + 1 / LOOKS
        for page in self._pages:
            page.report(self._look)
