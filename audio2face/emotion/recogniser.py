"""Which emotion a voice's statistics sound like: one layer of weights and a softmax.

The bundle is a folder with weights.npz and card.json, made by scripts/train_emotion.py.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from audio2face.emotion.statistics import NAMES
from audio2face.errors import ModelError

Array = npt.NDArray[np.float64]

BUNDLE = Path(__file__).parents[1] / "data" / "emotion"
WEIGHTS_FILE, CARD_FILE = "weights.npz", "card.json"
PARTS = ("mean", "spread", "weights", "bias")
CLASSES = ("neutral", "joy", "sadness", "anger", "fear", "disgust", "boredom")
"""What is told apart: those of the Berlin database (Burkhardt et al., Interspeech 2005)."""
FARTHEST = 4.0
"""Standard deviations beyond which a statistic is no stranger still."""


@dataclass(frozen=True, eq=False)
class Recogniser:
    """Weights.

    mean, spread  [len(NAMES)] of each statistic over all training voices
    weights       [len(NAMES), len(CLASSES)]
    bias          [len(CLASSES)]
    card          what card.json says: data, licence, figures

    Raises ModelError for shapes that do not fit and numbers that are none.
    """

    mean: Array
    spread: Array
    weights: Array
    bias: Array
    card: dict[str, Any]

    def __post_init__(self) -> None:
        size, classes = len(NAMES), len(CLASSES)
        shapes = {"mean": (size,), "spread": (size,), "weights": (size, classes), "bias": (classes,)}
        for name, shape in shapes.items():
            value = np.asarray(getattr(self, name), np.float64)
            if value.shape != shape or not np.isfinite(value).all():
                raise ModelError(f"{name} has shape {value.shape}; expected finite numbers of shape {shape}")
            object.__setattr__(self, name, value)

    def scaled(self, statistics: Array) -> Array:
        """[…, len(NAMES)] statistics in standard deviations from the mean of all voices."""
        scaled: Array = (statistics - self.mean) / self.spread
        return np.minimum(np.maximum(scaled, -FARTHEST), FARTHEST)

    def likelihoods(self, against: Array) -> Array:
        """[…, len(CLASSES)] shares that add up to 1, of scaled statistics against a voice's usual ones."""
        evidence = against @ self.weights + self.bias
        shares = np.exp(evidence - evidence.max(axis=-1, keepdims=True))
        likely: Array = shares / shares.sum(axis=-1, keepdims=True)
        return likely


def read_recogniser(folder: Path = BUNDLE) -> Recogniser:
    """The recogniser of a folder. Raises ModelError when a file is missing, damaged or of another."""
    try:
        raw = (folder / WEIGHTS_FILE).read_bytes()
        card = json.loads((folder / CARD_FILE).read_text(encoding="utf-8"))
        with np.load(folder / WEIGHTS_FILE, allow_pickle=False) as arrays:
            mean, spread, weights, bias = (arrays[name] for name in PARTS)
        if hashlib.sha256(raw).hexdigest() != card["sha256"] or tuple(card["classes"]) != CLASSES:
            raise ModelError(f"{WEIGHTS_FILE} does not match {CARD_FILE}; copy both anew")
        return Recogniser(mean, spread, weights, bias, card)
    except OSError as error:
        raise ModelError(f"cannot read the recogniser {folder}: {error.strerror or error}") from error
    except ModelError as error:
        raise ModelError(f"recogniser {folder}: {error}") from error
    except (ValueError, LookupError, TypeError, BadZipFile, EOFError) as error:
        raise ModelError(f"recogniser {folder} is damaged ({error!r})") from error


def write_recogniser(recogniser: Recogniser, folder: Path) -> None:
    """Writes both files; the folder must be there."""
    parts: dict[str, Any] = {name: np.asarray(getattr(recogniser, name), np.float32) for name in PARTS}
    np.savez(folder / WEIGHTS_FILE, **parts)
    raw = (folder / WEIGHTS_FILE).read_bytes()
    card = {
        **recogniser.card,
        "classes": CLASSES,
        "sha256": hashlib.sha256(raw).hexdigest(),
        "bytes": len(raw),
    }
    (folder / CARD_FILE).write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
