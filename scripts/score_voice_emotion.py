"""Scores emotion heard from voices: python scripts/score_voice_emotion.py FOLDER... [--closures MODEL]

Of a FOLDER whose manifest says emotions: unweighted average recall and the confusion matrix, each recording
by itself and each speaker's in turn. Of one that says none: what is heard in it, and how much of that shows.
--altered does so through noise and a telephone as well. --closures says how many p b m close with the emotion
that is heard, and how many without. Whom the recogniser was trained on, its card.json says.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
from train_emotion import matrix

from audio2face import FileSource, animate, load_model
from audio2face.emotion import AutoSettings, Emotion
from audio2face.emotion.auto import EMOTIONS, Auto
from audio2face.emotion.descriptors import CHUNK
from audio2face.emotion.recogniser import CLASSES, Recogniser, read_recogniser
from audio2face.features.clock import FRAME_RATE
from audio2face.measures.alterations import ALTERATIONS
from audio2face.measures.closure import closure, total
from audio2face.measures.recordings import Recording, read_recordings, read_samples
from audio2face.measures.voices import Voiced, cold, confusion, in_turn, whole
from rigs.arrays import FloatArray

ALTERED = ("10 dB noise", "telephone")


def main() -> None:
    """Prints what is found in each folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--altered", action="store_true")
    parser.add_argument("--closures", metavar="MODEL")
    options = parser.parse_args()
    recogniser = read_recogniser()
    for folder in options.folders:
        recordings = read_recordings(folder)
        voices = [Voiced(one.name, one.speaker, one.emotion, read_samples(one.audio)) for one in recordings]
        ways: dict[str, Callable[[FloatArray], FloatArray]] = {"as recorded": lambda samples: samples}
        if options.altered:
            ways |= {name: ALTERATIONS[name] for name in ALTERED}
        for name, way in ways.items():
            print(f"{folder.name}, {name}:")
            changed = [Voiced(one.name, one.speaker, one.emotion, way(one.samples)) for one in voices]
            labelled = [one for one in changed if one.emotion in CLASSES]
            told(labelled, recogniser) if labelled else heard(changed, recogniser)
        if options.closures:
            closures(recordings, options.closures)


def told(voices: list[Voiced], recogniser: Recogniser) -> None:
    """Recall and confusion."""
    for name, likely in {"cold": cold(voices, recogniser), "in turn": in_turn(voices, recogniser)}.items():
        score = confusion([one.emotion for one in voices], likely)
        print(f"{name}: UAR {score.unweighted_recall:.1%} of {len(voices)} recordings\n\n{matrix(score)}\n")


def heard(voices: list[Voiced], recogniser: Recogniser) -> None:
    """What is heard in recordings that nobody labelled, and shows in the face."""
    likely = in_turn(voices, recogniser)
    most = np.bincount(likely.argmax(axis=1), minlength=len(CLASSES)) / len(voices)
    print("heard:", ", ".join(f"{name} {share:.0%}" for name, share in zip(CLASSES, most, strict=True)))
    faces = {}
    for speaker in sorted({one.speaker for one in voices}):
        sound = np.concatenate([whole(one.samples) for one in voices if one.speaker == speaker])
        faces[speaker] = shown(sound, recogniser)
    every = np.concatenate(list(faces.values()))
    mean = ", ".join(f"{name} {value:.2f}" for name, value in zip(EMOTIONS, every.mean(axis=0), strict=True))
    parts = np.quantile(every.max(axis=1), [0.5, 0.9, 0.99])
    print(f"shown, on average: {mean}")
    print(f"the strongest: {parts[0]:.2f} in the median, {parts[1]:.2f} at 90 %, {parts[2]:.2f} at 99 %\n")


def shown(sound: FloatArray, recogniser: Recogniser) -> np.ndarray:
    """[pieces, len(EMOTIONS)] strengths with the settings that are usual."""
    settings, rows = AutoSettings(), []
    auto = Auto(recogniser, settings)
    for start in range(0, len(sound), CHUNK):
        auto.push(sound[start : start + CHUNK])
        rows.append(settings.strength * auto.at(start + CHUNK))
    return np.stack(rows)


def closures(recordings: list[Recording], model: str) -> None:
    """p b m that close, without and with what is heard."""
    network = load_model(model)
    for name, emotion in {"neutral": Emotion(), "auto": Emotion(auto=AutoSettings(strength=1.0))}.items():
        clips = (animate(FileSource(one.audio), network, FRAME_RATE, emotion) for one in recordings)
        found = total(closure(clip, one.phones) for clip, one in zip(clips, recordings, strict=True))
        shares = f"{found.recall:.1%} of p b m closed, {found.false_closure:.1%} of vowels shut"
        print(f"{model}, {name}: {shares}")


if __name__ == "__main__":
    main()
