"""Is DATA speech with phone times, or a character's takes?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from audio2face.dataset.kind import holds_motion
from audio2face.errors import OptionError


def is_motion(paths: Sequence[Path]) -> bool:
    """Whether all of DATA are takes of a character. Raises OptionError when only some are."""
    kinds = {path: holds_motion(path) for path in paths}
    if len(set(kinds.values())) > 1:
        moved = next(path for path, motion in kinds.items() if motion)
        said = next(path for path, motion in kinds.items() if not motion)
        raise OptionError(
            f"{moved} holds takes of a character, and {said} does not: train on speech with phone times, "
            "or on takes, not on both at once"
        )
    return all(kinds.values())
