"""Where each decision turns from no to yes: chosen on speech that was not trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from audio2face.corpus import Take
from audio2face.features import FRAME_RATE, FrontEnd
from audio2face.measures.closure import Closure, closure, total
from audio2face.networks.network import FaceNetwork
from audio2face.sources import FileSource
from audio2face.teacher import teach
from audio2face.teacher.lesson import OPENERS
from audio2face.teacher.phones import ARTICULATORS
from rigs import ARKIT_NAMES, AnimationClip
from rigs.arrays import FloatArray
from rigs.contacts import part, seal, touch
from rigs.lips import lip_gap

SHARPNESS = (4.0, 2.0, 1.5)
"""Of the decisions at run time. Training keeps them soft, so that there is a slope to learn on; in use a lip
that is half decided is neither closed nor where the motion wants it."""
TEETH, ACTIVE = 0.5, 0.0
"""What is added to the other two logits."""
WIDEST = 1.5
"""The most that a mouth is widened."""
BIASES = tuple(np.arange(-3.0, 5.01, 0.125))
"""What may be added to the logit of "closed"."""


@dataclass(frozen=True, eq=False)
class Answer:
    """What the network says of one take, contacts not yet enforced: free [frames, 52], logits [frames, 3]."""

    take: Take
    free: FloatArray
    logits: FloatArray


def answers(network: FaceNetwork, front_end: str, look_ahead: int, takes: Sequence[Take]) -> list[Answer]:
    """The network's answers for whole takes, neutral emotion, logits without bias."""
    heard = []
    for take in takes:
        sound = np.concatenate([block.samples for block in FileSource(take.audio)])
        wait = np.zeros((look_ahead + 3) * 134, np.float32)
        features = FrontEnd(front_end).push(np.concatenate([sound, wait]))
        nothing = np.zeros((1, len(features), 16), np.float32)
        past = np.zeros((1, network.memory), np.float32)
        _, free, logits, _ = network(features[None], nothing, past)
        late = slice(look_ahead, None)
        plain = np.asarray(logits)[0, late] / np.asarray(network.sharpness) - np.asarray(network.bias)
        heard.append(Answer(take, np.asarray(free)[0, late], plain.astype(np.float32)))
    return heard


def with_bias(answer: Answer, bias: Sequence[float]) -> AnimationClip:
    """The clip that an answer becomes when `bias` [3] is added to its logits, neutral emotion."""
    sure = (answer.logits + np.asarray(bias, np.float32)) * np.asarray(SHARPNESS, np.float32)
    gates = np.clip(0.5 + 0.25 * sure, 0.0, 1.0)
    closed, teeth, active = gates.T
    weights = np.clip(answer.free * active[:, None], 0.0, 1.0)
    weights = touch(part(weights, active), teeth * active)
    weights = np.clip(seal(weights, closed * active), 0.0, 1.0)
    return AnimationClip(ARKIT_NAMES, weights, FRAME_RATE)


def closures(heard: Sequence[Answer], bias: Sequence[float]) -> Closure:
    """Counts of closure over takes at one operating point."""
    return total(closure(with_bias(answer, bias), answer.take.phones) for answer in heard)


def choose(heard: Sequence[Answer], most_shut: float) -> tuple[tuple[float, float, float], Closure]:
    """The bias with the highest recall of p b m at which no more than `most_shut` of open vowels are shut."""
    points = [(float(bias), TEETH, ACTIVE) for bias in BIASES]
    scored = [(point, closures(heard, point)) for point in points]
    allowed = [pair for pair in scored if not pair[1].false_closure > most_shut] or scored[:1]
    return max(allowed, key=lambda pair: (pair[1].recall, -pair[0][0]))


def swing(heard: Sequence[Answer], bias: Sequence[float]) -> float:
    """How much less the lips move than the teacher's on the same takes: the ratio of standard deviations.

    A network that is unsure answers with an average, and averages move too little. Limited to 1…WIDEST.
    """
    shown, taught = [], []
    for answer in heard:
        clip = with_bias(answer, bias)
        shown.append(np.std(lip_gap(clip.weights, clip.names)))
        lesson = teach(answer.take.phones, clip.frames)
        taught.append(np.std(lip_gap(lesson.weights, ARKIT_NAMES)))
    return float(np.clip(np.mean(taught) / max(float(np.mean(shown)), 1e-3), 1.0, WIDEST))


def opening_factors(gain: float) -> FloatArray:
    """[52] the gain on the channels that open the mouth, 1 on all others."""
    openers = {channel for name in OPENERS for channel in ARTICULATORS[name]}
    return np.array([gain if name in openers else 1.0 for name in ARKIT_NAMES], np.float32)


def widened(heard: Sequence[Answer], gain: float) -> list[Answer]:
    """Answers as they are after the network's opening channels were multiplied by `gain`."""
    return [replace(answer, free=answer.free * opening_factors(gain)) for answer in heard]
