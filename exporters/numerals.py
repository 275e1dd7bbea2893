"""Numbers as text, many at a time."""

from __future__ import annotations

from typing import Any

import numpy as np

from exporters.errors import FormatError


def texts(values: np.ndarray[Any, Any], form: str = "%.6g") -> list[str]:
    """Each number of a row in that form, by default with six significant digits; without negative zeros."""
    row = (np.asarray(values, dtype=np.float64) + 0.0).tolist()
    return (" ".join([form] * len(row)) % tuple(row)).split()


def numbers(words: list[str], what: str) -> np.ndarray[Any, Any]:
    """[words] float64. Raises FormatError when one is no finite number."""
    try:
        row = np.array(words, dtype=np.float64)
    except ValueError as error:
        raise FormatError(f"{what}: {str(error)[:80]}") from error
    if not np.isfinite(row).all():
        raise FormatError(f"{what}: NaN or infinite values")
    return row
