"""Where each decision turns from no to yes: chosen on speech that was not trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace

import numpy as np

from audio2face.corpus import Take
from audio2face.features import FRAME_RATE, FrontEnd
from audio2face.measures.closure import Closure, closure, total
from audio2face.measures.teeth import teeth
from audio2face.networks.network import FaceNetwork
from audio2face.networks.steady import DELAY, SPAN
from audio2face.sources import FileSource
from audio2face.teacher import teach
from audio2face.teacher.lesson import OPENERS
from audio2face.teacher.phones import ARTICULATORS
from audio2face.training.film import filmed_lips
from rigs import ARKIT_NAMES, AnimationClip
from rigs.arrays import FloatArray
from rigs.contacts import part, seal, touch
from rigs.lips import lip_gap

SHARPNESS = (4.0, 4.0, 2.5)
"""Of the decisions at run time. Training keeps them soft, so that there is a slope to learn on; in use a lip
that is half decided is neither closed nor where the motion wants it."""
ACTIVE = -0.3
"""What is added to the logit of "active"."""
TEETH, TEETH_BIASES = 0.5, tuple(np.arange(-1.0, 4.01, 0.5))
"""What is added to the logit of "teeth" where no f or v can tell, and what may be."""
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
    closed, teeth, active = steady(exclusive(sure)).T
    weights = np.clip(answer.free * active[:, None], 0.0, 1.0)
    weights = touch(part(weights, active), teeth * active)
    weights = np.clip(seal(weights, closed * active), 0.0, 1.0)
    return AnimationClip(ARKIT_NAMES, weights, FRAME_RATE)


def exclusive(logits: FloatArray) -> FloatArray:
    """Gates [frames, 3] as `networks.steady.exclusive` makes them."""
    gates: FloatArray = _gate(logits)
    gates[:, 0] *= 1.0 - gates[:, 1] * _gate(logits[:, 1] - logits[:, 0])
    return gates


def _gate(logits: FloatArray) -> FloatArray:
    gates: FloatArray = np.clip(0.5 + 0.25 * logits, 0.0, 1.0)
    return gates


def steady(gates: FloatArray) -> FloatArray:
    """Gates [frames, 3] as `networks.steady` averages them, before the first frame zero."""
    known = np.pad(gates, ((DELAY, DELAY), (0, 0)))
    mean: FloatArray = np.mean([known[start : start + len(gates)] for start in range(SPAN)], axis=0)
    return mean


def closures(heard: Sequence[Answer], bias: Sequence[float]) -> Closure:
    """Counts of closure over takes at one operating point."""
    return total(closure(with_bias(answer, bias), answer.take.phones) for answer in heard)


def teeth_score(heard: Sequence[Answer], bias: Sequence[float]) -> float:
    """F1 of the lower lip on the teeth for f v at one operating point; 0 without any f or v."""
    counts = [teeth(with_bias(answer, bias), answer.take.phones) for answer in heard]
    sounds, made, contacts, right = (sum(column) for column in zip(*map(astuple, counts), strict=True))
    recall, precision = made / max(sounds, 1), right / max(contacts, 1)
    return 2 * recall * precision / max(recall + precision, 1e-9)


def choose(heard: Sequence[Answer], most_shut: float) -> tuple[tuple[float, float, float], Closure]:
    """The bias with the highest recall of p b m at which no more than `most_shut` of open vowels are shut.

    That of f v, before, is the one at which recall and precision are best together (F1).
    """
    touching = {float(bias): teeth_score(heard, (1.0, bias, ACTIVE)) for bias in TEETH_BIASES}
    best = max(touching, key=lambda bias: (touching[bias], -abs(bias - TEETH)))
    points = [(float(bias), best, ACTIVE) for bias in BIASES]
    scored = [(point, closures(heard, point)) for point in points]
    allowed = [pair for pair in scored if not pair[1].false_closure > most_shut] or scored[:1]
    return max(allowed, key=lambda pair: (pair[1].recall, -pair[0][0]))


def swing(heard: Sequence[Answer], bias: Sequence[float]) -> float:
    """How much less the lips move than they should on the same takes: the ratio of standard deviations.

    A network that is unsure answers with an average, and averages move too little. Takes with a film are held
    against it, others against the teacher. Limited to 1…WIDEST.
    """
    wanted = np.array([_swing_wanted(answer) for answer in heard])
    shown = np.array([np.std(_gap(with_bias(answer, bias))) for answer in heard])
    return float(np.clip(wanted.sum() / max(float(shown.sum()), 1e-3), 1.0, WIDEST))


def _swing_wanted(answer: Answer) -> float:
    """Standard deviation, in mm, of the lip gap that a take was filmed or is taught with."""
    lips = filmed_lips(answer.take)
    if lips is not None:
        return float(np.std(lips[:, 0]))
    return float(np.std(lip_gap(teach(answer.take.phones, len(answer.free)).weights, ARKIT_NAMES)))


def _gap(clip: AnimationClip) -> FloatArray:
    return lip_gap(clip.weights, clip.names)


def opening_factors(gain: float) -> FloatArray:
    """[52] the gain on the channels that open the mouth, 1 on all others."""
    openers = {channel for name in OPENERS for channel in ARTICULATORS[name]}
    return np.array([gain if name in openers else 1.0 for name in ARKIT_NAMES], np.float32)


def widened(heard: Sequence[Answer], gain: float) -> list[Answer]:
    """Answers as they are after the network's opening channels were multiplied by `gain`."""
    return [replace(answer, free=answer.free * opening_factors(gain)) for answer in heard]
