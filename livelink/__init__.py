"""Frames → an engine, now: the seam that every protocol is reached through."""

from livelink.sink import WeightSink

__all__ = ["WeightSink"]
