"""The stream at the heart: samples in, weights out, at the frame rate that was asked for."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from audio2face.emotion import Emotion, EmotionStream, as_emotion
from audio2face.errors import OptionError
from audio2face.features import FRAME_RATE, SAMPLE_RATE, WINDOW, FrontEnd
from audio2face.features.clock import centres
from audio2face.models.model import Model
from rigs.arrays import FloatArray

TAIL = WINDOW // 2 + SAMPLE_RATE // FRAME_RATE + 1
"""Samples of silence after the sound that complete its last window."""


class WeightStream:
    """Pushed samples come back as weights: frame n is the face at n / fps seconds.

    The same for a file and a microphone, however the samples are cut into blocks.

    emotion  a mix such as {"joy": 0.6}, an Emotion that moves, or a stream of one

    Raises OptionError for an fps outside 1…120 and for an emotion that the model does not know.
    """

    def __init__(
        self,
        model: Model,
        fps: float,
        emotion: Mapping[str, float] | Emotion | EmotionStream | None = None,
    ) -> None:
        if not 1 <= fps <= FRAME_RATE:
            raise OptionError(f"fps is {fps:g}; expected 1 to {FRAME_RATE}")
        self.model = model
        self.fps = fps
        feeling = emotion if isinstance(emotion, EmotionStream) else EmotionStream(model, as_emotion(emotion))
        self._feeling = feeling
        self._features = FrontEnd(model.front_end)
        self._past = model.start()
        self._samples = 0
        self._ahead = model.look_ahead
        self._clock = np.empty((0, len(model.rig.channels)), np.float32)
        self._clock_first = 0
        self._next = 0

    @property
    def latency(self) -> float:
        """Seconds by which weights lag behind the sound: look-ahead and half a window."""
        return self.model.look_ahead / self.model.fps + WINDOW / 2 / SAMPLE_RATE

    @property
    def needed(self) -> int:
        """Samples, of all that are pushed, at which the next weights are complete."""
        clock = math.ceil(self._next * FRAME_RATE / self.fps - 1e-9) + self.model.look_ahead
        return int(centres(clock, 1)[0]) + WINDOW // 2

    def push(self, samples: FloatArray) -> FloatArray:
        """[frames, channels] the weights that samples [samples] at 16 kHz complete."""
        self._samples += len(samples)
        return self._advance(samples, self._wanted)

    def finish(self) -> FloatArray:
        """[frames, channels] the weights that were still waiting for sound to come.

        In all there are round(seconds · fps) frames, and at least one.
        """
        ahead = self.model.look_ahead * SAMPLE_RATE // FRAME_RATE
        silence = np.zeros(TAIL + ahead + 2 * SAMPLE_RATE // FRAME_RATE, np.float32)
        return self._advance(silence, max(1, self._wanted))

    @property
    def _wanted(self) -> int:
        """Frames that the sound so far is worth."""
        return round(self._samples / SAMPLE_RATE * self.fps)

    def _advance(self, samples: FloatArray, wanted: int) -> FloatArray:
        features = self._features.push(samples)
        parts, done = [self._clock], 0
        for frames, emotion in self._feeling.push(samples, len(features)):
            answer = self.model.predict(features[done : done + frames], emotion, self._past)
            self._past = answer.past
            done += frames
            parts.append(self._fresh(answer.weights))
        self._clock = np.concatenate(parts)
        return self._drawn(wanted)

    def _fresh(self, weights: FloatArray) -> FloatArray:
        """[frames, channels] without the first, which belong to before the sound."""
        fresh = weights[min(self._ahead, len(weights)) :]
        self._ahead -= len(weights) - len(fresh)
        return fresh

    def _drawn(self, wanted: int) -> FloatArray:
        """Frames before `wanted`, linear between the clock's frames; exact strides need no mixing."""
        end = self._clock_first + len(self._clock)
        ready = min(wanted, int((end - 1) * self.fps // FRAME_RATE) + 1) if end else 0
        count = ready - self._next
        if count <= 0:
            return self._clock[:0]
        places = np.arange(self._next, self._next + count) * (FRAME_RATE / self.fps)
        whole = np.floor(places + 1e-9).astype(np.int64)
        whole = np.minimum(whole, end - 1)
        share = np.maximum(places - whole, 0.0).astype(np.float32)[:, None]
        share[share < 1e-6] = 0.0
        lower = self._clock[whole - self._clock_first]
        upper = self._clock[np.minimum(whole + 1, end - 1) - self._clock_first]
        self._next += count
        self._forget()
        return lower + share * (upper - lower)

    def _forget(self) -> None:
        """Drops clock frames that no coming frame needs."""
        done = int(self._next * FRAME_RATE / self.fps) - 1 - self._clock_first
        done = min(max(0, done), len(self._clock))
        self._clock = self._clock[done:]
        self._clock_first += done
