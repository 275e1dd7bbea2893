"""Makes a training corpus of GRID's first speaker: python scripts/align_grid.py GRID_FOLDER -o OUT_FOLDER

GRID_FOLDER holds the sound, audio/<id>.ogg (mono, 16 kHz), and words.json, {id: [[word, start, end], …]},
which is GRID's own word times in seconds. PocketSphinx, with the model its wheel brings, finds the phones of
the known words; then a few of its habits on this voice are repaired. OUT_FOLDER gets a manifest.jsonl with
one clip a line: id, audio, voice, phones. Every sixth clip (--keep-every) is left out of it, to judge by.

PocketSphinx comes with: pip install 'audio2face[align]'
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from tqdm import tqdm

Span = tuple[str, float, float]
"""A word or a phone, and its start and end in seconds."""

VOICE = "grid-s1"
SAMPLE_RATE = 16000
SILENCE = "SIL"
NO_WORDS = ("sil", "sp")
STOPS = frozenset(("B", "P", "T", "D", "G", "K", "CH", "JH"))

LONGEST_STOP, USUAL_STOP = 0.12, 0.10
"""Seconds: a stop after silence that is longer than the first gets the second."""
EARLY, LEAD, SHORTEST = 0.12, 0.02, 0.05
"""Seconds: a first phone this early against its word starts LEAD before it, and keeps SHORTEST."""

PADS = (0, 3200, 4800, 6400, 8000)
"""Samples of faint noise to try around a clip: the aligner loses some clips without."""

# Letters have names of their own, because "a" is also a word; "Z" and "R" are said the British way.
LETTER = "LT"
LETTERS: dict[str, tuple[str, ...]] = {
    "a": ("EY",),
    "b": ("B IY",),
    "c": ("S IY",),
    "d": ("D IY",),
    "e": ("IY",),
    "f": ("EH F",),
    "g": ("JH IY",),
    "h": ("EY CH",),
    "i": ("AY",),
    "j": ("JH EY",),
    "k": ("K EY",),
    "l": ("EH L",),
    "m": ("EH M",),
    "n": ("EH N",),
    "o": ("OW",),
    "p": ("P IY",),
    "q": ("K Y UW",),
    "r": ("AA R", "AA"),
    "s": ("EH S",),
    "t": ("T IY",),
    "u": ("Y UW",),
    "v": ("V IY",),
    "x": ("EH K S",),
    "y": ("W AY",),
    "z": ("Z EH D",),
}
WORDS = {"four(2)": "F AO"}


class AlignError(Exception):
    """Something is missing or not as it should be; the text says what."""


def main() -> None:
    """Aligns the clips and writes the manifest."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("grid", metavar="GRID_FOLDER", type=Path, help="with audio/<id>.ogg and words.json")
    parser.add_argument("-o", "--output", metavar="OUT_FOLDER", type=Path, required=True)
    parser.add_argument("--keep-every", metavar="N", type=int, default=6, help="hold out every N-th clip (6)")
    arguments = parser.parse_args()
    if arguments.keep_every < 2:
        parser.error("--keep-every must be 2 or more")
    try:
        make(arguments.grid.resolve(), arguments.output, arguments.keep_every)
    except (AlignError, OSError) as error:
        sys.exit(f"align_grid: {error}")


def make(grid: Path, output: Path, keep_every: int) -> None:
    """Writes the manifest of a GRID folder into the folder `output`, and says what became of the clips."""
    words = read_words(grid)
    phones = align_clips(grid, words)
    used = training_clips(words, keep_every)
    rows = [manifest_row(grid, name, phones[name]) for name in used if name in phones]
    output.mkdir(parents=True, exist_ok=True)
    file = output / "manifest.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8", newline="\n")
    print(f"{file}: {len(rows)} clips; {len(words) - len(used)} held out")
    lost = sorted(words.keys() - phones.keys())
    if lost:
        print(f"not aligned: {', '.join(lost)}", file=sys.stderr)


def read_words(grid: Path) -> dict[str, list[Span]]:
    """The spoken words of each clip that has sound, without the silences, in the order of words.json."""
    file = grid / "words.json"
    if not file.is_file():
        raise AlignError(f"{grid} has no words.json")
    listed: dict[str, list[Span]] = json.loads(file.read_text(encoding="utf-8"))
    spoken = {
        name: [(word, start, end) for word, start, end in spans if word not in NO_WORDS]
        for name, spans in listed.items()
        if audio_file(grid, name).is_file()
    }
    if not spoken:
        raise AlignError(f"{grid / 'audio'} has no .ogg of a clip in words.json")
    return spoken


def audio_file(grid: Path, name: str) -> Path:
    """Where the sound of a clip is."""
    return grid / "audio" / f"{name}.ogg"


def training_clips(names: Iterable[str], keep_every: int) -> list[str]:
    """The clips by name, without the first of every `keep_every`, which are held out."""
    return [name for at, name in enumerate(sorted(names)) if at % keep_every]


def manifest_row(grid: Path, name: str, phones: Sequence[Span]) -> dict[str, Any]:
    """One line of the manifest."""
    row = {"id": name, "audio": str(audio_file(grid, name)), "voice": {VOICE: 1.0}, "phones": phones}
    films = sorted(grid.glob("*.npz"))
    return row | {"film": str(films[0])} if len(films) == 1 else row


def align_clips(grid: Path, words: Mapping[str, Sequence[Span]]) -> dict[str, list[Span]]:
    """The repaired phones of all clips that can be aligned.

    The decoder follows the recording's level from clip to clip, so that times depend a little on the order.
    """
    aligner = Aligner()
    found = {}
    for name, spans in tqdm(words.items(), unit="clip", disable=None):
        sound = read_sound(audio_file(grid, name))
        phones = aligner.align(sound, [word for word, _, _ in spans])
        if phones:
            found[name] = repair(tidy(phones, len(sound) / SAMPLE_RATE), spans[0][1])
    return found


def read_sound(file: Path) -> np.ndarray:
    """The samples of a file, brought to a peak of 0.7."""
    try:
        sound, rate = soundfile.read(file)
    except soundfile.SoundFileError as error:
        raise AlignError(f"cannot read {file}: {error}") from error
    if rate != SAMPLE_RATE or sound.ndim != 1:
        raise AlignError(f"{file} is not mono at {SAMPLE_RATE} Hz")
    return sound / np.abs(sound).max() * 0.7


def padded(sound: np.ndarray, pad: int) -> np.ndarray:
    """The sound with `pad` samples of faint noise before and after, the same ones every time."""
    random = np.random.default_rng(pad)
    return np.concatenate([random.normal(0, 3e-4, pad), sound, random.normal(0, 3e-4, pad)])


class Aligner:
    """PocketSphinx, made ready for GRID's words. Raises AlignError when it is not installed."""

    def __init__(self) -> None:
        try:
            import pocketsphinx  # noqa: PLC0415 - an optional extra
        except ImportError as error:
            raise AlignError(
                "pocketsphinx is not installed; get it with: pip install 'audio2face[align]'"
            ) from error
        model = Path(pocketsphinx.get_model_path()) / "en-us"
        self._decoder = pocketsphinx.Decoder(
            hmm=str(model / "en-us"),
            dict=str(model / "cmudict-en-us.dict"),
            lm=None,
            bestpath=False,
            dither=False,
            beam=1e-80,
            wbeam=1e-60,
            pbeam=1e-80,
            loglevel="FATAL",
        )
        for word, phones in vocabulary().items():
            self._decoder.add_word(word, phones, True)

    def align(self, sound: np.ndarray, words: Sequence[str]) -> list[Span] | None:
        """The phones of the words in the sound, silences included; None when no try finds them."""
        for pad in PADS:
            phones = self._try(padded(sound, pad), [spelled(word) for word in words])
            if phones:
                shift = pad / SAMPLE_RATE
                return [(name, start - shift, end - shift) for name, start, end in phones]
        return None

    def _try(self, sound: np.ndarray, words: list[str]) -> list[Span] | None:
        try:
            return self._two_passes((np.clip(sound, -1, 1) * 32767).astype(np.int16).tobytes(), words)
        except RuntimeError:  # what all of PocketSphinx's refusals are; the utterance may still be open
            self._close()
            return None

    def _two_passes(self, sound: bytes, words: list[str]) -> list[Span] | None:
        """First the words are found, then the phones within them."""
        decoder = self._decoder
        decoder.set_align_text(" ".join(words))
        self._hear(sound)
        if decoder.hyp() is None:
            return None
        decoder.set_alignment()
        self._hear(sound)
        alignment = decoder.get_alignment()
        if alignment is None:
            return None
        found: list[str] = []
        phones: list[Span] = []
        for word in alignment:  # a word's phones can only be read while it is the current one
            found.append(word.name.split("(")[0])
            phones += [(phone_name(p.name), p.start / 100, (p.start + p.duration) / 100) for p in word]
        return phones if [name for name in found if name[0] not in "<[+"] == words else None

    def _hear(self, sound: bytes) -> None:
        self._decoder.start_utt()
        self._decoder.process_raw(sound, full_utt=True)
        self._decoder.end_utt()

    def _close(self) -> None:
        try:
            self._decoder.end_utt()
        except RuntimeError:
            return


def vocabulary() -> dict[str, str]:
    """What the dictionary lacks: {word: phones}, with word(2) for a second way to say it."""
    letters = {
        spelled(letter) + (f"({at})" if at > 1 else ""): phones
        for letter, ways in LETTERS.items()
        for at, phones in enumerate(ways, 1)
    }
    return letters | WORDS


def spelled(word: str) -> str:
    """The word's name in the dictionary: letters are marked."""
    return LETTER + word if len(word) == 1 else word


def phone_name(name: str) -> str:
    """The bare phone: no stress, and one name for all silence and noise."""
    return SILENCE if name.startswith("+") else name.rstrip("012")


def tidy(phones: Iterable[Span], duration: float) -> list[Span]:
    """The phones within the clip, neighbouring silences as one, the last to the clip's last whole 10 ms."""
    found: list[Span] = []
    for name, begin, stop in phones:
        start, end = max(0, begin), min(duration, stop)
        if end <= start:
            continue
        start, end = round(start, 3), round(end, 3)
        if found and name == found[-1][0] == SILENCE:
            start = found.pop()[1]
        found.append((name, start, end))
    name, start, end = found[-1]
    return [*found[:-1], (name, start, max(end, int(duration * 100) / 100))]


def repair(phones: Sequence[Span], first_word: float) -> list[Span]:
    """All repairs; `first_word` is when the corpus says that the first word starts."""
    return merge_hh_w(clip_stops(merge_r(delay_start(phones, first_word))))


def delay_start(phones: Sequence[Span], first_word: float) -> list[Span]:
    """A first phone that reaches far into the silence before its word waits for it. Stops have clip_stops."""
    at = next(at for at, phone in enumerate(phones) if phone[0] != SILENCE)
    name, start, end = phones[at]
    if name in STOPS or start >= first_word - EARLY or end <= first_word:
        return list(phones)
    later = round(min(first_word - LEAD, end - SHORTEST), 3)
    before = phones[at - 1][1] if at else start
    return [*phones[: max(at - 1, 0)], (SILENCE, before, later), (name, later, end), *phones[at + 1 :]]


def clip_stops(phones: Sequence[Span]) -> list[Span]:
    """A stop at the start or after silence that lasts too long gives its beginning to the silence."""
    found: list[Span] = []
    for name, start, end in phones:
        silent = not found or found[-1][0] == SILENCE
        if not (silent and name in STOPS and end - start > LONGEST_STOP):
            found.append((name, start, end))
            continue
        later = round(end - USUAL_STOP, 3)
        before = found.pop()[1] if found else start
        found += [(SILENCE, before, later), (name, later, end)]
    return found


def merge_r(phones: Sequence[Span]) -> list[Span]:
    """An R after AO or AA ("four", the letter R) is not said in British English; the vowel lasts instead."""
    found: list[Span] = []
    for name, start, end in phones:
        if name == "R" and found and found[-1][0] in ("AO", "AA"):
            vowel, begin, _ = found.pop()
            found.append((vowel, begin, end))
        else:
            found.append((name, start, end))
    return found


def merge_hh_w(phones: Sequence[Span]) -> list[Span]:
    """An HH W ("white") is one W: the lips are round from its beginning."""
    found: list[Span] = []
    for name, start, end in phones:
        begin = found.pop()[1] if name == "W" and found and found[-1][0] == "HH" else start
        found.append((name, begin, end))
    return found


if __name__ == "__main__":
    main()
