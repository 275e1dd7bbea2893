"""A trained network → a bundle in a folder: its operating point, its file, its card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from audio2face.corpus import Take
from audio2face.features import COEFFICIENTS, FRAME_RATE, SAMPLE_RATE, WINDOW
from audio2face.models.bundle import CARD_FILE, NETWORK_FILE, card_text
from audio2face.networks.network import FaceNetwork
from audio2face.networks.steady import DELAY, SteadyNetwork
from audio2face.training.export import export
from audio2face.training.latents import Latents
from audio2face.training.naming import find_emotions
from audio2face.training.operating_point import SHARPNESS, answers, choose, opening_factors, swing, widened
from audio2face.training.settings import Settings
from exporters import beside
from rigs import ARKIT_NAMES


@dataclass(frozen=True)
class Facts:
    """What a card says of a run beyond its settings.

    about, licence  one line each;  data  the corpora, with sizes and licences;  minutes  of training
    stages  what went before, when training went in several runs
    """

    about: str
    licence: str
    data: tuple[str, ...]
    voices: tuple[str, ...]
    held_out: tuple[str, ...]
    minutes: float
    stages: tuple[str, ...] = ()


def make_bundle(
    folder: Path,
    network: FaceNetwork,
    emotions: Any,
    settings: Settings,
    facts: Facts,
    judges: Sequence[Take],
    most_shut: float,
    latents: Latents | None = None,
    films: Sequence[Take] = (),
) -> dict[str, Any]:
    """Writes a bundle and returns its card.

    emotions   [6, 16] vectors of EMOTIONS without neutral
    judges     takes, heard by nobody in training, on which the operating point is chosen
    most_shut  share of open vowels that may be wrongly shut at it
    films      filmed takes that say how wide the lips should swing; without any, the teacher does on judges
    latents    of the takes, to mine named emotions from; without them the vectors asked for ship
    """
    heard = answers(network, settings.front_end, settings.look_ahead, judges)
    swung = answers(network, settings.front_end, settings.look_ahead, films) if films else heard
    gain = swing(swung, choose(heard, most_shut)[0])
    bias, found = choose(widened(heard, gain), most_shut)
    network.scale_channels(opening_factors(gain))
    network.bias, network.sharpness = bias, SHARPNESS
    features = COEFFICIENTS * len(settings.front_end.split("+")) + 1
    content = export(SteadyNetwork(network), features)
    vectors, mining = find_emotions(network, emotions, latents, judges, settings)
    ahead = settings.look_ahead + DELAY
    card = {
        "about": facts.about,
        "fps": FRAME_RATE,
        "network": settings.network,
        "front_end": settings.front_end,
        "look_ahead": ahead,
        "latency_ms": round(1000 * (ahead / FRAME_RATE + WINDOW / 2 / SAMPLE_RATE), 1),
        "parameters": int(network.count_params()),
        "licence": facts.licence,
        "data": list(facts.data),
        "voices": list(facts.voices),
        "held_out_voices": list(facts.held_out),
        "seed": settings.seed,
        "training_minutes": round(facts.minutes, 1),
        "settings": asdict(settings),
        "stages": list(facts.stages),
        "operating_point": {
            "bias": list(bias),
            "sharpness": list(SHARPNESS),
            "opening_gain": round(gain, 3),
            "chosen_on": f"{len(judges)} takes that were not trained on",
            "recall": round(found.recall, 4),
            "false_closure": round(found.false_closure, 4),
        },
        "channels": list(ARKIT_NAMES),
        "emotions": {name: [round(float(value), 5) for value in vector] for name, vector in vectors.items()},
        **({"mining": mining} if mining else {}),
    }
    folder.mkdir(parents=True, exist_ok=True)
    with beside(folder / NETWORK_FILE) as part:
        part.write_bytes(content)
    with beside(folder / CARD_FILE) as part:
        part.write_text(card_text(card, content), encoding="utf-8", newline="\n")
    return card
