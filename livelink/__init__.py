"""Frames → an engine, now: wire formats, sinks for them, and a listener."""

from livelink.destination import Destination, open_destination
from livelink.destination import parse as parse_destination
from livelink.errors import DestinationError, LinkError, LinkPartError, PacketError, RefusedError
from livelink.fan import Fan, LaneStatus
from livelink.inbox import Arrival, Inbox
from livelink.receive import Listener, open_listener
from livelink.sink import Session, WeightSink
from livelink.udp import UdpSink
from livelink.vts_ask import ask_studio
from livelink.watch import Summary

__all__ = [
    "Arrival",
    "Destination",
    "DestinationError",
    "Fan",
    "Inbox",
    "LaneStatus",
    "LinkError",
    "LinkPartError",
    "Listener",
    "PacketError",
    "RefusedError",
    "Session",
    "Summary",
    "UdpSink",
    "WeightSink",
    "ask_studio",
    "open_destination",
    "open_listener",
    "parse_destination",
]
