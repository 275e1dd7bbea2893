"""One line of speech → its files: what a worker does, wherever it runs."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from audio2face.batch.edits import Edits, apply_edits, parse_edits
from audio2face.batch.hearing import HeardFile
from audio2face.batch.identity import model_hash, parts_of, rig_hash, sound_hash
from audio2face.batch.ledger import DONE, FAILED, Entry
from audio2face.batch.settings import Settings
from audio2face.batch.storing import Store
from audio2face.batch.triage.measuring import measure
from audio2face.batch.work import Work
from audio2face.commands.options import face_settings, gains, life
from audio2face.emotion import PRESETS, Emotion, EmotionStream, parse_emotion
from audio2face.emotion.emotion import AUTO
from audio2face.emotion.reading import SUFFIXES
from audio2face.errors import OptionError
from audio2face.knobs import Knobs
from audio2face.models import LiteRTModel, load_model
from audio2face.pipeline import animate
from audio2face.rigging import on_rig, open_target
from exporters import Format, check_reduce, find_format, write_clip
from exporters.format import ending
from rigs import AnimationClip, FaceError, Rig, Target

BLOCK = 16.0
"""Seconds of sound in memory at a time."""


@dataclass(frozen=True, eq=False)
class Kit:
    """What all lines of the same settings share: made once a thread of a worker."""

    model: LiteRTModel
    target: Target | None
    formats: tuple[Format, ...]
    how: Mapping[str, Any]

    @property
    def rig(self) -> Rig | None:
        """Whose mesh files carry; None for the default head."""
        if self.target is not None:
            return self.target.rig
        return self.model.rig if self.model.bundle.face is not None else None


_LOADING = threading.Lock()
"""Loading turns stderr away for a moment, which two threads must not do at once."""


def _loaded(model: str, content: str) -> LiteRTModel:
    with _LOADING:
        return load_model(model)


class _Models(threading.local):
    """A network cannot be run by two threads at once, so that each thread has its own."""

    def __init__(self) -> None:
        self.get = lru_cache(maxsize=4)(_loaded)


_MODELS = _Models()


@lru_cache(maxsize=16)
def _target(rig: str, content: str, names: tuple[str, ...]) -> Target:
    return open_target(rig, names)[0]


def kit_of(settings: Settings) -> Kit:
    """Everything that settings name, opened. Raises FaceError where something is missing or means nothing."""
    model = _MODELS.get(settings.model, model_hash(settings.model))
    names = model.rig.names
    target = None if settings.rig is None else _target(settings.rig, rig_hash(settings.rig), names)
    formats = tuple(find_format(Path("line"), name) for name in settings.formats)
    if not any(entry.sparse for entry in formats):
        check_reduce(formats[0], settings.reduce)
    suffixes = [ending(entry, list(formats)) for entry in formats]
    if len(set(suffixes)) < len(suffixes):
        raise OptionError(
            f"the formats {' and '.join(settings.formats)} would be the same file; name one of them"
        )
    felt, factors = emotion_of(settings), gains((settings.gain,))
    sets = tuple(filter(None, settings.set.split(",")))
    face = face_settings(Path(settings.settings) if settings.settings else None, sets)
    EmotionStream(model, felt)
    Knobs(model.rig, settings.fps, face, factors)
    alive = life(not settings.head, not settings.eyes, face)
    how = {"emotion": felt, "gains": factors, "life": alive, "settings": face}
    return Kit(model, target, formats, how)


def emotion_of(settings: Settings) -> Emotion:
    """What is felt, times the intensity. Raises OptionError for strengths beyond 1."""
    text = settings.emotion
    alone = bool(text) and not any(sign in text for sign in "=:,") and text not in (AUTO, *PRESETS)
    said = f"{text}=1" if alone and Path(text).suffix.lower() not in SUFFIXES else text
    felt = parse_emotion([said] if said else [])
    mix = {name: strength * settings.intensity for name, strength in felt.mix.items()}
    beyond = next((name for name, strength in mix.items() if strength > 1), None)
    if beyond is not None:
        raise OptionError(f"emotion {beyond} times intensity {settings.intensity:g} is more than 1; say less")
    auto = felt.auto and replace(felt.auto, strength=felt.auto.strength * settings.intensity)
    tracks = [replace(track, strengths=track.strengths * settings.intensity) for track in felt.tracks]
    return Emotion(mix, tuple(tracks), auto)


def do_line(work: Work, store: Store, token: str) -> Entry:
    """Makes the files of a line; what goes wrong becomes an entry that says so."""
    try:
        return _done(work, store, token)
    except FaceError as error:
        return Entry(work.place, FAILED, error=_one_line(str(error)))
    except Exception as error:  # a mistake of ours must not take the other lines with it
        return Entry(work.place, FAILED, error=_one_line(f"{work.sound}: unexpected {error!r}"))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _done(work: Work, store: Store, token: str) -> Entry:
    sound, settings = Path(work.sound), work.settings
    # Hashed before it is read: a sound that changes in between is then another one next time.
    content = sound_hash(sound)
    parts = parts_of(content, work)
    kit = kit_of(settings)
    heard = HeardFile(sound, block_seconds=BLOCK)
    clip = animate(heard, kit.model, settings.fps, audio=work.track, seed=settings.seed, **kit.how)
    facts = measure(heard, clip, work.text)
    if kit.target is not None:
        clip = on_rig(clip, kit.target)
    if work.edits:
        edits = parse_edits(work.edits, f"hand edits of {work.place}")
        clip, conflicts = _edited(clip, edits, kit, content)
        facts = {**facts, "edits": len(edits.edits), "conflicts": list(conflicts)}
    outputs = _written(work, clip, kit, store, token)
    facts = {"frames": clip.frames, "seconds": round(clip.duration, 3), **facts}
    return Entry(work.place, DONE, parts, outputs, facts=facts)


def _edited(
    clip: AnimationClip, edits: Edits, kit: Kit, content: str
) -> tuple[AnimationClip, tuple[str, ...]]:
    channels = (kit.model.rig if kit.target is None else kit.target.rig).channels
    return apply_edits(clip, edits, channels, content)


def _written(work: Work, clip: AnimationClip, kit: Kit, store: Store, token: str) -> dict[str, int]:
    """Writes every format and moves the files to where they belong; gives {place: bytes}."""
    rig = kit.rig
    with store.staged(token) as folder:
        (folder / work.place).parent.mkdir(parents=True, exist_ok=True)
        for entry in kit.formats:
            place = work.place + ending(entry, kit.formats)
            # A usd plays its sound, and must be told where it is.
            whole = replace(clip, audio=work.sound) if entry.name == "usd" else clip
            reduce = work.settings.reduce if entry.sparse else None
            write_clip(whole, folder / place, entry.name, rig, reduce, store.final(place))
        files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
        return store.publish(token, folder, files)
