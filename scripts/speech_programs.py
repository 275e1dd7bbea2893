"""Lines said by two small programs, where they are installed: SVOX Pico (pico2wave) and Flite (flite).

Pico has one voice a language and tells no times: PocketSphinx finds espeak-ng's phones in what it says.
Flite tells its times; its English voices cmu_us_* are those of CMU's Arctic speakers.
"""

from __future__ import annotations

import random
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import numpy as np
import soundfile
from speech_accents import LEAD, usual_after_silence, words_of
from speech_align import RATE, PhoneAligner, mended
from speech_espeak import Espeak, SpeechError
from speech_kokoro import written
from speech_times import Phone, Said, joined

PICO = {"de": "de-DE", "es": "es-ES", "fr": "fr-FR", "it": "it-IT", "en": "en-US"}
FLITE = {"awb": 110, "rms": 95, "slt": 170, "kal16": 105}
"""Voices and about their usual pitch in Hz."""

_FLITE_NAMES = {"ax": "AH", "pau": "SIL", "axr": "ER"}
_SEGMENT = re.compile(r"(\w+):([\d.]+)")


class Pico:
    """Says lines with pico2wave at speeds and pitches drawn at random. Raises SpeechError without it."""

    shares: ClassVar = {"de": 10.0, "fr": 1.5, "es": 1.0, "it": 1.0}

    def __init__(self) -> None:
        _need("pico2wave")
        self._espeak = Espeak()
        self._aligner = PhoneAligner()

    def line(self, text: str, language: str, chance: random.Random) -> Said | None:
        """A line with its phones; None when they are not found in the sound."""
        if language not in PICO:
            raise SpeechError(f"Pico does not speak {language}; it speaks {', '.join(PICO)}")
        pitch, speed = chance.randint(70, 140), chance.randint(80, 130)
        marked = f"<pitch level='{pitch}'><speed level='{speed}'>{text}</speed></pitch>"
        sound, rate = _made(lambda file: ["pico2wave", "-l", PICO[language], "-w", str(file), marked])
        sound = np.pad(sound, (round(LEAD * rate), 0))
        words = words_of(written(self._espeak.symbols(_clauseless(text), language), language))
        rows = self._aligner.phones(sound, [[label for label, _ in word] for word in words])
        if rate != RATE or rows is None or not plausible(rows):
            return None
        rows = [row for row in mended(usual_after_silence(rows)) if row.end > row.start]
        return Said(sound, rate, rows, {f"pico-{language}-{_pitched(pitch)}": 1.0})


class Flite:
    """Says English lines with flite's voices. Raises SpeechError without it."""

    shares: ClassVar = {"en": 1.0}

    def __init__(self) -> None:
        _need("flite")

    def line(self, text: str, language: str, chance: random.Random) -> Said | None:
        """A line with Flite's own phone times."""
        if language != "en":
            raise SpeechError(f"Flite does not speak {language}; it speaks en")
        voice = chance.choice([*FLITE])
        pitch = round(FLITE[voice] * chance.uniform(0.8, 1.25))
        stretch = round(chance.uniform(0.8, 1.25), 2)
        features = ["--setf", f"int_f0_target_mean={pitch}", "--setf", f"duration_stretch={stretch}"]
        told: list[str] = []
        sound, rate = _made(
            lambda file: ["flite", "-voice", voice, *features, "-psdur", "-t", text, "-o", str(file)], told
        )
        return Said(sound, rate, flite_phones(told[0]), {f"flite-{voice}": 1.0})


def flite_phones(told: str) -> list[Phone]:
    """Phones from what flite -psdur prints: <phone>:<end in seconds> …, each sentence from zero anew."""
    rows: list[Phone] = []
    shift = start = 0.0
    for name, stop in _SEGMENT.findall(told):
        if float(stop) + shift < start:
            shift = start
        end = float(stop) + shift
        rows.append(Phone(_FLITE_NAMES.get(name, name.upper()), start, end))
        start = end
    return joined(rows)


def plausible(rows: list[Phone]) -> bool:
    """Whether no phone lasts longer than phones do: an aligner that got lost parks on one."""
    return all(row.end - row.start < 0.4 for row in rows if row.label != "SIL")


def _made(command: Callable[[Path], list[str]], told: list[str] | None = None) -> tuple[np.ndarray, int]:
    """The sound, float32 [samples], and rate of the file a command makes; `told` gets what it prints."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "said.wav"
        ran = subprocess.run(command(file), capture_output=True, encoding="utf-8", check=False)
        if ran.returncode or not file.is_file():
            raise SpeechError(f"{command(file)[0]} failed: {ran.stderr.strip()[:200]}")
        if told is not None:
            told.append(ran.stdout)
        sound, rate = soundfile.read(file, dtype="float32")
        return sound, rate


def _need(program: str) -> None:
    if shutil.which(program) is None:
        raise SpeechError(f"{program} is not installed or not on the PATH; docs/training.md says where it is")


def _clauseless(text: str) -> str:
    return re.sub("[,.!?:;¿¡]", " ", text)


def _pitched(pitch: int) -> str:
    return "low" if pitch < 90 else "high" if pitch > 115 else "mid"
