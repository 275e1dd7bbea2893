"""Trains a network: corpora → examples → network → weights in a work folder."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import keras
import numpy as np

from audio2face.corpus import Take, known_voices, read_corpus
from audio2face.errors import TrainingError
from audio2face.training.batches import KNOT, Batches, Shape
from audio2face.training.building import Norm, new_network, norm_of
from audio2face.training.classroom import Classroom
from audio2face.training.latents import Latents
from audio2face.training.prepare import Example, prepare
from audio2face.training.settings import Settings

STATE = "checkpoint"
HELD_OUT = 0.06
"""Share of voices, by their takes, that only validate."""


@dataclass(frozen=True, eq=False)
class Trained:
    """A trained network and what its card says of the run."""

    classroom: Classroom
    voices: tuple[str, ...]
    held_out: tuple[str, ...]
    seconds: float
    history: dict[str, list[float]]


def train(
    corpora: Sequence[Path],
    work: Path,
    settings: Settings,
    resume: bool = False,
    start: Path | None = None,
    keep_out: Iterable[str] = (),
) -> Trained:
    """Trains on folders of speech with phone times; keeps checkpoints, cache and a log in `work`.

    corpora   folders; takes of one that is named twice are altered twice as often
    resume    go on after the last finished epoch in `work`
    start     weights to start from, of a network of the same shape
    keep_out  voices that validate and are not learned from; by default some are chosen
    Raises TrainingError when there is too little to train on.
    """
    if not resume and (work / STATE).exists():
        raise TrainingError(
            f"{work / STATE} holds an earlier run; go on with --resume, or choose another folder"
        )
    keras.utils.set_random_seed(settings.seed)
    takes = [take for folder in corpora for take in read_corpus(folder)]
    held = known_voices(keep_out, takes) or hold_out(takes)
    learning = [take for take in takes if not take.voices & held]
    checking = [take for take in takes if take.voices & held]
    if len(learning) < settings.clips or not checking:
        raise TrainingError(
            f"{len(learning)} takes to learn from and {len(checking)} to check with; "
            f"expected at least {settings.clips} and 1, of at least two voices"
        )
    variants = prepare(learning, settings.front_end, settings.variants, settings.seed, work / "cache")
    checks = prepare(checking, settings.front_end, 2, settings.seed + 1, work / "cache")
    knots = count_knots(variants[0], len(learning))
    # Weights to start from are worth nothing under another normalisation.
    norm = (read_norm(start) if start else None) or norm_of(variants[0])
    classroom = Classroom(new_network(variants[0], settings, norm), knots[-1][0] + knots[-1][1] + 1)
    spectral = "autocorrelation" not in settings.front_end
    shape = Shape(settings.clips, settings.look_ahead, knots, spectral)
    batches = Batches(variants, shape, settings.seed)
    validation = Batches(checks, Shape(settings.clips, settings.look_ahead), settings.seed)
    classroom(batches[0][0])
    if start:
        _start_from(classroom, start)
    classroom.compile(optimizer=_optimizer(settings, len(batches)), jit_compile="auto")
    history = classroom.fit(
        batches,
        validation_data=validation,
        epochs=settings.epochs,
        shuffle=False,
        verbose=2,
        callbacks=_callbacks(batches, work, norm, resume),
    )
    return Trained(
        classroom=classroom,
        voices=tuple(sorted(set().union(*(take.voices for take in learning)))),
        held_out=tuple(sorted(held)),
        seconds=sum(len(example.features) for example in variants[0]) / 120,
        history=history.history,
    )


def hold_out(takes: Sequence[Take]) -> frozenset[str]:
    """Voices that validate: whole voices, taken in order of name until HELD_OUT of all takes are theirs."""
    counts: dict[str, int] = {}
    for take in takes:
        for voice in take.voices:
            counts[voice] = counts.get(voice, 0) + 1
    held: set[str] = set()
    # Every fourth name, so that one accent or sex does not fill the whole set.
    for voice in sorted(counts)[1::4]:
        if sum(bool(take.voices & held) for take in takes) >= HELD_OUT * len(takes):
            break
        held.add(voice)
    return frozenset(held)


def count_knots(examples: Sequence[Example], takes: int) -> tuple[tuple[int, int], ...]:
    """(first knot, knots) of each take's latent; knot 0 belongs to no take."""
    longest = [1] * takes
    for example in examples:
        if example.take >= 0:
            # Room for the same take in a slower variant.
            longest[example.take] = int(len(example.features) * 1.25) // KNOT + 2
    firsts = 1 + np.concatenate([[0], np.cumsum(longest)[:-1]])
    return tuple((int(first), count) for first, count in zip(firsts, longest, strict=True))


def _optimizer(settings: Settings, steps: int) -> keras.optimizers.Optimizer:
    warm_up = min(400, steps * settings.epochs // 10 + 1)
    rate = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=settings.rate / 50,
        decay_steps=max(1, steps * settings.epochs - warm_up),
        alpha=0.02,
        warmup_target=settings.rate,
        warmup_steps=warm_up,
    )
    # In a short run a long average would still be full of the weights that it began with.
    momentum = min(0.998, max(0.0, 1 - 4 / (steps * settings.epochs)))
    return keras.optimizers.AdamW(rate, weight_decay=1e-3, clipnorm=1.0, use_ema=True, ema_momentum=momentum)


class _EpochOf(keras.callbacks.Callback):
    """Tells the batches which epoch it is, so that a resumed run sees the same crops."""

    def __init__(self, batches: Batches) -> None:
        super().__init__()
        self.batches = batches

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.batches.epoch = epoch


class _Averaged(keras.callbacks.Callback):
    """Writes the running average of the network's weights after every epoch, to listen in on long runs."""

    def __init__(self, file: Path, batches: Batches, norm: Norm) -> None:
        super().__init__()
        self.file, self.batches, self.norm = file, batches, norm

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        optimizer = self.model.optimizer
        averages = dict(
            zip(
                (v.path for v in self.model.trainable_variables),
                optimizer._model_variables_moving_average,
                strict=True,
            )
        )
        save_weights(
            self.file,
            [np.asarray(averages.get(v.path, v)) for v in self.model.network.weights],
            np.asarray(averages[self.model.emotions.kernel.path]),
            Latents(
                np.asarray(averages[self.model.latents.embeddings.path]),
                np.array(self.batches.shape.knots),
                self.batches.moods(),
            ),
            self.norm,
        )


def save_weights(
    file: Path,
    weights: Sequence[Any],
    emotions: Any,
    latents: Latents | None = None,
    norm: Norm | None = None,
) -> None:
    """Keeps the network's weights, in order, the emotion table [6, 16], takes' latents and normalisation."""
    part = file.with_suffix(".part.npz")
    rows: dict[str, Any] = {f"w{number:03}": value for number, value in enumerate(weights)}
    if norm:
        rows["norm"] = np.array([norm.mean, norm.scale])
    np.savez(part, emotions=emotions, **rows | (latents.arrays() if latents else {}))
    part.replace(file)


def read_norm(file: Path) -> Norm | None:
    """The normalisation kept with weights; None if none was. Raises TrainingError as `read_weights` does."""
    read_weights(file)
    with np.load(file, allow_pickle=False) as data:
        if "norm" not in data.files:
            return None
        mean, scale = data["norm"].tolist()
    return Norm(tuple(mean), tuple(scale))


def _start_from(classroom: Classroom, file: Path) -> None:
    """Raises TrainingError when the weights are those of a network of another shape."""
    weights, emotions = read_weights(file)
    try:
        classroom.network.set_weights(weights)
        classroom.emotions.set_weights([emotions])
    except ValueError as error:
        raise TrainingError(f"the weights in {file} do not fit this network ({error})") from error


def read_weights(file: Path) -> tuple[list[Any], Any]:
    """What `save_weights` kept of the network. Raises TrainingError when the file is something else."""
    try:
        with np.load(file, allow_pickle=False) as data:
            names = [name for name in data.files if name[0] == "w"]
            return [data[name] for name in sorted(names)], data["emotions"]
    except (OSError, ValueError, LookupError, BadZipFile) as error:
        raise TrainingError(f"{file} holds no weights of an earlier run ({error!r})") from error


def _callbacks(batches: Batches, work: Path, norm: Norm, resume: bool) -> list[keras.callbacks.Callback]:
    return [
        _EpochOf(batches),
        _Averaged(work / "weights.npz", batches, norm),
        keras.callbacks.CSVLogger(str(work / "log.csv"), append=resume),
        keras.callbacks.BackupAndRestore(str(work / STATE), delete_checkpoint=False),
    ]
