"""Asks whether VTube Studio is there, without wanting anything from it."""

from __future__ import annotations

from contextlib import suppress

from livelink import vts
from livelink.channels import printable
from livelink.errors import LinkError, LinkPartError

PATIENCE = 1.0
"""Seconds for connecting, and for the answer."""


def ask_studio(host: str, port: int = vts.PORT) -> str:
    """The version of the VTube Studio at `host:port`, perhaps "".

    Raises LinkError when there is none or plug-ins are not allowed, LinkPartError without the library.
    """
    try:
        import websocket  # noqa: PLC0415
    except ImportError as error:
        raise LinkPartError("vts://") from error
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    try:
        connected = websocket.create_connection(f"ws://{place}", timeout=PATIENCE, http_no_proxy=["*"])
    except (OSError, ValueError, websocket.WebSocketException) as error:
        raise LinkError(
            f"no VTube Studio at {place}: start it and allow plug-ins in its settings, if you use it"
        ) from error
    try:
        connected.send(vts.request("APIStateRequest", {}))
        reply = vts.raise_error(vts.decode(connected.recv()))
    except (OSError, ValueError, websocket.WebSocketException, LinkError) as error:
        raise LinkError(f"what listens at {place} does not answer as VTube Studio does") from error
    finally:
        with suppress(Exception):
            connected.close(timeout=0)
    if reply.data.get("active") is not True:
        raise LinkError(f"VTube Studio at {place} does not allow plug-ins: switch them on in its settings")
    return printable(str(reply.data.get("vTubeStudioVersion", ""))[:20])
