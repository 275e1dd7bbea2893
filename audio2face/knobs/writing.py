"""Settings → a file with a comment for each knob."""

from __future__ import annotations

import re
from collections.abc import Iterator

from audio2face.knobs.settings import FaceSettings
from audio2face.knobs.table import CHANNEL, CHANNEL_KNOBS, KNOBS, TABLES

_HEAD = """\
# How a face moves. Name this file with --settings; what is left out is neutral, and a neutral face is
# that of the model to the bit. The same words do for --set KEY=VALUE: --set strength.upper=1.2
"""
_EXAMPLE = """
# Any channel, last of all and obeyed whatever becomes of closed lips:
# weight * gain + bias, never less than min nor more than max.
# [channel.jawOpen]
# gain = 1.1
# bias = 0.02
# min = 0.0
# max = 0.8
"""


def settings_text(settings: FaceSettings | None = None) -> str:
    """The TOML of settings, all knobs in it; of neutral ones without any."""
    chosen = settings or FaceSettings()
    tables = [_table(name, about, chosen) for name, about in TABLES.items()]
    return "\n".join([_HEAD, *tables]) + "\n".join([_EXAMPLE, *_channels(chosen)])


def _table(name: str, about: str, settings: FaceSettings) -> str:
    rows = [f"[{name}]  # {about}"]
    for key, knob in KNOBS.items():
        if key.startswith(f"{name}."):
            said = f"{key.partition('.')[2]} = {_number(settings[key])}"
            rows.append(f"{said:16}# {knob.low:g} to {knob.high:g}: {knob.about}")
    return "\n".join(rows) + "\n"


def _channels(settings: FaceSettings) -> Iterator[str]:
    for name in settings.channels:
        quoted = name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else '"' + name.replace('"', '\\"') + '"'
        said = [knob for knob in CHANNEL_KNOBS if f"{CHANNEL}.{name}.{knob}" in settings.values]
        rows = [f"{knob} = {_number(settings.of_channel(name, knob))}" for knob in said]
        yield "\n".join([f"[{CHANNEL}.{quoted}]", *rows, ""])


def _number(value: float) -> str:
    """Shortest text that reads back as the same number."""
    return repr(float(value))
