"""eSpeak NG through its C interface: sound with the time of every phone, and phonetic symbols of a text.

The program is under the GPL and comes with the package espeakng-loader; what it says is free. The interface:
https://github.com/espeak-ng/espeak-ng/blob/master/src/include/espeak-ng/speak_lib.h
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass

import numpy as np

INSTALL = "espeakng-loader is not installed; get it with: pip install 'audio2face[speak]'"

VOICES = {"cmn": "cmn-latn-pinyin", "en": "en-us"}
"""What espeak-ng calls a language, where that is not its own name."""

_SYNCHRONOUS, _PHONEME_EVENTS, _IPA = 0x02, 0x01, 0x02
_PHONEME, _UTF8, _RATE, _PITCH, _RANGE = 7, 1, 1, 3, 4
_SEPARATED = _IPA | ord("_") << 8


class SpeechError(Exception):
    """Something is missing or cannot be said; the text says what."""


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("name", ctypes.c_char * 8),
    )


_CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


@dataclass(frozen=True)
class Manner:
    """Language, variant such as "f2", words a minute (80–450), pitch and its range (0–100)."""

    language: str
    variant: str = ""
    rate: int = 175
    pitch: int = 50
    range: int = 50


class Espeak:
    """The synthesizer. There is one in a process. Raises SpeechError when it is missing or does not start."""

    def __init__(self) -> None:
        try:
            import espeakng_loader  # noqa: PLC0415 - an optional extra
        except ImportError as error:
            raise SpeechError(INSTALL) from error
        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        data = str(espeakng_loader.get_data_path()).encode()
        self.rate = self._library.espeak_Initialize(_SYNCHRONOUS, 0, data, _PHONEME_EVENTS | _IPA)
        if self.rate <= 0:
            raise SpeechError(f"espeak-ng does not start with the data in {data.decode()}")
        self._blocks: list[np.ndarray] = []
        self._marks: list[tuple[str, float]] = []
        self._callback = _CALLBACK(self._hear)
        self._library.espeak_SetSynthCallback(self._callback)
        self._library.espeak_TextToPhonemes.restype = ctypes.c_char_p

    def say(self, text: str, manner: Manner) -> tuple[np.ndarray, list[tuple[str, float]]]:
        """The sound of a text, float32 [samples] at `rate`, and marks (IPA or "", start in seconds)."""
        self._speak(manner.language, manner.variant)
        for parameter, value in ((_RATE, manner.rate), (_PITCH, manner.pitch), (_RANGE, manner.range)):
            self._library.espeak_SetParameter(parameter, value, 0)
        self._blocks, self._marks = [], []
        words = text.encode() + b"\0"
        failed = self._library.espeak_Synth(words, ctypes.c_size_t(len(words)), 0, 1, 0, _UTF8, None, None)
        if failed or not self._blocks:
            raise SpeechError(f"espeak-ng cannot say {text!r} in {manner.language}")
        return np.concatenate(self._blocks).astype(np.float32) / 32768, list(self._marks)

    def symbols(self, text: str, language: str) -> str:
        """A clause in IPA: words divided by spaces, symbols by underscores, stress marks before vowels."""
        self._speak(language, "")
        rest = ctypes.c_char_p(text.encode())
        found = []
        while rest.value:
            said = self._library.espeak_TextToPhonemes(ctypes.byref(rest), _UTF8, _SEPARATED)
            found.append((said or b"").decode())
        return " ".join(found)

    def _speak(self, language: str, variant: str) -> None:
        name = VOICES.get(language, language) + (f"+{variant}" if variant else "")
        if self._library.espeak_SetVoiceByName(name.encode()):
            raise SpeechError(f"espeak-ng has no voice {name!r}")

    def _hear(self, wave: ctypes.Array, count: int, events: ctypes.Array) -> int:
        if wave and count > 0:
            self._blocks.append(np.ctypeslib.as_array(wave, (count,)).copy())
        at = 0
        while events[at].type:
            if events[at].type == _PHONEME:
                # A name is cut at eight bytes, which may be within a letter.
                name = events[at].name.decode("utf-8", "ignore")
                self._marks.append((name, events[at].sample / self.rate))
            at += 1
        return 0
