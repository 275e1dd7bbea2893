"""Settings and examples → a new network, of either architecture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from audio2face.networks.articulation import ArticulationNetwork
from audio2face.networks.gru import GRUNetwork
from audio2face.networks.network import FaceNetwork
from audio2face.teacher import perform, script
from audio2face.training.batches import random_mix
from audio2face.training.classroom import EMOTION_WIDTH
from audio2face.training.prepare import Example
from audio2face.training.settings import Settings


@dataclass(frozen=True)
class Norm:
    """Mean and scale of features, each [features], by which a network brings them to a like size."""

    mean: tuple[float, ...]
    scale: tuple[float, ...]


def norm_of(examples: Sequence[Example]) -> Norm:
    """The normalisation for these examples."""
    features = np.concatenate([example.features for example in examples[::4]]).astype(np.float32)
    return Norm(tuple(features.mean(0).round(4).tolist()), tuple((features.std(0) + 0.1).round(4).tolist()))


def new_network(examples: Sequence[Example], settings: Settings, norm: Norm) -> FaceNetwork:
    """A network whose outputs start from the PCA of what the teacher makes of these examples."""
    network = build(settings, norm.mean, norm.scale)
    network.start_from_components(*principal_components(examples, settings))
    return network


def build(
    settings: Settings, mean: Sequence[float], scale: Sequence[float], whole: bool = True
) -> FaceNetwork:
    """The network that `settings` name, with fresh weights, for features of this mean and scale.

    whole  with the layers after `listen`, which give ARKit weights; a rig of its own brings others
    """
    common: dict[str, Any] = {
        **{"mean": mean, "scale": scale, "width": settings.width},
        **{"components": settings.components, "dropout": settings.dropout},
    }
    network: FaceNetwork
    if settings.network == "gru":
        network = GRUNetwork(units=settings.units, **common)
    else:
        parts = (len(mean) - 1) // 32
        network = ArticulationNetwork(parts=parts, maps=settings.maps, dilations=settings.dilations, **common)
    frames = np.zeros((1, 2, len(mean)), np.float32)
    run = network if whole else network.listen
    run(frames, np.zeros((1, 2, EMOTION_WIDTH), np.float32), np.zeros((1, network.memory), np.float32))
    return network


def principal_components(examples: Sequence[Example], settings: Settings) -> tuple[Any, Any]:
    """PCA basis [components, 52] and mean [52] of what the teacher shows over a sample of examples."""
    random = np.random.default_rng(settings.seed)
    poses = np.concatenate(
        [
            perform(script(example.phones, len(example.features)), random_mix(random)).free[::6]
            for example in examples[:: max(1, len(examples) // 200)]
            if example.phones
        ]
    )
    mean = poses.mean(0)
    _, _, basis = np.linalg.svd(poses - mean, full_matrices=False)
    # Small at first, so that training starts near the mean face.
    return (0.1 * basis[: settings.components]).astype(np.float32), mean.astype(np.float32)
