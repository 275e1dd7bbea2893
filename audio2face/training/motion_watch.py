"""Callbacks of training a character: score on held-out takes, keep, stop early, show how long it takes."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np

from audio2face.measures.rig_motion import least_alive
from audio2face.networks.rig import RigNetwork
from audio2face.training.classroom import EMOTION_WIDTH
from audio2face.training.keeping import Progress, keep
from audio2face.training.motion import Moved
from rigs.arrays import FloatArray


class Watch(keras.callbacks.Callback):
    """After each epoch: averaged weights scored on held-out takes, the best kept, and everything written."""

    def __init__(
        self,
        progress: Progress,
        checks: Sequence[Moved],
        look_ahead: int,
        patience: int,
        first: int,
        save: Callable[[], None] | None,
    ) -> None:
        super().__init__()
        self.progress, self.checks, self.look_ahead = progress, checks, look_ahead
        self.patience, self.first, self.save = patience, first, save

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self.begun = time.process_time()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        network, latents = averaged(self.model)
        now = [np.asarray(one) for one in self.model.network.variables]
        self.model.network.set_weights(network)
        score, error = follow(self.model.network, self.checks, self.look_ahead)
        for variable, value in zip(self.model.network.variables, now, strict=True):
            variable.assign(value)
        done = self.progress
        done.epoch = epoch + 1
        loss = float(np.mean((logs or {}).get("loss", np.nan)))
        seconds = time.process_time() - self.begun
        row = {"epoch": done.epoch, "loss": loss, "check_r": score, "check_error": error, "seconds": seconds}
        done.history.append(row)
        if done.epoch == self.first:
            done.first_of = network
        if score > done.best:
            done.best, done.best_epoch, done.best_of, done.latents = score, done.epoch, network, [latents]
        if done.waited >= self.patience:
            done.stopped = True
            self.model.stop_training = True
        if self.save:
            self.save()


class Bar(keras.callbacks.Callback):
    """A line with the time left, on a terminal."""

    def __init__(self, progress: Progress, epochs: int, show: Callable[..., Any]) -> None:
        super().__init__()
        self.progress = progress
        self.bar = show(total=epochs, initial=progress.epoch)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self.bar.set_postfix_str(f"held out r {self.progress.history[-1]['check_r']:.3f}", refresh=False)
        self.bar.update()

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        self.bar.close()


def averaged(model: Any) -> tuple[list[Any], Any]:
    """The running average of the network's weights, in order, and of the latents."""
    optimizer = model.optimizer
    known = {
        variable.path: average
        for variable, average in zip(
            model.trainable_variables, optimizer._model_variables_moving_average, strict=True
        )
    }
    network = [np.array(np.asarray(known.get(one.path, one))) for one in model.network.weights]
    table = model.latents.embeddings
    return network, np.array(np.asarray(known.get(table.path, table)))


def follow(network: RigNetwork, checks: Sequence[Moved], look_ahead: int) -> tuple[float, float]:
    """Mean correlation of live channels, each take at no lag, and mean squared error over all channels."""
    found, errors = [], []
    for moved in checks:
        shown = perform(network, moved.features, look_ahead)
        told = moved.judged[: len(shown)] > 0
        shown, wanted = shown[told], moved.weights[: len(shown)][told]
        rs = correlation(shown, wanted)[wanted.std(axis=0) >= max(least_alive(wanted.std(axis=0)), 1e-9)]
        found.append(float(rs.mean()) if len(rs) else 0.0)
        errors.append(float(np.mean((shown - wanted) ** 2)))
    return float(np.mean(found)), float(np.mean(errors))


def perform(network: RigNetwork, features: Any, look_ahead: int) -> FloatArray:
    """[frames − look_ahead, channels] what a network makes of features, neutral."""
    heard = np.asarray(features, np.float32)[None]
    nothing = np.zeros((1, heard.shape[1], EMOTION_WIDTH), np.float32)
    weights, _ = network(heard, nothing, np.zeros((1, network.memory), np.float32))
    return np.asarray(weights)[0, look_ahead:]


def correlation(first: FloatArray, second: FloatArray) -> FloatArray:
    """[channels] Pearson correlation of columns; 0 where either lies still."""
    a = first - first.mean(axis=0)
    b = second - second.mean(axis=0)
    size = np.sqrt((a * a).sum(axis=0) * (b * b).sum(axis=0))
    found: FloatArray = np.where(size > 1e-9, (a * b).sum(axis=0) / np.maximum(size, 1e-9), 0.0)
    return found


def write_log(file: Path, progress: Progress) -> None:
    """One row for each epoch, as CSV."""
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, ["epoch", "loss", "check_r", "check_error", "seconds"])
        writer.writeheader()
        writer.writerows(progress.history)


def save_with(
    file: Path, log: Path, progress: Progress, model: Any, about: dict[str, Any]
) -> Callable[[], None]:
    """A function that writes the checkpoint and the log of a model that is being trained."""

    def save() -> None:
        keep(file, progress, [*model.variables, *model.optimizer.variables], about)
        write_log(log, progress)

    return save
