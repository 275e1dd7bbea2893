"""Raw 16-bit sound as it comes down a pipe or a socket."""

from __future__ import annotations

import numpy as np

from rigs.arrays import FloatArray


class Pcm16:
    """Bytes of little-endian 16-bit samples, cut anywhere → float32 with full scale at -1 and 1."""

    def __init__(self) -> None:
        self._half = b""

    def push(self, data: bytes) -> FloatArray:
        """[samples] what the bytes complete; half a sample waits for its other half."""
        data = self._half + data
        whole = len(data) // 2 * 2
        self._half = data[whole:]
        return np.frombuffer(data[:whole], "<i2").astype(np.float32) / np.float32(32_768)

    def forget(self) -> None:
        """Drops half a sample: what comes next begins anew."""
        self._half = b""
