"""Whether closures survive what is turned: python scripts/knob_closures.py DATA [--model NAME]... [--docs]

Every recording of DATA/librispeech and DATA/emodb whose phones are known is animated at the clock's 120
frames a second by each model, once as it is and then under some settings, life at full strength among them. A
p, b or m counts as docs/measures.md says; lost is one that closed and does so no longer. --docs writes the
table into docs/settings.md.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from generated import replace_block

from audio2face import animate, load_model
from audio2face.knobs import FaceSettings, Knobs
from audio2face.knobs.table import KNOBS
from audio2face.life import Life, LifeSettings, Motion
from audio2face.life.motion import joined
from audio2face.measures.closure import closure
from audio2face.measures.recordings import Recording, read_recordings, read_samples
from audio2face.sources import ArraySource
from audio2face.teacher import BILABIALS, Segment
from rigs import AnimationClip

PAGE = Path(__file__).resolve().parents[1] / "docs" / "settings.md"
FPS = 120.0
STRONG = {key: knob.high for key, knob in KNOBS.items() if key.startswith(("strength.", "offset."))}
TURNED: dict[str, dict[str, float]] = {
    "neutral": {},
    "every strength at 2, every offset at most": STRONG,
    "the same, the mouth smoothed by 60 ms": {**STRONG, "smoothing.lower": 60.0},
    "strength.lower = 0.5": {"strength.lower": 0.5},
    "strength.lower = 2": {"strength.lower": 2.0},
    "strength.jaw = 1.3": {"strength.jaw": 1.3},
    "smoothing.lower = 60": {"smoothing.lower": 60.0},
    "offset.jaw = 0.2": {"offset.jaw": 0.2},
    "offset.lips = 0.3": {"offset.lips": 0.3},
    "channel.jawOpen.gain = 1.3": {"channel.jawOpen.gain": 1.3},
}


@dataclass
class Count:
    """Of p b m: heard, closed, lost and won against neutral; of open vowels: heard and wrongly shut."""

    heard: int = 0
    closed: int = 0
    lost: int = 0
    won: int = 0
    vowels: int = 0
    shut: int = 0


def counted(recordings: list[Recording], model_name: str) -> dict[str, Count]:
    """Counts under each setting."""
    model = load_model(model_name)
    counts = {name: Count() for name in TURNED}
    for recording in recordings:
        samples = read_samples(recording.audio)
        plain = animate(ArraySource(samples, 16_000), model, FPS)
        before = list(closed(plain, recording.phones))
        motions: dict[LifeSettings, Motion] = {}
        for name, values in TURNED.items():
            settings = FaceSettings(values)
            if settings.life not in motions:
                life = Life(0, FPS, settings.life)
                motions[settings.life] = joined([life.push(samples), life.finish()])
            weights = Knobs(model.rig, FPS, settings)(plain.weights, motions[settings.life])
            clip = AnimationClip(plain.names, weights, FPS)
            add(counts[name], clip, recording.phones, before)
    return counts


def add(count: Count, clip: AnimationClip, phones: tuple[Segment, ...], before: list[bool]) -> None:
    after, all_ = list(closed(clip, phones)), closure(clip, phones)
    count.heard += len(after)
    count.closed += sum(after)
    count.lost += sum(was and not now for was, now in zip(before, after, strict=True))
    count.won += sum(now and not was for was, now in zip(before, after, strict=True))
    count.vowels += all_.vowels
    count.shut += all_.shut


def closed(clip: AnimationClip, phones: tuple[Segment, ...]) -> Iterator[bool]:
    """Of each p, b and m, whether the lips close."""
    for phone in phones:
        if phone.label in BILABIALS:
            yield closure(clip, [phone]).closed == 1


def table(found: dict[str, dict[str, Count]]) -> str:
    rows = [["settings", *(f"{name}: closed, lost, won; vowels shut" for name in found)]]
    rows.append(["---"] + ["---:"] * len(found))
    for setting in TURNED:
        row = [setting if setting[0] in "nte" else f"`{setting}`"]
        for counts in found.values():
            one = counts[setting]
            shut = 100 * one.shut / max(1, one.vowels)
            row.append(f"{one.closed} of {one.heard}, {one.lost}, {one.won}; {shut:.1f} %")
        rows.append(row)
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", action="append", dest="models")
    parser.add_argument("--docs", action="store_true")
    asked = parser.parse_args()
    recordings = [one for name in ("librispeech", "emodb") for one in read_recordings(asked.data / name)]
    recordings = [one for one in recordings if any(phone.label in BILABIALS for phone in one.phones)]
    text = table({name: counted(recordings, name) for name in asked.models or ["studio", "live"]})
    print(f"{len(recordings)} recordings\n{text}")
    if asked.docs:
        replace_block(PAGE, "closures", text)


if __name__ == "__main__":
    main()
