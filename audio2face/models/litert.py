"""Runs a bundle's network with LiteRT, on one thread, state carried by the caller."""

from __future__ import annotations

from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from audio2face.errors import ModelError, OptionError
from audio2face.features import COEFFICIENTS, FRAME_RATE
from audio2face.models.bundle import SIGNATURES, Bundle, read_bundle
from audio2face.models.model import Prediction
from audio2face.models.quiet import quiet_stderr
from rigs import Rig
from rigs.arrays import FloatArray


class LiteRTModel:
    """A Model over a Bundle. Raises ModelError when the network file cannot be run."""

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle
        self.fps = FRAME_RATE
        try:
            with quiet_stderr():
                # One thread: a stream's frames are too small to share, and no result depends on the machine.
                self._interpreter = Interpreter(model_content=bundle.network, num_threads=1)
                self._runners = {
                    frames: self._interpreter.get_signature_runner(name)
                    for name, frames in SIGNATURES.items()
                }
                self._check()
        except (ValueError, RuntimeError, LookupError, TypeError, MemoryError) as error:
            reason = " ".join(str(error).split())
            raise ModelError(f"model {bundle.name}: LiteRT cannot run its network ({reason})") from error
        self._memory = int(self._details("past")["shape"][1])

    @property
    def rig(self) -> Rig:
        return self.bundle.rig

    @property
    def front_end(self) -> str:
        return self.bundle.front_end

    @property
    def look_ahead(self) -> int:
        return self.bundle.look_ahead

    @property
    def emotions(self) -> tuple[str, ...]:
        return tuple(self.bundle.emotions)

    def start(self) -> FloatArray:
        """[memory] zeros: silence before the first frame."""
        return np.zeros(self._memory, np.float32)

    def feel(self, mix: dict[str, float]) -> FloatArray:
        """[emotions] the mix of named vectors. Raises OptionError for a name the bundle does not have."""
        known = self.bundle.emotions
        for name in mix:
            if name not in known:
                raise OptionError(f"unknown emotion {name!r}; {self.bundle.name} has {', '.join(known)}")
        vectors = [strength * known[name] for name, strength in mix.items()]
        total: FloatArray = np.sum(
            [np.zeros_like(next(iter(known.values()))), *vectors], axis=0, dtype=np.float32
        )
        return total

    def predict(self, features: FloatArray, emotion: FloatArray, past: FloatArray) -> Prediction:
        """As Model.predict: whole runs through the wide signature, what is left frame by frame."""
        weights = np.empty((len(features), len(self.rig.channels)), np.float32)
        done = 0
        while done < len(features):
            frames = max(size for size in self._runners if size <= len(features) - done)
            answer = self._runners[frames](
                features=features[None, done : done + frames], emotion=emotion[None], past=past[None]
            )
            weights[done : done + frames] = answer["weights"][0]
            past = answer["past"][0].copy()
            done += frames
        return Prediction(weights, past)

    def _check(self) -> None:
        """Runs every signature once; raises ValueError when its shapes are not what the card promises."""
        wanted = (1, len(self.bundle.front_end.split("+")) * COEFFICIENTS + 1, len(self.rig.channels))
        lengths = {len(vector) for vector in self.bundle.emotions.values()}
        memories = set()
        for frames, runner in self._runners.items():
            shapes = {
                name: tuple(map(int, details["shape"]))
                for name, details in runner.get_input_details().items()
            }
            answer = runner(**{name: np.zeros(shape, np.float32) for name, shape in shapes.items()})
            found = (shapes["features"][1] // frames, shapes["features"][2], answer["weights"].shape[2])
            if found != wanted:
                raise ValueError(f"frames, features and channels are {found}, the card says {wanted}")
            if lengths != {shapes["emotion"][1]}:
                raise ValueError(f"emotions have {shapes['emotion'][1]} numbers, the card has {lengths}")
            memories |= {shapes["past"], answer["past"].shape}
        if len(memories) != 1:
            raise ValueError(f"the past has different sizes: {memories}")

    def _details(self, name: str) -> Any:
        return self._runners[1].get_input_details()[name]


def load_model(place: str) -> LiteRTModel:
    """A model by name or folder, ready to run. Raises ModelError."""
    return LiteRTModel(read_bundle(place))
