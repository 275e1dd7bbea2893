"""Trains a network to move a character: takes → features and motion → network → weights in a work folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np

from audio2face.dataset import MotionTake
from audio2face.errors import TrainingError
from audio2face.features import FRAME_RATE, FrontEnd
from audio2face.measures.rig_motion import least_alive
from audio2face.models import Bundle
from audio2face.networks.rig import RigNetwork
from audio2face.training.building import Norm, build
from audio2face.training.keeping import Progress, assign, described, restore
from audio2face.training.motion import Moved, prepare_motion
from audio2face.training.motion_batches import Crops, MotionBatches, count_motion_knots, still_sounds
from audio2face.training.motion_class import RigClassroom
from audio2face.training.motion_settings import Course
from audio2face.training.motion_watch import Bar, Watch, save_with
from audio2face.training.settings import Settings
from audio2face.training.splitting import Split
from audio2face.training.unpacking import settings_of, unpack
from audio2face.training.workers import is_chief, make_strategy, on, repeatable
from rigs.arrays import FloatArray

STATE = "checkpoint.npz"
LOG = "log.csv"
SILENT = -40.0
"""dB below the speech level under which nobody speaks."""
STILL, STILL_SECONDS = 24, 5.0
"""Sounds without speech, and how long each is."""
ROOM = 0.1
"""Share of a channel's range by which weights may go beyond what takes show."""

Show = Callable[..., Any]


@dataclass(frozen=True, eq=False)
class Learned:
    """A trained network and what its card says of the run.

    latents   [knots, 16] of takes, knots  where each take has them;  checks  what it was held against
    """

    network: RigNetwork
    settings: Settings
    latents: FloatArray
    knots: tuple[tuple[int, int], ...]
    checks: Sequence[Moved]
    progress: Progress
    minutes: float


def train_motion(
    split: Split,
    work: Path,
    settings: Settings,
    course: Course,
    start: Bundle | None = None,
    resume: bool = False,
    show: Show | None = None,
) -> Learned:
    """Trains on takes of one rig; keeps checkpoints, cache and a log in `work`.

    start   a bundle whose ears are kept; its front end, look-ahead and widths count, not those of `settings`
    resume  go on after the last finished epoch in `work`
    show    makes a progress bar, called with total and initial
    Raises TrainingError when there is too little to train on, or an earlier run is in the way.
    """
    state = work / STATE
    if state.exists() and not resume:
        raise TrainingError(f"{state} holds an earlier run; go on with --resume, or choose another folder")
    strategy = make_strategy()
    repeatable(course.seed)
    if start is not None:
        settings = replace(settings_of(start), seed=course.seed)
    settings = replace(settings, dropout=course.dropout)
    variants = prepare_motion(split.learn, settings.front_end, course.variants, course.seed, work / "cache")
    checks = prepare_motion(split.check, settings.front_end, 1, course.seed + 1, work / "cache")[0]
    variants = [[split.cut(moved, True) for moved in row] for row in variants]
    checks = [split.cut(moved, False) for moved in checks]
    knots = count_motion_knots(variants[0])
    about = {"course": described(course), "settings": described(settings)} | {
        "takes": [take.name for take in split.learn],
        "channels": list(split.channels),
        "start": start.card.get("sha256", "") if start else "",
    }
    with on(strategy):
        network = new_rig_network(variants[0], settings, start)
        unit = spread_of(np.concatenate([one.weights for one in variants[0]]))
        classroom = RigClassroom(network, knots, unit)
    batches = _batches(variants, settings, course, knots, moody(split.learn))
    progress = _fit(classroom, batches, checks, settings, course, strategy, work, about, resume, show)
    network.set_weights(mixed(progress, course.kept))
    minutes = sum(row["seconds"] for row in progress.history) / 60
    return Learned(network, settings, progress.latents[0], knots, checks, progress, minutes)


def mixed(progress: Progress, kept: float) -> list[Any]:
    """The best weights, with a share of those at the end of the first stage where there was one."""
    if not progress.first_of:
        return progress.best_of
    pairs = zip(progress.first_of, progress.best_of, strict=True)
    return [np.asarray(kept * first + (1.0 - kept) * last, np.float32) for first, last in pairs]


def new_rig_network(takes: Sequence[Moved], settings: Settings, start: Bundle | None) -> RigNetwork:
    """A network whose output starts from the PCA of the takes' motion, and whose ears from a bundle's."""
    poses = np.concatenate([one.weights[one.judged > 0][::4] for one in takes])
    if start is not None:
        ear = unpack(start, dropout=settings.dropout)
    else:
        norm = norm_of_takes(takes)
        ear = build(settings, norm.mean, norm.scale, whole=False)
    low, high = poses.min(axis=0), poses.max(axis=0)
    room = ROOM * (high - low)
    # A channel that is never below 0 is a blendshape, which has nothing there.
    low, high = np.where(low >= 0, np.maximum(low - room, 0.0), low - room), high + room
    count = min(settings.components, len(low))
    bend = spread_of(poses).round(6).tolist()
    network = RigNetwork(ear, count, low.round(4).tolist(), high.round(4).tolist(), bend)
    frames = np.zeros((1, 2, takes[0].features.shape[1]), np.float32)
    network(frames, np.zeros((1, 2, 16), np.float32), np.zeros((1, network.memory), np.float32))
    network.start_from_components(*components_of(poses, count))
    return network


def components_of(poses: FloatArray, count: int) -> tuple[FloatArray, FloatArray]:
    """PCA basis [count, channels] of poses in units of their spread, small at first, and their mean."""
    mean, unit = poses.mean(axis=0), spread_of(poses)
    _, _, basis = np.linalg.svd((poses - mean) / unit, full_matrices=False)
    rows = np.zeros((count, poses.shape[1]))
    rows[: len(basis[:count])] = basis[:count]
    return (0.3 * rows * unit).astype(np.float32), mean.astype(np.float32)


def spread_of(poses: FloatArray) -> FloatArray:
    """[channels] standard deviation of each channel in poses [frames, channels], or what makes one live."""
    spread = poses.std(axis=0)
    unit: FloatArray = np.maximum(spread, max(least_alive(spread), 1e-6))
    return unit


def norm_of_takes(takes: Sequence[Moved]) -> Norm:
    """The normalisation of features for these takes."""
    features = np.concatenate([one.features for one in takes]).astype(np.float32)
    return Norm(tuple(features.mean(0).round(4).tolist()), tuple((features.std(0) + 0.1).round(4).tolist()))


def moody(takes: Sequence[MotionTake]) -> frozenset[int]:
    """Numbers of the takes in a mood, where others are neutral or of no mood that anybody named."""
    calm = {number for number, take in enumerate(takes) if take.emotion in ("", "neutral")}
    return frozenset(range(len(takes))) - calm if calm else frozenset()


def rest_of(takes: Sequence[Moved]) -> FloatArray:
    """[channels] the pose in silence: the median where nobody has spoken for a while, or of all frames."""
    quiet = []
    for one in takes:
        faint = one.features[:, -1] < SILENT
        long = np.convolve(faint, np.ones(FRAME_RATE // 2), "same") >= FRAME_RATE // 2 - 1
        quiet.append(one.weights[long & (one.judged > 0)])
    poses = np.concatenate(quiet)
    if len(poses) < FRAME_RATE // 4:
        poses = np.concatenate([one.weights for one in takes])
    rest: FloatArray = np.median(poses, axis=0).astype(np.float32)
    return rest


def _batches(
    variants: Sequence[Sequence[Moved]],
    settings: Settings,
    course: Course,
    knots: tuple[tuple[int, int], ...],
    moods: frozenset[int],
) -> MotionBatches:
    still = [
        FrontEnd(settings.front_end).push(sound) for sound in still_sounds(STILL, STILL_SECONDS, course.seed)
    ]
    spectral = "autocorrelation" not in settings.front_end
    shape = Crops(course.clips, settings.look_ahead, knots, spectral, course.quiet, course.plain, moods)
    return MotionBatches(variants, shape, course.seed, rest_of(variants[0]), still)


def _fit(
    classroom: RigClassroom,
    batches: MotionBatches,
    checks: Sequence[Moved],
    settings: Settings,
    course: Course,
    strategy: Any,
    work: Path,
    about: dict[str, Any],
    resume: bool,
    show: Show | None,
) -> Progress:
    """Both stages: the output and the latents, then everything."""
    progress, kept = restore(work / STATE, about) if resume and (work / STATE).exists() else (Progress(), [])
    with on(strategy):
        classroom(batches[0][0])
    ends = [(course.first, course.rate, False), (course.epochs, course.later, True)]
    for begin, (end, rate, ears) in zip((0, course.first), ends, strict=True):
        if begin == end or progress.epoch > end or (progress.stopped and progress.epoch <= begin):
            continue
        if progress.stopped:
            break
        classroom.network.ear.trainable = ears
        with on(strategy):
            optimizer = _optimizer(rate, len(batches) * (end - begin), course.decay)
            classroom.compile(optimizer=optimizer, jit_compile=False)
            optimizer.build(classroom.trainable_variables)
        if kept and (progress.epoch > begin or begin == 0):
            assign([*classroom.variables, *optimizer.variables], kept)
            kept = []
        save = save_with(work / STATE, work / LOG, progress, classroom, about) if is_chief() else None
        calls = [
            _EpochOf(batches),
            Watch(progress, checks, settings.look_ahead, course.patience, course.first, save),
        ]
        if show is not None:
            calls.append(Bar(progress, end, show))
        classroom.fit(
            batches, initial_epoch=progress.epoch, epochs=end, shuffle=False, verbose=0, callbacks=calls
        )
    return progress


def _optimizer(rate: float, steps: int, decay: float) -> keras.optimizers.Optimizer:
    """AdamW, warmed up, its rate falling as a cosine, with a running average of the weights.

    Gradients are not clipped: each worker would clip its own part of a batch, and several would not learn
    what one learns.
    """
    warm_up = min(200, steps // 10 + 1)
    schedule = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=rate / 50,
        decay_steps=max(1, steps - warm_up),
        alpha=0.05,
        warmup_target=rate,
        warmup_steps=warm_up,
    )
    momentum = min(0.99, max(0.0, 1 - 4 / steps))
    return keras.optimizers.AdamW(schedule, weight_decay=decay, use_ema=True, ema_momentum=momentum)


class _EpochOf(keras.callbacks.Callback):
    """Tells the batches which epoch it is, so that a resumed run sees the same crops."""

    def __init__(self, batches: MotionBatches) -> None:
        super().__init__()
        self.batches = batches

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.batches.epoch = epoch
