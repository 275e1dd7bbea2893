"""Blocks of sound in, frames of a face out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from audio2face.emotion import Emotion, EmotionStream, as_emotion
from audio2face.features import SAMPLE_RATE
from audio2face.knobs import FaceSettings, Knobs
from audio2face.life import Life, LifeSettings, Motion
from audio2face.life.motion import LIFE_NAMES, joined, rotations
from audio2face.live.controls import Control, Controls
from audio2face.live.turning import Turning, knob_controls
from audio2face.models import Model
from audio2face.weights import WeightStream
from rigs import ROTATION_NAMES, Retarget, WeightFrame
from rigs.arrays import FloatArray


class LiveFace:
    """The weights of `pipeline.animate`, a few frames at a time.

    model    runs the sound
    fps      frames a second, 1 to 120
    emotion  mix of the model's emotions, or an Emotion that moves
    gains    {channel: factor}
    how      the map to another rig, whose channels then are the frames'; None for the model's own
    life     how the head, eyes and brows move; None for not at all. With a head, the frames have
             ROTATION_NAMES, in radians, at their end where the rig has no such channels.
    seed     of life
    settings strengths, smoothing, offsets and channels; `controls` turn some of them while it performs

    `controls` has emotion/NAME for each emotion, at first as the mix has it; what is set there from any
    thread, the face follows smoothly.

    Raises OptionError for values that the model cannot take.
    """

    def __init__(
        self,
        model: Model,
        fps: float,
        emotion: Mapping[str, float] | Emotion,
        gains: Mapping[str, float],
        how: Retarget | None = None,
        life: LifeSettings | None = None,
        seed: int = 0,
        settings: FaceSettings | None = None,
    ) -> None:
        self._turns = life is not None and life.head > 0
        names = model.rig.names if how is None else how.names
        self.names, self.fps = names, fps
        if self._turns:
            self.names = (*names, *(name for name in ROTATION_NAMES if name not in names))
            self._turned = [self.names.index(name) for name in ROTATION_NAMES]
        self._life = None if life is None else Life(seed, fps, life)
        self._ready: list[Motion] = []
        self._own_names, self._how = model.rig.names, how
        feeling = as_emotion(emotion)
        settings = settings or FaceSettings()
        self._knobs = Knobs(model.rig, fps, settings, gains)
        self._knobs.prepare()
        self.controls = Controls(
            [*_emotion_controls(model, feeling), *knob_controls(settings, self._knobs, life)]
        )
        self._turning = Turning(settings, life, self.controls)
        stream = EmotionStream(model, feeling, lambda: self.controls.group("emotion"))
        self._stream = WeightStream(model, fps, stream)
        self._count = 0
        self._waiting: list[FloatArray] = []
        self._heard = 0

    @property
    def latency(self) -> float:
        """Seconds by which frames lag behind the sound that they belong to."""
        return self._stream.latency

    def push(self, samples: FloatArray) -> list[WeightFrame]:
        """The frames that [samples] at 16 kHz complete; frame n is the face at n / fps seconds of sound.

        Sound that completes none waits for the sound that does: at 30 fps two thirds of the work are saved.
        """
        self._waiting.append(samples)
        self._heard += len(samples)
        if self._heard < self._stream.needed:
            return []
        return self._lived()

    def finish(self) -> list[WeightFrame]:
        """The frames that were still waiting for sound to come."""
        rest = self._lived() if self._waiting else []
        weights = self._stream.finish()
        if self._life:
            self._ready.append(self._life.finish())
        return rest + self._framed(weights, self._motion(len(weights)))

    def _lived(self) -> list[WeightFrame]:
        """The frames that all sound that waits completes."""
        samples = self._take()
        self._obey(len(samples) / SAMPLE_RATE)
        if self._life:
            self._ready.append(self._life.push(samples))
        weights = self._stream.push(samples)
        return self._framed(weights, self._motion(len(weights)))

    def _obey(self, seconds: float) -> None:
        """Turns the knobs to what the controls say."""
        if not (turned := self._turning.step(seconds)):
            return
        settings, life = turned
        self._knobs.turn(settings)
        if self._life and life:
            self._life.settings = life

    def _motion(self, frames: int) -> Motion | None:
        """The next frames of life, which is never later than the weights."""
        if not self._life:
            return None
        ready = joined(self._ready)
        self._ready = [ready[frames:]]
        return ready[:frames]

    def _take(self) -> FloatArray:
        """[samples] all that wait."""
        samples, self._waiting = np.concatenate(self._waiting), []
        return samples

    def rest(self) -> WeightFrame:
        """The face at rest, after all frames so far."""
        still = np.zeros((1, len(LIFE_NAMES)), np.float32)
        motion = Motion(still, still[:, :3]) if self._life else None
        return self._sent(self._knobs.rest(), motion)[0]

    def _framed(self, weights: FloatArray, motion: Motion | None) -> list[WeightFrame]:
        return self._sent(self._knobs(weights, motion), motion) if len(weights) else []

    def _sent(self, own: FloatArray, motion: Motion | None) -> list[WeightFrame]:
        """Weights of the model's rig as frames of the rig that is asked for."""
        first, self._count = self._count, self._count + len(own)
        rows = own
        if self._how is not None:
            rows = self._how.apply(own, self._own_names)
        if motion and self._turns:
            more = np.zeros((len(rows), len(self.names) - rows.shape[1]), np.float32)
            rows = np.concatenate([rows, more], axis=1)
            rows[:, self._turned] = rotations(own, self._own_names, motion.head)
        return [WeightFrame((first + index) / self.fps, row) for index, row in enumerate(rows)]


def _emotion_controls(model: Model, emotion: Emotion) -> list[Control]:
    """One for each emotion but neutral, and for what is heard, as they are at first. Raises OptionError."""
    model.feel(dict(emotion.mix))
    first = {name: 0.0 for name in model.emotions if name != "neutral"} | emotion.controls
    return [Control(f"emotion/{name}", float(value)) for name, value in first.items()]
