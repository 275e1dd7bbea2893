"""What has arrived, from whom: the half of listening that all protocols share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from types import TracebackType
from typing import NamedTuple, TypeVar

from livelink.channels import printable
from livelink.errors import PacketError
from livelink.watch import Summary, Watch

MOST_SENDERS = 16
"""Senders that are told apart; those beyond are only counted."""

Self = TypeVar("Self", bound="Inbox")


class Arrival(NamedTuple):
    """What one message held.

    time     seconds of a clock that never goes back
    sender   `host:port`, with the subject or plug-in where the protocol has one
    values   {name: value} in the protocol's units, ARKit's spelling where it has ARKit's channels
    """

    time: float
    sender: str
    values: dict[str, float]


class Inbox(ABC):
    """Something that listens; use it in a `with` block.

    port            the port it listens at
    datagrams, bad  how many messages came, and how many of them could not be read
    last_error      why the last bad one could not, or None
    """

    port: int

    def __init__(self) -> None:
        self.datagrams = self.bad = 0
        self.last_error: str | None = None
        self._watches: dict[str, Watch] = {}

    @abstractmethod
    def poll(self, seconds: float) -> Arrival | None:
        """Waits at most that long for one message; None when none came, or it has no values to show."""

    @abstractmethod
    def close(self) -> None:
        """Frees the port."""

    def summaries(self) -> dict[str, Summary]:
        """The figures of each sender."""
        return {sender: watch.summary() for sender, watch in self._watches.items()}

    def _accept(self, time: float, sender: str, values: dict[str, float]) -> Arrival:
        """Takes in what a message held; names that could confuse a terminal are left out."""
        values = {name: value for name, value in values.items() if name.isprintable()}
        arrival = Arrival(time, printable(sender).strip(), values)
        if arrival.sender in self._watches or len(self._watches) < MOST_SENDERS:
            self._watches.setdefault(arrival.sender, Watch()).add(time, values)
        return arrival

    def _refuse(self, error: PacketError) -> None:
        """Takes note of a message that could not be read."""
        self.bad += 1
        self.last_error = str(error)

    def __enter__(self: Self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
