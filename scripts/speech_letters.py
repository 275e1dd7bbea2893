"""From espeak-ng's phonetic symbols to the letters that Kokoro-82M was trained with."""

from __future__ import annotations

import re
import unicodedata

_WRITTEN = {
    **{"tʃ": "ʧ", "dʒ": "ʤ", "tɕ": "ʨ", "dʑ": "ʥ", "ts": "ʦ", "dz": "ʣ", "aɪ": "I", "aʊ": "W", "ɔø": "Y"},
    **{
        "eɪ": "A",
        "oʊ": "O",
        "ɔɪ": "Y",
        "??": "ʔ",
        "g": "ɡ",
        "ʑ": "ʒ",
        "ɵ": "ø",
        "ɫ": "l",
        "ɭ": "l",
        "ʀ": "ʁ",
        "ʏ": "y",
    },
    **{"-": "", "_": "", "^": "", "|": "", "'": "", '"': "", "‿": "", ".": "", "*": "", "!": "", "͡": ""},
}
"""What the model's alphabet writes otherwise, or has a neighbour of."""
_GERMAN = {"ɾ": "ʁ", "r": "ʁ", "ɜ": "ɐ"}
_MANDARIN = {
    "ts.": "ꭧ",
    "s.": "ʂ",
    "nɡ": "ŋ",
    "ph": "pʰ",
    "th": "tʰ",
    "kh": "kʰ",
    "ɕh": "ɕʰ",
    "sh": "sʰ",
    "ꭧh": "ꭧʰ",
}
_TONES = {"1": "→", "2": "↗", "3": "↓", "4": "↘", "5": ""}


def written(ipa: str, language: str) -> str:
    """espeak-ng's symbols in the letters that Kokoro was trained with."""
    if language == "cmn":
        ipa = _replaced(ipa, _MANDARIN)
    if language == "de":
        ipa = _replaced(ipa, _GERMAN)
    ipa = _replaced(ipa.replace("_", ""), _WRITTEN)
    letters = unicodedata.normalize("NFD", ipa.replace("ç", "\0"))
    tilde = "\N{COMBINING TILDE}"
    kept = (letter for letter in letters if letter == tilde or not unicodedata.combining(letter))
    return "".join(kept).replace("\0", "ç")


def toned(ipa: str, pinyin: str) -> str:
    """Mandarin with Pinyin's tones as arrows after each syllable; espeak-ng's do not tell 1 from 4."""
    tones = re.findall("[1-5]", pinyin)
    syllables = [re.sub("[1-5ɜ]", "", syllable) for syllable in ipa.split()]
    if len(tones) != len(syllables):
        return " ".join(syllables)
    return " ".join(syllable + _TONES[tone] for syllable, tone in zip(syllables, tones, strict=True))


def _replaced(text: str, pairs: dict[str, str]) -> str:
    for old, new in pairs.items():
        text = text.replace(old, new)
    return text
