"""Training on several machines, through Keras and tf.distribute alone.

TF_CONFIG names the workers, as `tf.distribute.MultiWorkerMirroredStrategy` reads it. Each worker runs the
same command; every batch is cut into as many parts as there are workers, and the gradients are added up.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras
from keras import ops

from audio2face.errors import TrainingError

Tensor = Any


def worker_count() -> int:
    """Workers that TF_CONFIG names; 1 without it. Raises TrainingError when it cannot be read."""
    try:
        cluster = json.loads(os.environ.get("TF_CONFIG") or "{}").get("cluster", {})
        return max(1, sum(len(cluster.get(kind, ())) for kind in ("chief", "worker")))
    except (ValueError, AttributeError, TypeError) as error:
        raise TrainingError(f"TF_CONFIG cannot be read ({error}); docs/training.md has an example") from error


def is_chief() -> bool:
    """Whether this worker writes the results: the chief, or the first worker where there is none."""
    if worker_count() == 1:
        return True
    said = json.loads(os.environ["TF_CONFIG"])
    task = said.get("task", {})
    kind, index = str(task.get("type", "worker")), int(task.get("index", 0))
    return kind == "chief" or ("chief" not in said["cluster"] and index == 0)


def make_strategy() -> Any:
    """The strategy for the workers of TF_CONFIG, made before anything else of TensorFlow; None for one."""
    if worker_count() == 1:
        return None
    import tensorflow as tf  # noqa: PLC0415 - only several workers need it by name

    return tf.distribute.MultiWorkerMirroredStrategy()


def repeatable(seed: int) -> None:
    """The same seed gives the same bits: sums in one order, whatever the threads are doing."""
    # Layers are numbered as they are made, and TensorFlow orders sums by name: count from the beginning.
    keras.utils.clear_session()
    keras.utils.set_random_seed(seed)
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf  # noqa: PLC0415

        tf.config.experimental.enable_op_determinism()


@contextmanager
def on(strategy: Any) -> Iterator[None]:
    """Within a strategy, if there is one."""
    if strategy is None:
        yield
        return
    with strategy.scope():
        yield


def shared_mean(values: Tensor) -> Tensor:
    """The mean over all workers of values [n] that each has of its own part of a batch."""
    if keras.backend.backend() != "tensorflow" or worker_count() == 1:
        return values
    import tensorflow as tf  # noqa: PLC0415

    context = tf.distribute.get_replica_context()
    if context is None or context.num_replicas_in_sync == 1:
        return values
    return context.all_reduce(tf.distribute.ReduceOp.MEAN, values)


class Spread(keras.Model):
    """A model that fit() trains on several workers, too.

    Keras 3 (3.15 with TensorFlow 2.21) stops in two places under MultiWorkerMirroredStrategy: it wants to
    average the first batch, which it cannot if that is a dict, only to build a model that is built already;
    and it averages metrics over an axis that scalars lack. Nothing else is done here.
    """

    def _maybe_symbolic_build(self, iterator: Any = None, data_batch: Any = None) -> None:
        """Nothing: the model was called once before it was compiled."""

    def train_step(self, *data: Any) -> Any:
        return _in_rows(super().train_step(*data))

    def test_step(self, *data: Any) -> Any:
        return _in_rows(super().test_step(*data))


def _in_rows(metrics: Any) -> Any:
    if worker_count() == 1:
        return metrics
    return {name: ops.reshape(value, (1,)) for name, value in metrics.items()}
