"""What the tests of files share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from exporters import FormatError, read_clip

Refusal = Callable[..., None]


@pytest.fixture
def refused() -> Refusal:
    """`refused(file, content, message)`: reading that content ends with one line that names the file."""

    def check(file: Path, content: bytes, message: str = "") -> None:
        file.write_bytes(content)
        with pytest.raises(FormatError, match=message or None) as caught:
            read_clip(file)
        assert str(caught.value).startswith(f"cannot read {file}: ")
        assert "\n" not in str(caught.value)
        assert len(str(caught.value)) < len(str(file)) + 400

    return check
