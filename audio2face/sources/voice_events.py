"""Messages of a voice stream over a WebSocket: what each one says, apart from sockets."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

from audio2face.errors import SoundError

DELTAS = ("response.audio.delta", "response.output_audio.delta")
ENDS = ("response.audio.done", "response.output_audio.done", "response.done")
INTERRUPTIONS = ("input_audio_buffer.speech_started", "output_audio_buffer.cleared")


@dataclass(frozen=True)
class VoiceEvent:
    """What a message says to the face.

    sound        bytes of mono 16-bit little-endian samples
    turn_over    the speaker has finished: rest after what was sent
    interrupted  the speaker was interrupted: rest now
    """

    sound: bytes = b""
    turn_over: bool = False
    interrupted: bool = False


def read_message(message: str | bytes) -> VoiceEvent:
    """A binary message is sound; a text message is a JSON event of the realtime-voice form.

    Events of other types say nothing to the face. Raises SoundError for text that is no such event.
    """
    if isinstance(message, bytes):
        return VoiceEvent(sound=message)
    event = _event(message)
    kind = event.get("type")
    if kind in DELTAS:
        return VoiceEvent(sound=_decoded(event.get("delta")))
    cancelled = kind == "response.done" and _status(event) == "cancelled"
    return VoiceEvent(turn_over=kind in ENDS, interrupted=cancelled or kind in INTERRUPTIONS)


def _event(message: str) -> dict[str, Any]:
    try:
        event = json.loads(message)
    except (ValueError, RecursionError):
        event = None
    if not isinstance(event, dict):
        raise SoundError(f"a text message is no JSON event: {message[:40]!r}")
    return event


def _decoded(delta: Any) -> bytes:
    try:
        return base64.b64decode(delta, validate=True)
    except (TypeError, ValueError, binascii.Error):
        raise SoundError(f"the delta of a sound event is no base64: {str(delta)[:40]!r}") from None


def _status(event: dict[str, Any]) -> Any:
    response = event.get("response")
    return response.get("status") if isinstance(response, dict) else None
