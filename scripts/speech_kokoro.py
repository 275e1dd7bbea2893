"""Lines said by Kokoro-82M with espeak-ng's symbols, which makes it speak languages it was not made for.

The model tells how many frames of 25 ms each symbol lasts, by an inner output that is made an outer one here.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from speech_espeak import Espeak, SpeechError
from speech_letters import toned, written
from speech_packages import model, numbers, voices

RATE = 24000
FRAME = 0.025
DURATIONS = "/encoder/Clip_output_0"
"""The inner output: frames of each token, the marks of start and end included."""

HELD_OUT = ("af_aoede", "af_kore")
NATIVE = {"es": "e", "fr": "f", "it": "i", "pt": "p", "hi": "h", "cmn": "z", "ja": "j"}
"""The first letter of the names of voices that are at home in a language."""

_CLAUSE = re.compile(r"([^,.!?:;。、।…]+)([,.!?:;。、।…]*)")
_STOPS = {"。": ".", "、": ",", "।": "."}


@dataclass(frozen=True)
class Spoken:
    """Sound float32 [samples] at RATE, symbols and their frames (the model's own start and end marks too)."""

    sound: np.ndarray
    symbols: str
    frames: np.ndarray
    voices: dict[str, float]


class Kokoro:
    """The model with its voices, from the packages in `folder`, see speech_packages.

    Raises SpeechError when a library or a package is missing.
    """

    def __init__(self, folder: Path) -> None:
        try:
            import onnxruntime  # noqa: PLC0415 - an optional extra
        except ImportError as error:
            raise SpeechError("onnxruntime is not installed; pip install 'audio2face[speak]'") from error
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(model(folder, DURATIONS), options)
        self._numbers = numbers(folder)
        self._voices = voices(folder)
        self._espeak = Espeak()

    def say(self, symbols: str, blend: dict[str, float], speed: float) -> Spoken:
        """The sound of symbols in a blend of voices. Raises SpeechError for a symbol outside its alphabet."""
        strange = sorted(set(symbols) - self._numbers.keys())
        if strange:
            raise SpeechError(f"Kokoro has no symbol {strange[0]!r}, in {symbols!r}")
        style = sum(share * self._voices[name][len(symbols) - 1] for name, share in blend.items())
        tokens = np.array([[0, *(self._numbers[symbol] for symbol in symbols), 0]], np.int64)
        inputs = {"tokens": tokens, "style": style, "speed": np.array([speed], np.float32)}
        sound, frames = self._session.run(None, inputs)
        return Spoken(sound.ravel(), symbols, frames.ravel(), blend)

    def spoken(self, text: str, language: str, chance: random.Random) -> Spoken:
        """A line in a blend of voices and at a speed drawn at random."""
        symbols = self.symbols(text, language)
        return self.say(symbols, self._blend(language, chance), round(chance.uniform(0.75, 1.3), 3))

    def symbols(self, text: str, language: str) -> str:
        """A text in the model's alphabet, with its punctuation."""
        clauses = []
        for words, stops in _CLAUSE.findall(text.replace("¿", "").replace("¡", "")):
            if words.strip():
                said = re.sub(r"\(\w+\)", "", self._espeak.symbols(words.strip(), language)).strip()
                clauses.append(
                    written(toned(said, words) if language == "cmn" else said, language)
                    + _STOPS.get(stops[:1], stops[:1])
                )
        return " ".join(clauses)

    def _blend(self, language: str, chance: random.Random) -> dict[str, float]:
        names = [name for name in self._voices if name not in HELD_OUT]
        native = [name for name in names if name[0] == NATIVE.get(language)]
        if native and chance.random() < 0.6:
            names = native
        if chance.random() < 0.5 or len(names) < 2:
            return {chance.choice(names): 1.0}
        first, second = chance.sample(names, 2)
        share = round(chance.uniform(0.3, 0.7), 2)
        return {first: share, second: round(1 - share, 2)}
