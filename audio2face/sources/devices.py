"""Microphones and loudspeakers: what there is, and which one is meant. Only here is PyAudio imported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from audio2face.errors import MissingExtraError, SoundError
from audio2face.models.quiet import quiet_stderr


@dataclass(frozen=True)
class Device:
    """A sound device.

    number    what PortAudio counts it as; may change when devices come and go
    name      as the system names it
    host      the system's sound interface, such as ALSA or WASAPI
    inputs    channels that can be recorded
    outputs   channels that can be played
    rate      its own samples per second
    default_input, default_output   whether the system uses it when nothing else is asked for
    """

    number: int
    name: str
    host: str
    inputs: int
    outputs: int
    rate: int
    default_input: bool = False
    default_output: bool = False


def open_portaudio() -> Any:
    """A fresh PyAudio object, which knows the devices of this moment. Raises MissingExtraError."""
    try:
        import pyaudio  # noqa: PLC0415 - an optional part
    except ImportError as cause:
        raise MissingExtraError("a microphone or loudspeaker", "mic") from cause
    with quiet_stderr():  # ALSA tells of every device that is not there
        return pyaudio.PyAudio()


def list_devices(audio: Any) -> list[Device]:
    """Every device, in the system's order."""
    standard_input = _standard(audio.get_default_input_device_info)
    standard_output = _standard(audio.get_default_output_device_info)
    infos = [audio.get_device_info_by_index(index) for index in range(audio.get_device_count())]
    return [
        Device(
            int(info["index"]),
            _text(info["name"]),
            _text(audio.get_host_api_info_by_index(info["hostApi"])["name"]),
            int(info["maxInputChannels"]),
            int(info["maxOutputChannels"]),
            round(info["defaultSampleRate"]),
            info["index"] == standard_input,
            info["index"] == standard_output,
        )
        for info in infos
    ]


def find_microphone(wanted: str | None, devices: Sequence[Device]) -> Device:
    """The input meant by a number, a name or a part of a name; the system's own when None.

    Raises SoundError when there is none or there are several of that name.
    """
    inputs = [device for device in devices if device.inputs]
    if not inputs:
        raise SoundError(
            "no microphone found; plug one in, or allow the terminal to use it; see: audio2face devices"
        )
    if wanted is None:
        return next((device for device in inputs if device.default_input), inputs[0])
    exact = [device for device in inputs if wanted in (str(device.number), device.name)]
    found = exact or [device for device in inputs if wanted.casefold() in device.name.casefold()]
    if not found:
        raise SoundError(f"no microphone is called {wanted!r}; there are {_listed(inputs)}")
    # The same device appears once for each sound interface of the system; the first is its preferred one.
    if len({device.name for device in found}) > 1:
        raise SoundError(f"{wanted!r} means several microphones: {_listed(found)}; give more of the name")
    return found[0]


def input_names(devices: Sequence[Device]) -> tuple[str, ...]:
    """The microphones, each name once: a device appears once for each sound interface of the system."""
    return tuple(dict.fromkeys(device.name for device in devices if device.inputs))


def _standard(ask: Any) -> int | None:
    try:
        return int(ask()["index"])
    except OSError:
        return None


def _text(name: Any) -> str:
    """PyAudio hands out bytes where it cannot decode a name."""
    return name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name)


def _listed(devices: Sequence[Device]) -> str:
    return ", ".join(f"{device.number} {device.name}" for device in devices)


def shut(stream: Any, audio: Any) -> None:
    """Closes a PyAudio stream, whose device may be gone already, and gives the library back."""
    with quiet_stderr():
        try:
            stream.close()
        except OSError:
            pass  # the device is gone already
        finally:
            audio.terminate()
