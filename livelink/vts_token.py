"""VTube Studio's tokens between sessions: a small file that only its owner may read."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from livelink.errors import LinkPartError

_LARGEST = 65536


def default_file() -> Path:
    """In the user's folder for settings. Raises LinkPartError when the extra that knows it is missing."""
    try:
        from platformdirs import user_config_path  # noqa: PLC0415
    except ImportError as error:
        raise LinkPartError("keeping VTube Studio's permission") from error
    return user_config_path("audio2face", appauthor=False) / "vtube_studio.json"


def read_token(file: Path, place: str) -> str | None:
    """The token for `host:port`, or None when there is none that can be read."""
    token = _tokens(file).get(place)
    return token if isinstance(token, str) else None


def write_token(file: Path, place: str, token: str | None) -> None:
    """Keeps or, with None, forgets a token: beside, for the owner only, then renamed. Raises OSError."""
    tokens = {**_tokens(file), place: token}
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # mkstemp makes a file that only its owner may read and write; renaming keeps that.
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=file.name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump({key: value for key, value in tokens.items() if value is not None}, stream)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _tokens(file: Path) -> dict[str, object]:
    try:
        with file.open(encoding="utf-8") as stream:
            content = json.loads(stream.read(_LARGEST))
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}
