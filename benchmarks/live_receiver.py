"""Receives Live Link packets until an empty one; prints [[seconds, mean weight], …] as JSON.

A process of its own, started by bench_live.py, so that it does not hold up what is measured. The clock is
that of time.perf_counter, which all processes share. The port it chose is printed first.
"""

from __future__ import annotations

import json
import socket
import time

from livelink import unreal


def main() -> None:
    """Binds, says the port, receives, prints."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        print(receiver.getsockname()[1], flush=True)
        came = []
        while datagram := receiver.recv(4096):
            came.append((time.perf_counter(), datagram))
    print(json.dumps([[when, float(unreal.decode(datagram).values.mean())] for when, datagram in came]))


if __name__ == "__main__":
    main()
