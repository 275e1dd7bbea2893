"""Films of the default head saying the bundled sample, drawn here, so that tests need no person's face."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from audio2face.models import load_model
from audio2face.pipeline import animate
from audio2face.sources import FileSource
from exporters.picture.render import Renderer, to_image
from rigs import AnimationClip, default_head

SAMPLE = Path(__file__).parents[2] / "audio2face" / "data" / "sample.ogg"
FPS, SIZE, FRAMES = 25, 256, 50
FIRST = 0.6
"""Seconds of the sample that are left out."""

Picture = Any


@lru_cache
def performance() -> AnimationClip:
    """[50] frames that open the mouth, and a head that turns a little."""
    clip = animate(FileSource(SAMPLE), load_model("studio"), FPS)
    first = round(FIRST * FPS)
    times = np.arange(FRAMES) / FPS
    head = np.stack([12 * np.sin(3 * times), 5 * np.cos(2 * times), 3 * np.sin(times)], axis=1)
    return AnimationClip(clip.names, clip.weights[first : first + FRAMES], FPS, head)


@lru_cache
def drawn(frame: int, yaw: float = 0.0) -> Picture:
    """[size, size, 3] one frame of it, the head turned further by `yaw` degrees."""
    clip, renderer = performance(), _renderer()
    assert clip.head is not None
    weights = dict(zip(clip.names, clip.weights[frame].tolist(), strict=True))
    turned = (float(clip.head[frame, 0]) + yaw, float(clip.head[frame, 1]), float(clip.head[frame, 2]))
    return np.asarray(to_image(renderer.draw(weights, "front", SIZE, SIZE, turned)).convert("RGB"))


@lru_cache
def _renderer() -> Renderer:
    return Renderer(default_head())


def empty() -> Picture:
    """A wall."""
    return np.full((SIZE, SIZE, 3), 128, np.uint8)


def write_film(path: Path, shown: Iterable[Picture], sound: bool = True, rate: int = FPS) -> Path:
    """Encodes pictures, and the sound of the performance, as mp4 of MPEG-4 and AAC."""
    import av  # noqa: PLC0415

    pictures = list(shown)
    height, width = pictures[0].shape[:2]
    with av.open(str(path), "w") as film:
        stream = film.add_stream("mpeg4", rate=rate)
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = width, height, "yuv420p", 4_000_000
        voice: Any = film.add_stream("aac", rate=48_000, layout="stereo") if sound else None
        for picture in pictures:
            for packet in stream.encode(
                av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            ):
                film.mux(packet)
        for packet in stream.encode():
            film.mux(packet)
        for packet in _sound(av, voice, len(pictures) / rate) if sound else ():
            film.mux(packet)
    return path


def _sound(av: Any, voice: Any, seconds: float) -> Iterator[Any]:
    whole = np.concatenate([block.samples for block in FileSource(SAMPLE)])[round(FIRST * 16_000) :]
    times = np.arange(int(seconds * 48_000)) / 48_000
    samples = np.interp(times, np.arange(len(whole)) / 16_000, whole).astype(np.float32)
    for start in range(0, len(samples), 1024):
        block = np.tile(samples[start : start + 1024], (2, 1))
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = 48_000, start, Fraction(1, 48_000)
        yield from voice.encode(frame)
    yield from voice.encode()


Change = Callable[[int], Picture]
