"""Makes audio2face/batch/triage/speech.json: what speech is like, which `batch` holds lines against.

    python scripts/make_speech_statistics.py DATA

Measured on every fourth line of speech/, emodb/ and grid/, which the models learned from; of speech/ only the
half that scripts/make_lines.py calls `tune`, so that lines of the other half are new to it. Kinds of sound
are linear discriminants (one covariance for all), from the phone times of speech/ and emodb/.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from audio2face.batch.hearing import HeardFile
from audio2face.batch.triage.letters import KINDS, features
from audio2face.batch.triage.sound import LEAST, PIECE, parts, profile
from audio2face.batch.triage.spectra import RATE, Spectra, look
from audio2face.batch.triage.statistics import FILE
from audio2face.corpus import read_corpus
from audio2face.teacher import Segment

Array = npt.NDArray[np.float64]
KIND_OF = {
    **dict.fromkeys(
        [
            "AA",
            "AE",
            "AH",
            "AO",
            "AW",
            "AY",
            "EH",
            "ER",
            "EY",
            "IH",
            "IY",
            "OW",
            "OY",
            "UH",
            "UW",
            "UE",
            "OE",
        ],
        "vowel",
    ),
    **dict.fromkeys(["S", "Z", "SH", "ZH", "CH", "JH"], "sibilant"),
    **dict.fromkeys(["P", "B", "M"], "labial"),
    **dict.fromkeys(["T", "D", "K", "G", "F", "V", "TH", "DH", "HH", "X"], "consonant"),
    **dict.fromkeys(["N", "NG", "L", "R", "W", "Y"], "sonorant"),
    "SIL": "silence",
}
EVERY = 4


def main() -> int:
    """Measures and writes."""
    data = Path(sys.argv[1])
    profiles, halves, frames, kinds = [], [], [], []
    for file, phones in takes(data):
        heard = HeardFile(file, 16.0)
        for _ in heard:
            pass
        spectra = look(heard.heard)
        profiles.append(profile(spectra))
        places = range(LEAST, spectra.frames - LEAST, PIECE)
        halves += [one for place in places if (one := parts(spectra, place)) is not None]
        if phones:
            labels = labelled(spectra, phones)
            frames.append(features(spectra)[labels >= 0])
            kinds.append(labels[labels >= 0])
    weights, offsets = discriminants(np.concatenate(frames), np.concatenate(kinds))
    figures = np.array(profiles)
    table = {
        "weights": weights,
        "offsets": offsets,
        "mean": np.median(figures, axis=0),
        "spread": robust(figures),
        "halves": robust(np.array(halves), 0.0),
    }
    about = f"made by scripts/make_speech_statistics.py from {len(figures)} recordings"
    rounded = {name: np.round(values, 4).tolist() for name, values in table.items()}
    FILE.write_text(json.dumps({"about": about, **rounded}) + "\n", encoding="utf-8")
    return 0


def takes(data: Path) -> Iterator[tuple[Path, tuple[Segment, ...]]]:
    """Sounds and their phones."""
    rows = (data / "speech" / "manifest.jsonl").read_text("utf-8").splitlines()
    tuned = {json.loads(row)["id"] for number, row in enumerate(rows) if number // 2 % 2 == 0}
    spoken = [take for take in read_corpus(data / "speech") if take.name in tuned]
    for take in [*spoken[:: EVERY // 2], *read_corpus(data / "emodb")]:
        yield take.audio, take.phones
    for file in sorted((data / "grid" / "audio").glob("*.ogg"))[:: 2 * EVERY]:
        yield file, ()


def labelled(spectra: Spectra, phones: tuple[Segment, ...]) -> npt.NDArray[np.int64]:
    """[frames] the number of the kind, −1 where none is known."""
    labels = np.full(spectra.frames, -1)
    for phone in phones:
        if phone.label in KIND_OF:
            first, last = round(phone.start * RATE), round(phone.end * RATE)
            labels[first:last] = KINDS.index(KIND_OF[phone.label])
    return labels


def discriminants(values: Array, kinds: npt.NDArray[np.int64]) -> tuple[Array, Array]:
    """[features, kinds] and [kinds]: log likelihoods of normal distributions with one covariance."""
    means = np.array([values[kinds == kind].mean(axis=0) for kind in range(len(KINDS))])
    rest = values - means[kinds]
    inverse = np.linalg.inv(rest.T @ rest / len(rest) + np.eye(values.shape[1]))
    weights = inverse @ means.T
    guessed = np.argmax(values @ weights - 0.5 * np.sum(means.T * weights, axis=0), axis=1)
    for kind, name in enumerate(KINDS):
        print(f"{name}: {np.mean(guessed[kinds == kind] == kind):.0%} of {np.sum(kinds == kind)} frames")
    return weights, -0.5 * np.sum(means.T * weights, axis=0)


def robust(values: Array, around: float | None = None) -> Array:
    """The spread of each column: the median distance times 1.4826, which is the SD of a normal one."""
    middle = np.median(values, axis=0) if around is None else around
    return np.maximum(1.4826 * np.median(np.abs(values - middle), axis=0), 1e-3)


if __name__ == "__main__":
    sys.exit(main())
