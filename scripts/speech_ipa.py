"""Phonetic symbols (IPA as espeak-ng and Kokoro use it) and the ARPAbet phones that look most alike.

Only what is seen matters: every uvular, velar and palatal of a kind shares its lips with K, G, HH or Y, and
front rounded vowels share theirs with the back ones. Descriptions of the symbols: the IPA chart (2020).
"""

from __future__ import annotations

import unicodedata

SILENCE = "SIL"

# Digraphs come first when a symbol is read, so "pf" is one closure and one friction.
_TABLE = """
p P | b B | m M | f F | v V | ɓ B | ɱ M | β V | ɸ F | ʋ V | ʙ B | w W | ʍ W | ɥ W
t T | d D | n N | ʈ T | ɖ D | ɗ D | ɳ N | ɲ N | ɴ NG | ŋ NG | k K | ɡ G | g G | ɠ G | c K | ɟ G
q K | ɢ G
ʔ HH | h HH | ɦ HH | ħ HH | x K | χ K | ɣ G | ɰ G | ç HH | ʝ Y | j Y | ʕ HH
s S | z Z | θ TH | ð DH | ʃ SH | ʒ ZH | ʂ SH | ʐ ZH | ɕ SH | ʑ ZH | ɧ SH
tʃ CH | dʒ JH | tɕ CH | dʑ JH | tʂ CH | dʐ JH | ts T S | dz D Z | pf P F | ss S | tθ T TH
ʧ CH | ʤ JH | ʨ CH | ʥ JH | ʦ T S | ʣ D Z | ꭧ CH
l L | ɫ L | ɭ L | ʎ L | ɬ L | ɮ L | ɺ L | r D | ɾ D | ɽ D | ʀ G | ʁ G | ɹ R | ɻ R
i IY | ɪ IH | ɨ IH | e EY | ɛ EH | æ AE | a AA | ɑ AA | ɐ AH | ə AH | ɘ AH | ɜ AH | ɞ AH | ʌ AH
ɤ AH | ᵊ AH | ᵻ IH
ɚ ER | ɝ ER | ɯ IH | y UW | ʏ UH | ø OW | œ AO | ɵ UH | ʉ UW | u UW | ʊ UH | o OW | ɔ AO | ɒ AA
ɶ AO
aɪ AY | ai AY | aʊ AW | au AW | ɑu AW | eɪ EY | ei EY | oʊ OW | ou OW | əʊ OW | ɔɪ OY | oɪ OY
oi OY | ɔø OY
A EY | I AY | O OW | Q OW | S S | T D | W AW | Y OY
eʊ EH UW | uɪ UW IH | iɛ Y EH | iɑ Y AA | iou Y OW | uo W AO | uei W EY | uai W AY | uə W AH
ua W AA | uɑ W AA
ya W AA | yɛ W EH | yə W AH | əl AH L | ja Y AA | je Y EY | jo Y OW | ju Y UW | eə EH | ɪə IH
ʊə UH
"""

_ESPEAK = {
    "??": "ʔ",
    "?": "ʔ",
    "s.": "ʂ",
    "z.": "ʐ",
    "r.": "ɽ",
    "i.": "ɨ",
    "nɡ": "ŋ",
    "o-": "ɔ",
    "ə-": "ə",
    "ɯᵝ": "ʊ",
}
"""Names that espeak-ng leaves in its own ASCII letters in some languages."""

_MODIFIERS = frozenset("ˈˌːˑʰʲˠˤ'˞‿͡-^\"*!.ʱ12345→↓↗↘ᵝ")
"""Stress, length, tones and secondary articulation, none of which is another shape of the lips."""


def _read(table: str) -> dict[str, tuple[str, ...]]:
    entries = [entry.split() for line in table.strip().splitlines() for entry in line.split("|")]
    return {symbol: tuple(phones) for symbol, *phones in entries}


ARPABET: dict[str, tuple[str, ...]] = _read(_TABLE)
DIPHTHONGS = frozenset(("AY", "AW", "EY", "OW", "OY"))
_LONGEST = max(map(len, ARPABET))


def arpabet(symbol: str) -> tuple[str, ...]:
    """The phones whose lips a symbol shares, in order; none for a mark that only modifies its neighbour.

    Raises ValueError for a letter outside the table, which names it and the symbol it was found in.
    """
    plain = bare(symbol)
    phones: list[str] = []
    while plain:
        size = next((size for size in range(_LONGEST, 0, -1) if plain[:size] in ARPABET), 0)
        if not size:
            raise ValueError(f"no lips are known for {plain[0]!r} in {symbol!r}; add it to the table of IPA")
        phones += ARPABET[plain[:size]]
        plain = plain[size:]
    return tuple(phones)


def bare(symbol: str) -> str:
    """A symbol without stress, length, tone and diacritics, and without espeak-ng's ASCII letters."""
    for name, ipa in _ESPEAK.items():
        symbol = symbol.replace(name, ipa)
    # An aspirate of Mandarin is written with a plain h after the stop.
    if len(symbol) > 1 and symbol[-1] == "h" and symbol[0] in "ptk":
        symbol = symbol[:-1]
    letters = unicodedata.normalize("NFD", symbol.replace("ç", "\0"))
    kept = (letter for letter in letters if letter not in _MODIFIERS and not unicodedata.combining(letter))
    return "".join(kept).replace("\0", "ç")
