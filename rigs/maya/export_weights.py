"""Exports the weights of a blendShape node from Maya, with their sound, as a take to train on.

Run it in Maya 2022 or later: open it in the script editor (Python), set what stands below, press run. Or put
it where Maya finds scripts and call `import export_weights; export_weights.export(folder="D:/takes")`. It
needs the standard library and `maya.cmds` only. Into the folder go

    <take>_BS_value.npy   [frames, channels] float32, one row a frame
    <take>_BS_name.npy    [channels] the names
    <take>.wav            a copy of the sound of the timeline
    dataset.toml          an entry with rate, frame range and how far the sound is from the first frame

with which `audio2face dataset check FOLDER` and `audio2face train FOLDER` do the rest.

It has been run against a stand-in for `maya.cmds`, not inside Maya. Written for Python 3.7, Maya 2022's.
"""

import array
import re
import shutil
import struct
import sys
from pathlib import Path

FOLDER = ""  # where to; empty: "takes" in the project's folder
TAKE = ""  # the name of the take; empty: that of the scene
NODE = ""  # the blendShape node, or several with commas; empty: the one with most channels
START, END = None, None  # first and last frame; None: the playback range
CLASSIC = False  # leave the last frame out and write BS_name.npy and BS_value.npy alone, as older exports do
COPY_SOUND = True  # False: only refer to the sound where it lies
SPEAKER, EMOTION = "", ""  # who speaks, and in what mood, if you want to say

RATES = {"game": 15, "film": 24, "pal": 25, "ntsc": 30, "show": 48, "palf": 50, "ntscf": 60}
SOUNDS = (".wav", ".flac", ".ogg", ".mp3", ".aiff", ".aif")


def export(
    folder="",
    take="",
    node="",
    start=None,
    end=None,
    classic=False,
    copy_sound=True,
    speaker="",
    emotion="",
):
    """Exports one take; see the settings above. Returns the paths that were written.

    Raises RuntimeError, in one line, when there is no node, no frame, or an unknown rate.
    """
    from maya import cmds, mel  # noqa: PLC0415 - only Maya has it

    take = take or scene_name(cmds)
    folder = Path(folder or Path(cmds.workspace(query=True, rootDirectory=True) or ".") / "takes")
    first, last = frame_range(cmds, start, end)
    frames = range(first, last if classic else last + 1)
    if not frames:
        raise RuntimeError(f"frames {first} to {last} are none; set the playback range, or START and END")
    plugs = weight_plugs(cmds, node)
    rows = sample(cmds, [plug for _, plug in plugs], frames)
    folder.mkdir(parents=True, exist_ok=True)
    names = [name for name, _ in plugs]
    if classic:
        written = [folder / "BS_name.npy", folder / "BS_value.npy"]
        write_texts(written[0], names)
        write_numbers(written[1], rows, len(names))
        return written
    return _with_entry(cmds, mel, folder, take, names, rows, first, copy_sound, speaker, emotion)


def frame_rate(cmds):
    """Frames a second of the scene. Maya has names for the oldest rates, and `29.97fps` for the others."""
    unit = cmds.currentUnit(query=True, time=True)
    if unit in RATES:
        return RATES[unit]
    found = re.match(r"([0-9.]+)(?:df)?fps$", unit)
    if not found:
        raise RuntimeError(f"the scene counts time in {unit}; set frames a second in its preferences")
    rate = float(found.group(1))
    return int(rate) if rate == int(rate) else rate


def frame_range(cmds, start=None, end=None):
    """First and last frame, the playback range where they are not given."""
    if start is None:
        start = cmds.playbackOptions(query=True, minTime=True)
    if end is None:
        end = cmds.playbackOptions(query=True, maxTime=True)
    return round(start), round(end)


def weight_plugs(cmds, node=""):
    """[(name, plug)] of the weights of one node or several, in Maya's order.

    A name that two nodes share is written with its node before it.
    """
    nodes = [name.strip() for name in node.split(",") if name.strip()] or [largest_node(cmds)]
    found = []
    for one in nodes:
        for index in cmds.getAttr(one + ".weight", multiIndices=True) or []:
            plug = f"{one}.weight[{index}]"
            found.append((cmds.aliasAttr(plug, query=True) or f"weight{index}", one, plug))
    if not found:
        raise RuntimeError(f"{', '.join(nodes)} has no weights; name another blendShape node")
    names = [name for name, _, _ in found]
    return [(name if names.count(name) == 1 else one + "." + name, plug) for name, one, plug in found]


def largest_node(cmds):
    """The blendShape node with most weights."""
    nodes = cmds.ls(type="blendShape") or []
    if not nodes:
        raise RuntimeError("the scene has no blendShape node; open the character, or set NODE")
    return max(nodes, key=lambda one: len(cmds.getAttr(one + ".weight", multiIndices=True) or []))


def sample(cmds, plugs, frames):
    """[frames][plugs] numbers; the scene goes through the frames, as drivers want it, and back."""
    before = cmds.currentTime(query=True)
    rows = []
    try:
        for frame in frames:
            cmds.currentTime(frame)
            rows.append([float(cmds.getAttr(plug)) for plug in plugs])
    finally:
        cmds.currentTime(before)
    return rows


def timeline_sound(cmds, mel):
    """(path, frame at which it begins) of the sound that the timeline plays; None where there is none."""
    slider = mel.eval("$audio2face_slider = $gPlayBackSlider")
    node = cmds.timeControl(slider, query=True, sound=True) if slider else ""
    if not node:
        nodes = cmds.ls(type="audio") or []
        node = nodes[0] if len(nodes) == 1 else ""
    if not node:
        return None
    return cmds.getAttr(node + ".filename"), float(cmds.getAttr(node + ".offset"))


def scene_name(cmds):
    """The name of the scene's file without its suffix."""
    return Path(cmds.file(query=True, sceneName=True) or "").stem or "take"


def write_numbers(path, rows, columns):
    """Writes [rows, columns] as an .npy file of float32."""
    numbers = array.array("f", [value for row in rows for value in row])
    if sys.byteorder == "big":
        numbers.byteswap()
    _write_npy(path, "<f4", f"({len(rows)}, {columns})", numbers.tobytes())


def write_texts(path, texts):
    """Writes a row of texts as an .npy file, four bytes a letter."""
    longest = max(len(text) for text in texts)
    raw = b"".join(text.encode("utf-32-le").ljust(4 * longest, b"\0") for text in texts)
    _write_npy(path, f"<U{longest}", f"({len(texts)},)", raw)


def _write_npy(path, kind, shape, raw):
    """The format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html"""
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    with path.open("wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode("ascii"))
        file.write(raw)


def _with_entry(cmds, mel, folder, take, names, rows, first, copy_sound, speaker, emotion):
    values, own = folder / f"{take}_BS_value.npy", folder / f"{take}_BS_name.npy"
    write_numbers(values, rows, len(names))
    write_texts(own, names)
    written = [values, own]
    rate = frame_rate(cmds)
    entry = [
        ("name", take),
        ("motion", values.name),
        ("names", own.name),
        ("fps", rate),
    ]
    sound = timeline_sound(cmds, mel)
    if sound:
        path, begins = sound
        audio = _sound_beside(folder, take, path, copy_sound, written)
        entry += [("audio", audio), ("offset", round((begins - first) / float(rate), 6))]
    entry += [(key, value) for key, value in (("speaker", speaker), ("emotion", emotion)) if value]
    written.append(_write_entry(folder / "dataset.toml", take, entry, first, len(rows)))
    print(f"{take}: {len(rows)} frames of {len(names)} channels at {rate} frames a second")
    print(f"sound: {sound[0] if sound else f'none; put one on the timeline, or {take}.wav beside it'}")
    return written


def _sound_beside(folder, take, path, copy_sound, written):
    """What dataset.toml says of the sound: the name of its copy, or its whole path."""
    sound = Path(path)
    if not copy_sound or sound.suffix.lower() not in SOUNDS or not sound.is_file():
        return path.replace("\\", "/")
    copy = folder / (take + sound.suffix.lower())
    if copy.resolve() != sound.resolve():
        shutil.copyfile(path, str(copy))
    written.append(copy)
    return copy.name


def _write_entry(path, take, entry, first, count):
    """Adds the take to dataset.toml, in place of an entry of the same name."""
    text = ""
    if path.is_file():
        text = path.read_text(encoding="utf-8")
    parts = re.split(r"(?m)^(?=\[\[take\]\])", text)
    kept = [part for part in parts if f"name = {_quoted(take)}\n" not in part]
    lines = [f"[[take]]  # frames {first} to {first + count - 1} of the scene"]
    lines += [f"{key} = {_quoted(value) if isinstance(value, str) else value}" for key, value in entry]
    before = "".join(kept)
    if before and not before.endswith("\n"):
        before += "\n"
    path.write_text(before + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def _quoted(text):
    """A TOML string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


if __name__ == "__main__":
    export(FOLDER, TAKE, NODE, START, END, CLASSIC, COPY_SOUND, SPEAKER, EMOTION)
