"""Recordings of emotions → statistics, as of many more speakers, rooms and microphones.

A session is a speaker as another person in another place: all recordings of the speaker get the same change
of pitch, throat and pace, the same microphone, room and noise, so that what is usual with the session can be
learned from its recordings, as it is when a voice is heard live.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soxr

from audio2face.corpus import read_corpus
from audio2face.emotion.descriptors import CHUNK, Descriptors
from audio2face.emotion.recogniser import CLASSES
from audio2face.emotion.statistics import Heard, statistics
from audio2face.features.clock import SAMPLE_RATE
from audio2face.measures.alterations import stretched
from audio2face.measures.recordings import read_recordings, read_samples
from audio2face.measures.voices import Voiced
from audio2face.training import augment
from audio2face.training.augment import Random, Samples

Array = npt.NDArray[np.float64]
STRETCH = 2 * SAMPLE_RATE
"""Samples of one look: the window of `hearing`."""
LEAST = 0.15
"""Seconds of voice without which a stretch says nothing."""


@dataclass(frozen=True, eq=False)
class Table:
    """Statistics [rows, len(NAMES)], and the class, session and speaker of each [rows]."""

    statistics: Array
    classes: npt.NDArray[np.int64]
    sessions: npt.NDArray[np.str_]
    speakers: npt.NDArray[np.str_]

    def only(self, rows: npt.NDArray[np.bool_]) -> Table:
        """Those rows."""
        return Table(self.statistics[rows], self.classes[rows], self.sessions[rows], self.speakers[rows])


def read_voices(folder: Path) -> list[Voiced]:
    """The recordings of a folder whose emotion is one of CLASSES. Raises TrainingError."""
    return [
        Voiced(one.name, one.speaker, one.emotion, read_samples(one.audio))
        for one in read_recordings(folder)
        if one.emotion in CLASSES
    ]


def read_neutral(folder: Path, random: Random, most: int = 7, least: int = 6) -> list[Voiced]:
    """Two seconds from each of a few recordings of every speaker of a folder in which all are neutral.

    folder  one that `read_corpus` reads, or one whose audio/*.ogg are of one speaker
    most    recordings of each speaker; speakers with fewer than `least` are left out
    """
    files: dict[str, list[Path]] = {}
    if (folder / "manifest.jsonl").is_file():
        for take in read_corpus(folder):
            files.setdefault("+".join(sorted(take.voices)), []).append(take.audio)
    else:
        files[folder.name] = sorted((folder / "audio").glob("*.ogg"))
    found = []
    for speaker, places in sorted(files.items()):
        for number in random.permutation(len(places))[:most] if len(places) >= least else ():
            samples = read_samples(places[number])
            spare = len(samples) - STRETCH
            if spare > 0:
                first = int(random.integers(spare))
                part = samples[first : first + STRETCH]
                found.append(Voiced(places[number].stem, f"{folder.name} {speaker}", CLASSES[0], part))
    return found


def tabled(voices: Sequence[Voiced], sessions: int) -> Iterator[Table]:
    """A table for each session: first as recorded, then altered."""
    speakers = sorted({one.speaker for one in voices})
    for session in range(sessions):
        rows = []
        for one in voices:
            samples = one.samples
            if session:
                seed = [speakers.index(one.speaker), session]
                samples = elsewhere(samples, np.random.default_rng(seed))
            rows.append(described(samples))
        there = [number for number, row in enumerate(rows) if row is not None]
        yield Table(
            np.array([rows[number] for number in there]),
            np.array([CLASSES.index(voices[number].emotion) for number in there]),
            np.array([f"{voices[number].speaker}/{session}" for number in there]),
            np.array([voices[number].speaker for number in there]),
        )


def joined(tables: Iterable[Table]) -> Table:
    """All rows."""
    every = list(tables)
    columns = ("statistics", "classes", "sessions", "speakers")
    return Table(*(np.concatenate([getattr(table, name) for table in every]) for name in columns))


def described(samples: Samples) -> Array | None:
    """[len(NAMES)] the statistics of a recording, or None where nobody speaks."""
    whole = np.concatenate([samples, np.zeros(-len(samples) % CHUNK, np.float32)])
    heard = Heard(np.concatenate(list(Descriptors().push(whole))))
    return statistics(heard) if heard.seconds > LEAST else None


def elsewhere(samples: Samples, random: Random) -> Samples:
    """The same words from another throat, in another place. The same generator, the same change."""
    semitones = float(np.clip(random.normal(0, 2.2), -5, 5)) if random.random() < 0.85 else 0.0
    pace = float(np.exp(random.normal(0, 0.06)))
    factor = 2 ** (-semitones / 12)
    sound = stretched(samples, pace / factor).astype(np.float32)
    sound = soxr.resample(sound, SAMPLE_RATE, SAMPLE_RATE * factor, quality="HQ").astype(np.float32)
    if random.random() < 0.6:
        sound = augment.coloured(sound, random)
    if random.random() < 0.35:
        sound = augment.in_room(sound, random)
    if random.random() < 0.6:
        sound = augment.noisy(sound, random)
    if random.random() < 0.15:
        sound = augment.band_limited(sound, random)
    if random.random() < 0.05:
        sound = augment.overdriven(sound, random)
    return augment.levelled(sound, random)
