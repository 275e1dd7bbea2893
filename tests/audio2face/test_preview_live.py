"""The live page in a browser: what is sent is drawn, sliders steer, strangers stay outside, it finds back."""

from __future__ import annotations

import base64
import http.server
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import chromium
import numpy as np
import pytest
from PIL import Image

from audio2face import FileSource, animate, load_model
from audio2face.live.controls import Control, Controls
from audio2face.live.status import Status
from audio2face.preview.live import PreviewSink, shown
from audio2face.rigging import open_target
from livelink import LaneStatus, parse_destination
from rigs import ARKIT_NAMES, ROTATION_NAMES, WeightFrame
from rigs.arrays import FloatArray

from .conftest import SAMPLE
from .test_preview_server import free_uri

NAMES = (*ARKIT_NAMES, *ROTATION_NAMES)
GROUP = subprocess.CREATE_NEW_PROCESS_GROUP if sys.platform == "win32" else 0
PLACES = (
    LaneStatus("osc://there", "open", 9, 0, 0, None),
    LaneStatus("vts://", "waiting", 0, 9, 2, "is gone"),
)
STATUS = Status(1.5, 60.0, 57.2, 0, -12.0, False, "the file is odd", PLACES)
AT_REST = "audio2face.drawn && !audio2face.drawn.weights.some(Boolean)"
SLIDE = "(k = document.getElementById('knob-{0}'), k.value = {1}, k.dispatchEvent(new Event('input')), 0)"


@pytest.fixture
def controls() -> Controls:
    return Controls([Control("emotion/joy", 0.0), Control("strength/jaw", 1.0, 0.0, 2.0)])


@pytest.fixture
def page(tmp_path: Path, controls: Controls) -> Iterator[PreviewSink]:
    served = serve(free_uri(), controls, tmp_path)
    yield served
    served.close()


def serve(uri: str, controls: Controls, folder: Path, rig: str | None = None) -> PreviewSink:
    target = None if rig is None else open_target(rig, ARKIT_NAMES)[0]
    served = PreviewSink(parse_destination(uri), shown(target), controls, folder / "preview.json")
    served.open(NAMES, 60.0)
    return served


@pytest.fixture
def opened(browser: chromium.Chromium, page: PreviewSink) -> Iterator[chromium.Chromium]:
    """The page, fresh, at 1000 × 700; afterwards it must not have complained."""
    browser.size(1000, 700)
    browser.open(page.url)
    browser.until("audio2face.connected")
    browser.problems.clear()
    yield browser
    assert browser.problems == []
    browser.run("location.replace('about:blank')")


def posed(**weights: float) -> FloatArray:
    row = np.zeros(len(NAMES), np.float32)
    for name, weight in weights.items():
        row[NAMES.index(name)] = weight
    return row


def picture(browser: chromium.Chromium) -> np.ndarray:
    """[height, width, 3] what is drawn."""
    url = browser.run("audio2face.picture()")
    image = Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2])))
    return np.asarray(image.convert("RGB"), np.int16)


def drawn_after(browser: chromium.Chromium, page: PreviewSink, row: FloatArray) -> np.ndarray:
    """The picture once a frame has arrived and been drawn."""
    before = browser.run("audio2face.drawn?.number ?? 0")
    page.send(WeightFrame(0.0, row))
    browser.until(f"(audio2face.drawn?.number ?? 0) > {before}")
    return picture(browser)


def test_weights_sent_are_weights_drawn(opened: chromium.Chromium, page: PreviewSink) -> None:
    random = np.random.default_rng(5)
    sent = random.uniform(0, 1, (90, len(NAMES))).astype(np.float32)
    sent[:, len(ARKIT_NAMES) :] *= 0.3
    ended = threading.Event()

    def perform() -> None:
        for number, row in enumerate(sent):
            page.send(WeightFrame(number / 60, row))
            time.sleep(1 / 60)
        ended.set()

    threading.Thread(target=perform).start()
    looked = []
    while not ended.is_set():
        looked.append(opened.run("audio2face.drawn"))
        time.sleep(0.02)
    opened.until("audio2face.drawn.number == 90")
    looked.append(opened.run("audio2face.drawn"))
    seen = {look["number"]: look for look in looked if look}
    assert len(seen) > 1
    for number, look in seen.items():
        np.testing.assert_array_equal(np.array(look["weights"], np.float32), sent[number - 1])
        assert look["time"] == (number - 1) / 60
    assert opened.run("audio2face.names") == list(NAMES)


def test_the_picture_follows_the_weights(opened: chromium.Chromium, page: PreviewSink) -> None:
    rest = drawn_after(opened, page, posed())
    wide = drawn_after(opened, page, posed(jawOpen=1.0))
    turned = drawn_after(opened, page, posed(headYaw=0.4))
    again = drawn_after(opened, page, posed())
    moved = np.argwhere(np.abs(wide - rest).max(axis=2) > 24)[:, 0] / len(rest)
    assert len(moved) > 500 and 0.55 < np.median(moved) < 0.95
    assert (np.abs(turned - rest).max(axis=2) > 24).mean() > 0.02
    np.testing.assert_array_equal(again, rest)


def test_sliders_steer_in_every_tab(opened: chromium.Chromium, page: PreviewSink, controls: Controls) -> None:
    first = opened.controlled
    opened.page()
    opened.open(page.url)
    opened.until("audio2face.connected")
    opened.run(SLIDE.format("emotion/joy", 0.6))
    until(lambda: controls.group("emotion") == {"joy": 0.6})
    opened.run("document.querySelector('[aria-label=\"Reset Strength\"]').click()")
    page.send(WeightFrame(0.0, posed(jawOpen=0.5)))
    opened.until("audio2face.drawn")
    opened.control(first, close=True)
    opened.until("document.getElementById('knob-emotion/joy').value == 0.6 && audio2face.drawn")
    opened.run("document.querySelector('[aria-label=\"Reset Emotion\"]').click()")
    until(lambda: controls.group("emotion") == {"joy": 0.0})


def until(condition: Any) -> None:
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_refusal_is_told_and_the_slider_goes_back(opened: chromium.Chromium, controls: Controls) -> None:
    opened.run("document.getElementById('knob-emotion/joy').max = 5")
    opened.run(SLIDE.format("emotion/joy", 4))
    opened.until("document.getElementById('trouble').textContent.includes('expected 0 to 1')")
    opened.until("document.getElementById('knob-emotion/joy').value == 0")
    assert controls.group("emotion") == {"joy": 0.0}


def test_level_latency_and_destinations(opened: chromium.Chromium, page: PreviewSink) -> None:
    page.report(lambda: STATUS)
    opened.until("audio2face.status")
    text = opened.run("document.getElementById('panel').innerText")
    assert "-12 dB" in text and "ms behind the sound" in text and "the file is odd" in text
    assert [line for line in text.splitlines() if line in ("osc://there", "open", "vts://", "is gone")] == [
        *("osc://there", "open", "vts://", "is gone")
    ]
    assert opened.run("document.getElementById('level').ariaValueNow") == "-12"
    assert opened.run("document.getElementById('microphone-row').hidden")


def test_controls_are_reached_by_tab_and_have_names(opened: chromium.Chromium) -> None:
    reached = []
    for _ in range(12):
        opened.key("Tab", 9)
        reached.append(opened.run("document.activeElement.id || document.activeElement.textContent"))
    assert {"view", "Front", "knob-emotion/joy", "knob-strength/jaw", "Emotion", "Reset"} <= set(reached)
    nameless = """[...document.querySelectorAll("button, input, select, summary, #view, #level")].filter(
        (e) => !(e.ariaLabel || e.textContent.trim() || e.labels?.length)).map((e) => e.id)"""
    assert opened.run(nameless) == []


@pytest.mark.parametrize("width", [390, 320])
def test_a_phone_is_wide_enough(opened: chromium.Chromium, page: PreviewSink, width: int) -> None:
    page.report(lambda: STATUS)
    opened.size(width, 844, mobile=True)
    time.sleep(0.3)
    assert opened.run("document.documentElement.scrollWidth") == width
    beyond = """[...document.querySelectorAll("button, input, output, h1, span, li")].filter(
        (e) => e.getBoundingClientRect().right > innerWidth + 1).map((e) => e.id || e.textContent)"""
    assert opened.run(beyond) == []


def test_a_page_of_somebody_else_gets_nothing(
    browser: chromium.Chromium, page: PreviewSink, controls: Controls, tmp_path: Path
) -> None:
    """Even one that has learned the address."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("<!doctype html>", encoding="utf-8")
    handler = partial(Quiet, directory=str(tmp_path / "site"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        browser.ask("Page.navigate", url=f"http://127.0.0.1:{site.server_port}/")
        browser.until(f"location.port == {site.server_port}")
        address = json.dumps(page.url.replace("http", "ws") + "socket")
        tried = f"""new Promise((done) => {{ const s = new WebSocket({address});
            s.onopen = () => done("open"); s.onerror = () => done("refused"); }})"""
        assert browser.run(tried) == "refused"
        assert (
            browser.run(f"fetch({json.dumps(page.url)}).then((r) => r.text(), () => 'refused')") == "refused"
        )
        framed = f"""new Promise((done) => {{ const f = document.createElement("iframe");
            f.src = {json.dumps(page.url)}; f.onload = () => done(f.contentDocument === null);
            document.body.append(f); }})"""
        assert browser.run(framed)
        site.shutdown()
    assert page._server.tabs == 0
    browser.problems.clear()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *words: Any) -> None:
        pass


def test_a_page_finds_back_to_a_program_that_is_started_again(
    browser: chromium.Chromium, page: PreviewSink, controls: Controls, tmp_path: Path, run: Any, here: Path
) -> None:
    browser.open(page.url)
    browser.until("audio2face.connected")
    page.send(WeightFrame(0.0, posed(jawOpen=1.0)))
    page.send(WeightFrame(0.1, posed()))
    page.close()
    browser.until("!audio2face.connected")
    assert "has ended" in browser.run("document.getElementById('state').textContent")
    browser.until(AT_REST)
    browser.run("window.kept = 1")
    again = serve(page.place, controls, tmp_path)
    browser.until("audio2face.connected")
    again.send(WeightFrame(0.0, posed(jawOpen=0.5)))
    browser.until("audio2face.drawn?.weights.includes(0.5)")
    assert browser.run("window.kept") == 1
    again.close()
    assert run("animate", SAMPLE, "-o", "hero.glb").code == 0
    hero = serve(page.place, controls, tmp_path, "hero.glb")  # another face: the page is another, too
    browser.until("window.audio2face?.connected && !window.kept")
    hero.close()
    browser.run("location.replace('about:blank')")
    browser.problems.clear()


def test_live_is_seen_steered_and_stopped(browser: chromium.Chromium, tmp_path: Path) -> None:
    """The whole of it: the program, its page, a slider that changes what is performed, Ctrl-C."""
    words = ["live", "--file", str(SAMPLE), "--loop", "--no-head", "--no-eyes", "--json", "--to", free_uri()]
    live = subprocess.Popen(
        [sys.executable, "-m", "audio2face", *words, "--record", str(tmp_path / "take.npz")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "XDG_CONFIG_HOME": str(tmp_path), "APPDATA": str(tmp_path)},
        creationflags=GROUP,
    )
    assert live.stdout is not None
    (url,) = json.loads(live.stdout.readline())["pages"]
    browser.open(url)
    browser.until("audio2face.drawn && audio2face.status")
    smile = "audio2face.drawn.weights[audio2face.names.indexOf('mouthSmileLeft')]"
    neutral = animate(FileSource(SAMPLE), load_model("live"))
    most = float(neutral.weights[:, neutral.names.index("mouthSmileLeft")].max())
    browser.run(SLIDE.format("emotion/joy", 1))
    browser.until(f"{smile} > {most + 0.05}", 20)
    assert browser.problems == []
    live.send_signal(signal.CTRL_BREAK_EVENT if sys.platform == "win32" else signal.SIGINT)
    out, said = live.communicate(timeout=30)
    assert live.returncode == 0, said
    assert json.loads(out.splitlines()[-1])["event"] == "ended"
    with np.load(tmp_path / "take.npz") as take:
        smiles = take["weights"][:, list(take["names"]).index("mouthSmileLeft")]
    assert smiles.max() > most + 0.05
    browser.until("!audio2face.connected")
    browser.until(AT_REST)
    browser.run("location.replace('about:blank')")
    browser.problems.clear()
