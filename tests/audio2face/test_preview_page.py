"""The preview page in a browser: opened from disk, played, scrubbed, steered by keys and sliders."""

from __future__ import annotations

import base64
import io
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import chromium
import numpy as np
import pytest
from PIL import Image

from audio2face import FileSource, animate, load_model
from audio2face.commands.preview import show
from audio2face.emotion import Emotion
from audio2face.preview import moods_of
from exporters.page import Mood, write_page
from rigs import AnimationClip, default_head
from rigs.lips import lip_gap

from .conftest import SAMPLE

STEP = 1 / 65535


@pytest.fixture(scope="module")
def clip() -> AnimationClip:
    return animate(FileSource(SAMPLE, block_seconds=16.0), load_model("studio"))


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    model = load_model("studio")
    neutral, moods = moods_of(
        lambda emotion: animate(FileSource(SAMPLE), model, emotion=emotion), Emotion(), "", ("joy",)
    )
    file = tmp_path_factory.mktemp("page") / "talk.html"
    show(neutral, file, default_head(), SAMPLE, moods, "</script> & <b>", "audio2face preview 'a b.ogg'")
    return file


@pytest.fixture
def opened(browser: chromium.Chromium, page: Path) -> Iterator[chromium.Chromium]:
    """The page, fresh, at 1000 × 700; afterwards it must not have complained."""
    browser.problems.clear()
    browser.size(1000, 700)
    browser.open(page)
    yield browser
    assert browser.problems == []


def drawn(browser: chromium.Chromium, frame: int, fps: float) -> np.ndarray:
    """The picture of a frame, [height, width, 3]."""
    return decoded(browser.run(f"(audio2face.seek({float(frame / fps)}), audio2face.picture())"))


def decoded(url: str) -> np.ndarray:
    """The picture of a data URL, [height, width, 3]."""
    image = Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2])))
    return np.asarray(image.convert("RGB"), np.int16)


def changed(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Rows and columns of the pixels that differ, [pixels, 2]."""
    return np.argwhere(np.abs(one - other).max(axis=2) > 24)


def test_the_mouth_moves_with_the_sound(opened: chromium.Chromium, clip: AnimationClip) -> None:
    gap = lip_gap(clip.weights, clip.names)
    spoken = np.flatnonzero(np.abs(clip.weights).sum(axis=1) > 0.05)
    shut, wide = spoken[gap[spoken].argmin()], int(gap.argmax())
    assert gap[shut] < 1 and gap[wide] > 5
    one, other = drawn(opened, shut, clip.fps), drawn(opened, wide, clip.fps)
    height, width = one.shape[:2]
    rows, columns = changed(one, other).T / np.array([[height], [width]])
    assert len(rows) > 0.004 * height * width
    assert 0.55 < np.median(rows) < 0.95 and 0.45 < np.median(columns) < 0.55
    assert not len(changed(one[: height // 4], other[: height // 4]))
    assert not len(changed(one, drawn(opened, shut, clip.fps)))


def test_scrubbing_draws_the_frame_of_that_time(opened: chromium.Chromium, clip: AnimationClip) -> None:
    for seconds in (0.0, 0.49, 1.2345, 3.14159, 5.19, 99.0):
        opened.run(f"audio2face.seek({seconds})")
        frame = min(round(seconds * clip.fps), clip.frames - 1)
        assert opened.run("audio2face.frame") == frame
        weights = dict(zip(opened.run("audio2face.names"), opened.run("audio2face.weights"), strict=True))
        for column, name in enumerate(clip.names):
            assert weights.get(name, 0) == pytest.approx(clip.weights[frame, column], abs=STEP)
    opened.run("(scrub.value = 2, scrub.dispatchEvent(new Event('input')))")
    assert opened.run("audio2face.frame") == 120


def test_the_picture_follows_the_sound(opened: chromium.Chromium, clip: AnimationClip) -> None:
    opened.run("audio2face.seek(1)")
    opened.run("audio2face.play()")
    opened.until("sound.currentTime > 1.3")
    pairs = "[sound.currentTime, audio2face.time, audio2face.frame, audio2face.playing]"
    # The page itself looks, as on a busy machine the sound would end during twelve questions from here.
    seen = opened.run(
        f"""new Promise((done) => {{
            const seen = [];
            const look = () => (seen.push({pairs}) < 12 ? setTimeout(look, 50) : done(seen));
            look();
        }})"""
    )
    assert all(playing for *_, playing in seen)
    # A page that gets few turns on a busy machine is late by one of them; right after one it is not.
    assert min(abs(heard - shown) for heard, shown, *_ in seen) < 0.08
    assert all(abs(frame - shown * clip.fps) <= 0.51 for _, shown, frame, _ in seen)
    opened.run("audio2face.pause()")
    assert opened.run("[sound.paused, audio2face.playing]") == [True, False]


def test_motion_goes_on_after_the_sound_has_ended(opened: chromium.Chromium, clip: AnimationClip) -> None:
    opened.run("Object.defineProperty(sound, 'duration', {value: 5.1})")
    opened.run("audio2face.seek(5.12)")
    opened.run("audio2face.play()")
    opened.until("!audio2face.playing")
    assert opened.run("[audio2face.playing, audio2face.frame]") == [False, clip.frames - 1]


def test_keys(opened: chromium.Chromium) -> None:
    opened.run("audio2face.seek(1)")
    steps = [
        ("ArrowRight", 39, False, 61),
        ("ArrowLeft", 37, False, 60),
        ("ArrowRight", 39, True, 120),
        ("ArrowLeft", 37, True, 60),
        ("End", 35, False, 311),
        ("Home", 36, False, 0),
    ]
    for key, code, shift, frame in steps:
        opened.key(key, code, shift)
        assert opened.run("audio2face.frame") == frame, key
    opened.key(" ", 32)
    opened.until("audio2face.playing")
    opened.key(" ", 32)
    assert not opened.run("audio2face.playing")


def test_the_camera_is_moved_by_keys(opened: chromium.Chromium) -> None:
    opened.run("document.getElementById('view').focus()")
    before = opened.run("audio2face.picture()")
    for key, back in (("a", "d"), ("w", "s"), ("+", "-")):
        opened.key(key, 0)
        assert opened.run("audio2face.picture()") != before, key
        opened.key(back, 0)
    near = np.abs(decoded(opened.run("audio2face.picture()")) - decoded(before))
    assert near.mean() < 0.5  # as it was but for rounding


def test_controls_are_reached_by_tab_and_have_names(opened: chromium.Chromium) -> None:
    reached = []
    for _ in range(12):
        opened.key("Tab", 9)
        reached.append(opened.run("document.activeElement.id || document.activeElement.textContent"))
    assert {"view", "Front", "strength", "mood", "mood-name", "copy", "play", "scrub"} <= set(reached)
    nameless = """[...document.querySelectorAll("button, input, select, #view")].filter(
        (e) => !(e.ariaLabel || e.textContent.trim() || e.labels?.length)).map((e) => e.id)"""
    assert opened.run(nameless) == []


def test_sliders_change_the_picture(opened: chromium.Chromium, clip: AnimationClip) -> None:
    wide = int(lip_gap(clip.weights, clip.names).argmax())
    whole = drawn(opened, wide, clip.fps)
    column = opened.run("audio2face.names.indexOf('jawOpen')")
    before = opened.run(f"audio2face.weights[{column}]")
    slide = "({0}.value = {1}, {0}.dispatchEvent(new Event('input')))"
    opened.run(slide.format("strength", 0))
    assert opened.run(f"audio2face.weights[{column}]") == 0
    assert len(changed(whole, drawn(opened, wide, clip.fps))) > 500
    opened.run(slide.format("strength", 150))
    assert opened.run(f"audio2face.weights[{column}]") == pytest.approx(1.5 * before, abs=1e-4)
    opened.run(slide.format("strength", 100))
    opened.run(slide.format("document.getElementById('mood')", 100))
    joyful = animate(FileSource(SAMPLE), load_model("studio"), emotion={"joy": 1.0})
    weights = dict(zip(opened.run("audio2face.names"), opened.run("audio2face.weights"), strict=True))
    for place, name in enumerate(joyful.names):
        assert weights.get(name, 0) == pytest.approx(joyful.weights[wide, place], abs=2 * STEP)
    assert len(changed(whole, drawn(opened, wide, clip.fps))) > 500


def test_a_page_begins_with_the_emotion_that_was_asked_for(
    browser: chromium.Chromium, tmp_path: Path, make_clip: Callable[..., AnimationClip]
) -> None:
    neutral = make_clip(10)
    feared = AnimationClip(neutral.names, neutral.weights[::-1].copy(), neutral.fps)
    moods = [Mood("joy", neutral), Mood("fear=0.5", feared, asked=True)]
    browser.problems.clear()
    browser.open(write_page(neutral, tmp_path / "page.html", default_head(), moods=moods))
    assert browser.run("document.getElementById('mood-name').selectedOptions[0].text") == "fear=0.5"
    assert browser.run("document.getElementById('mood').value") == "100"
    weights = dict(zip(browser.run("audio2face.names"), browser.run("audio2face.weights"), strict=True))
    assert weights["jawOpen"] == pytest.approx(feared.weights[0, feared.names.index("jawOpen")], abs=2 * STEP)
    assert browser.problems == []


def test_text_is_text(opened: chromium.Chromium) -> None:
    assert opened.run("document.getElementById('title').textContent") == "</script> & <b>"
    assert opened.run("document.getElementById('command').textContent") == "audio2face preview 'a b.ogg'"
    opened.run("document.getElementById('copy').click()")
    opened.until("document.getElementById('copy').textContent == 'Copied'")


@pytest.mark.parametrize("width", [390, 320])
def test_a_phone_is_wide_enough(opened: chromium.Chromium, width: int) -> None:
    opened.size(width, 844, mobile=True)
    time.sleep(0.3)
    assert opened.run("document.documentElement.scrollWidth") == width
    beyond = """[...document.querySelectorAll("button, input, output, h1")].filter(
        (e) => e.getBoundingClientRect().right > innerWidth + 1).map((e) => e.id)"""
    assert opened.run(beyond) == []


def test_how_fast_it_draws_in_software(
    opened: chromium.Chromium, record_property: Callable[[str, str], None]
) -> None:
    first = opened.run("audio2face.firstFrame")
    figures = {
        "driver": opened.driver,
        "fps at 512²": opened.run("audio2face.measure(512, 20)"),
        "first, ms": first,
    }
    record_property("preview", json.dumps(figures))  # told, not judged: it depends on the machine
    assert figures["fps at 512²"] > 0
    print(figures)
