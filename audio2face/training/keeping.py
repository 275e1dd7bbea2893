"""What a run is made of after an epoch, kept so that going on gives the same as never having stopped."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from audio2face.errors import TrainingError

Arrays = list[npt.NDArray[Any]]


@dataclass(eq=False)
class Progress:
    """How far a run is.

    epoch      epochs that are finished;  best  the best score so far, and at which epoch;  stopped  early
    best_of    weights of the network that were best;  latents  of takes then
    first_of   weights at the end of the first stage, if there was one
    history    one row for each epoch
    """

    epoch: int = 0
    best: float = -np.inf
    best_epoch: int = 0
    stopped: bool = False
    best_of: Arrays = field(default_factory=list)
    latents: Arrays = field(default_factory=list)
    first_of: Arrays = field(default_factory=list)
    history: list[dict[str, float]] = field(default_factory=list)

    @property
    def waited(self) -> int:
        """Epochs since the best one."""
        return self.epoch - self.best_epoch


FIELDS = ("epoch", "best", "best_epoch", "stopped", "history")
GROUPS = ("best_of", "latents", "first_of")


def keep(file: Path, progress: Progress, variables: Sequence[Any], about: dict[str, Any]) -> None:
    """Writes a checkpoint, whole or not at all: every variable of model and optimizer, and the progress.

    about  what the run was started with; `restore` refuses another
    """
    rows = {f"v{number:04}": np.asarray(one) for number, one in enumerate(variables)}
    for group in GROUPS:
        rows |= {f"{group}{number:04}": one for number, one in enumerate(getattr(progress, group))}
    said = {name: getattr(progress, name) for name in FIELDS} | {"about": about}
    part = file.with_suffix(".part.npz")
    np.savez(part, said=np.array(json.dumps(said)), **rows)  # type: ignore[arg-type]
    part.replace(file)


def restore(file: Path, about: dict[str, Any]) -> tuple[Progress, Arrays]:
    """What `keep` wrote: the progress, and the variables in order.

    Raises TrainingError when the file is damaged, or the run was started with something else.
    """
    try:
        with np.load(file, allow_pickle=False) as data:
            said = json.loads(str(data["said"]))
            names = sorted(data.files)
            groups = {group: [data[one] for one in names if one.startswith(group)] for group in GROUPS}
            variables = [data[one] for one in names if one[0] == "v"]
        progress = Progress(**{name: said[name] for name in FIELDS})
        for group in GROUPS:
            setattr(progress, group, groups[group])
    except (OSError, ValueError, LookupError, TypeError, BadZipFile) as error:
        raise TrainingError(f"{file} holds no checkpoint that can be read ({error!r})") from error
    other = [name for name in about if said["about"].get(name) != json.loads(json.dumps(about[name]))]
    if other:
        name = other[0]
        raise TrainingError(
            f"{file} is of a run with {name} {said['about'].get(name)!r}, not {about[name]!r}; "
            "use the same options with --resume, or another folder"
        )
    return progress, variables


def assign(variables: Sequence[Any], values: Sequence[Any]) -> None:
    """Sets variables to values, in order. Raises TrainingError when they are not of one kind."""
    if [tuple(one.shape) for one in variables] != [value.shape for value in values]:
        raise TrainingError("the checkpoint is of a network of another shape; use another folder")
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)


def described(settings: Any) -> dict[str, Any]:
    """Settings as they are compared with those of a checkpoint."""
    return asdict(settings)
