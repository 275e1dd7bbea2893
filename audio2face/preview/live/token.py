"""The secret part of the page's address, kept so that a page finds the program again after a restart."""

from __future__ import annotations

import re
import secrets
from pathlib import Path

from livelink.errors import LinkError, LinkPartError
from livelink.vts_token import read_token, write_token

BYTES = 24
"""Of chance: too many to guess."""
_OURS = re.compile(r"[A-Za-z0-9_-]{32}")


def default_file() -> Path:
    """In the user's folder for settings. Raises LinkPartError when the extra that knows it is missing."""
    try:
        from platformdirs import user_config_path  # noqa: PLC0415 - an optional part
    except ImportError as error:
        raise LinkPartError("preview://") from error
    return user_config_path("audio2face", appauthor=False) / "preview.json"


def kept_token(file: Path, place: str) -> str:
    """The token of `host:port`: that of the last time, or a new one, which only the owner of `file` can read.

    Raises LinkError when it cannot be kept.
    """
    token = read_token(file, place)
    if token is not None and _OURS.fullmatch(token):
        return token
    token = secrets.token_urlsafe(BYTES)
    try:
        write_token(file, place, token)
    except OSError as error:
        why = error.strerror or error
        raise LinkError(
            f"cannot keep the page's secret in {file}: {why}; make its folder writable"
        ) from error
    return token
