"""`audio2face devices`: the microphones and loudspeakers."""

from __future__ import annotations

from dataclasses import asdict

from audio2face.commands.talk import command, say, show_json, show_table
from audio2face.sources.devices import Device, list_devices, open_portaudio


@command("List the microphones and loudspeakers. The number or a part of the name is what --mic takes.")
def devices(as_json: bool) -> None:
    audio = open_portaudio()
    try:
        found = list_devices(audio)
    finally:
        audio.terminate()
    if as_json:
        show_json([asdict(device) for device in found])
    elif found:
        show_table([("number", "in", "out", "Hz", "host", "name"), *map(_row, found)])
    else:
        say("no sound devices; plug one in, or allow the terminal to use them")


def _row(device: Device) -> tuple[str, ...]:
    defaults = [
        text
        for text, yes in (("microphone", device.default_input), ("loudspeaker", device.default_output))
        if yes
    ]
    note = f" (the default {' and '.join(defaults)})" if defaults else ""
    counts = (str(device.number), str(device.inputs), str(device.outputs), str(device.rate))
    return (*counts, device.host, device.name + note)
