"""Frames → an engine, now: wire formats, sinks for them, and a listener."""

from livelink.destination import Destination, open_destination
from livelink.errors import DestinationError, LinkError, LinkPartError, PacketError, RefusedError
from livelink.fan import Fan, LaneStatus
from livelink.receive import Arrival, Listener
from livelink.sink import Session, WeightSink
from livelink.watch import Summary

__all__ = [
    "Arrival",
    "Destination",
    "DestinationError",
    "Fan",
    "LaneStatus",
    "LinkError",
    "LinkPartError",
    "Listener",
    "PacketError",
    "RefusedError",
    "Session",
    "Summary",
    "WeightSink",
    "open_destination",
]
