"""A model bundle: a folder with a network and its card.

model.tflite   the network, LiteRT, float16
card.json      front end, look-ahead, channels, ranges unless 0…1, emotions; data, licence, seed, minutes,
               figures; checksum
face.npz, face_rest.npy   of a model that was trained on vertices: what turns weights into them
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from audio2face.errors import ModelError
from audio2face.features import FRAME_RATE, FRONT_ENDS
from audio2face.models.face import RIG, Face, has_face
from rigs import Channel, FaceError, Rig
from rigs.arrays import FloatArray, lock

SIGNATURES = {"step": 1, "few": 8, "run": 64}
"""Signatures of a network file and the frames that each takes."""
NETWORK_FILE = "model.tflite"
CARD_FILE = "card.json"
DAMAGED = (OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)
"""What reading a card of any content may raise."""
BUNDLES = Path(__file__).parents[1] / "bundles"


@dataclass(frozen=True, eq=False)
class Bundle:
    """A bundle as read from its folder.

    rig         channels of the weights
    emotions    {name: [16] emotion vector}; neutral is zero
    network     the bytes of the LiteRT file
    card        everything else that card.json says
    face        what its weights move, if it was trained on vertices; then the rig has its mesh
    """

    name: str
    rig: Rig
    front_end: str
    look_ahead: int
    emotions: dict[str, FloatArray]
    network: bytes
    card: dict[str, Any]
    face: Face | None = None


def bundled() -> tuple[str, ...]:
    """Names of the bundles that come with the package."""
    return tuple(sorted(folder.parent.name for folder in BUNDLES.glob(f"*/{CARD_FILE}")))


def read_bundle(place: str) -> Bundle:
    """Reads a bundle that comes with the package, by name, or any other, by its folder.

    Raises ModelError when there is none, or a file of it is missing, damaged or does not fit the others.
    """
    folder = BUNDLES / place if place in bundled() else Path(place)
    if not _is_file(folder / CARD_FILE):
        known = ", ".join(bundled())
        raise ModelError(f"no model {place!r}: neither one of {known} nor a folder that holds {CARD_FILE}")
    try:
        card = json.loads((folder / CARD_FILE).read_text(encoding="utf-8"))
        network = (folder / NETWORK_FILE).read_bytes()
        bundle = _bundle(folder.name, card, network)
    except FaceError as error:
        raise ModelError(f"model {place}: {CARD_FILE} is damaged ({error})") from error
    except DAMAGED as error:
        raise ModelError(f"model {place}: {CARD_FILE} or {NETWORK_FILE} is damaged ({error!r})") from error
    if hashlib.sha256(network).hexdigest() != card.get("sha256"):
        raise ModelError(
            f"model {place}: {NETWORK_FILE} does not match the checksum in {CARD_FILE}; copy it anew"
        )
    return _with_face(bundle, folder, place) if has_face(folder) else bundle


def _with_face(bundle: Bundle, folder: Path, place: str) -> Bundle:
    """The bundle with the face beside it, whose channels must be its own."""
    try:
        face = Face.load(folder)
    except FaceError as error:
        raise ModelError(f"model {place}: {error}") from error
    if face.rig.names != bundle.rig.names:
        raise ModelError(
            f"model {place}: {RIG} has {len(face.rig.names)} components, and the model moves "
            f"{len(bundle.rig.names)} channels; copy the folder anew"
        )
    return replace(bundle, face=face, rig=Rig(bundle.rig.channels, face.rig.mesh))


def _is_file(path: Path) -> bool:
    """Whether there is a file; no for names that no file can have."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _bundle(name: str, card: dict[str, Any], network: bytes) -> Bundle:
    front_end, look_ahead = str(card["front_end"]), int(card["look_ahead"])
    if front_end not in FRONT_ENDS or card["fps"] != FRAME_RATE:
        raise ValueError(f"front end {front_end!r} at {card['fps']} fps")
    if not 0 <= look_ahead <= FRAME_RATE:
        raise ValueError(f"look-ahead of {look_ahead} frames")
    if "neutral" not in card["emotions"]:
        raise ValueError("no neutral emotion")
    with np.errstate(over="ignore"):  # too large becomes infinite, which is refused
        emotions = {
            str(emotion): lock(vector, f"emotion {emotion}", (None,), ModelError, np.float32)
            for emotion, vector in card["emotions"].items()
        }
    ranges = card.get("ranges", {})
    rig = Rig(tuple(Channel(str(one), *map(float, ranges.get(one, ()))) for one in card["channels"]))
    return Bundle(name, rig, front_end, look_ahead, emotions, network, card)


def card_text(card: dict[str, Any], network: bytes) -> str:
    """The text of card.json for a network: the card with the network's checksum and size added."""
    known = {**card, "sha256": hashlib.sha256(network).hexdigest(), "bytes": len(network)}
    return json.dumps(known, indent=1, ensure_ascii=False) + "\n"
