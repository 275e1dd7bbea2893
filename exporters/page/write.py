"""A page in one file: markup, style, code and data put together."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exporters.beside import beside
from exporters.errors import FormatError
from exporters.page.contents import Mood, PageSound, Strip
from exporters.page.pack import pack_clip, pack_mesh, pack_strip
from exporters.picture.render import drawable
from rigs import AnimationClip, Rig

_FOLDER = Path(__file__).parent
_FACE = ("data.js", "matrix.js", "camera.js", "shaders.js", "head.js", "stage.js", "curves.js")
_MODULES = (*_FACE, "clock.js", "strip.js", "main.js")
_LIVE_MODULES = (*_FACE, "link.js", "knobs.js", "envelope.js", "trail.js", "live.js")
_DIGEST = "{{DIGEST}}"
_IMPORT = re.compile(r"^import [^;]*;\n", re.MULTILINE)
_EXPORT = re.compile(r"^export ", re.MULTILINE)


def write_page(
    clip: AnimationClip,
    file: Path,
    rig: Rig,
    sound: PageSound | None = None,
    strip: Strip | None = None,
    moods: Sequence[Mood] = (),
    title: str = "audio2face",
    command: str = "",
) -> Path:
    """Writes the page and returns its path.

    clip     what moves; its channels are the rig's, and those without a shape only have a curve
    rig      what is shown; a rig without origin is the default head, the only one that head motion turns
    sound    what is heard, or None
    strip    the picture of the sound, or None
    moods    the same words under emotions, for a slider
    command  the command line that made the page, to be copied from it

    Raises FormatError when the rig has no mesh, no channel of the clip moves it, a mood does not fit the
    clip, or the file cannot be written.
    """
    mesh = drawable(rig)
    if not set(clip.names) & set(mesh.targets):
        raise FormatError(
            f"no channel of the clip moves the mesh: it has {', '.join(clip.names[:3])} … and the mesh "
            f"{', '.join(list(mesh.targets)[:3])} …; name the clip's rig with --rig"
        )
    for mood in moods:
        if (mood.clip.names, mood.clip.frames) != (clip.names, clip.frames):
            raise FormatError(f"{mood.name} does not have the channels and frames of the clip it goes with")
    data = {
        "title": title,
        "command": command,
        "mesh": pack_mesh(mesh, own=rig.origin is not None),
        "clip": pack_clip(clip, moods),
        "sound": None if sound is None else _sound(sound),
        "strip": None if strip is None else pack_strip(strip),
    }
    with beside(file) as temporary:
        temporary.write_text(page_text(data, title), "utf-8", newline="\n")
    return file


@dataclass(frozen=True)
class LivePage:
    """A page for a server that sends it frames.

    text    its HTML
    digest  of the text, and in it, so that a page can tell whether it is still the one that is served
    """

    text: str
    digest: str


def live_page(rig: Rig, title: str) -> LivePage:
    """The page that shows frames as they come, in the channels of the rig.

    As in `write_page`, a rig without origin is the default head. Raises FormatError when the rig has no mesh.
    """
    data = {"title": title, "mesh": pack_mesh(drawable(rig), own=rig.origin is not None)}
    text = _assembled("live.html", ("style.css", "live.css"), _LIVE_MODULES, data, title)
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    return LivePage(text.replace(_DIGEST, digest, 1), digest)


def page_text(data: dict[str, Any], title: str) -> str:
    """The page as text; `data` is what `data.js` reads."""
    return _assembled("page.html", ("style.css",), _MODULES, data, title)


def _assembled(
    page: str, styles: Sequence[str], modules: Sequence[str], data: dict[str, Any], title: str
) -> str:
    # No "<" in the data, so that none of it can end the element it is in.
    told = json.dumps(data, ensure_ascii=True, separators=(",", ":")).replace("<", "\\u003c")
    pieces = {
        "TITLE": html.escape(title),
        "STYLE": "\n".join(map(_source, styles)),
        "STAGE": _source("stage.html").rstrip(),
        "DATA": told,
        "CODE": "\n".join(_bare(_source(name)) for name in modules),
        "DIGEST": _DIGEST,
    }
    return re.sub(r"\{\{([A-Z]+)\}\}", lambda found: pieces[found[1]], _source(page))


def _bare(module: str) -> str:
    """A module's code without its imports and exports, as all modules share one scope in the page."""
    return _EXPORT.sub("", _IMPORT.sub("", module))


def _source(name: str) -> str:
    return (_FOLDER / name).read_text("utf-8")


def _sound(sound: PageSound) -> dict[str, str]:
    return {"kind": sound.kind, "data": base64.b64encode(sound.data).decode("ascii")}
