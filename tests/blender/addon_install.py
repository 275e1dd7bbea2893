"""Installs the archive as an extension and in the older way; disables and enables it while it listens."""

from __future__ import annotations

import addon
import bpy


def listen() -> int:
    addon.start()
    return int(addon.settings().port)


def enabled() -> list[str]:
    return [entry.module for entry in bpy.context.preferences.addons if "audio2face" in entry.module]


addon.install()
as_extension = enabled()
port = listen()
taken = not addon.is_free(port)
bpy.ops.preferences.addon_disable(module=addon.MODULE)
freed = addon.is_free(port)
left = hasattr(bpy.types.Scene, "audio2face_live") or hasattr(bpy.types, "AUDIO2FACE_PT_live")
bpy.ops.preferences.addon_enable(module=addon.MODULE)
again = not addon.is_free(listen())
timer = bpy.app.timers.is_registered(addon.part("running")._tick)
bpy.ops.preferences.addon_disable(module=addon.MODULE)
bpy.ops.extensions.package_uninstall(repo_index=1, pkg_id="audio2face_live")
gone = not (addon.FOLDER / "user" / "extensions" / "user_default" / "audio2face_live").exists()

bpy.ops.preferences.addon_install(filepath=str(addon.ARCHIVE))
bpy.ops.preferences.addon_enable(module="audio2face_live")
legacy = enabled()
port = listen()
legacy_listens = not addon.is_free(port)
bpy.ops.preferences.addon_disable(module="audio2face_live")

addon.answer(
    as_extension=as_extension,
    taken=taken,
    freed=freed,
    left=left,
    again=again,
    timer=timer,
    gone=gone,
    legacy=legacy,
    legacy_listens=legacy_listens,
    legacy_freed=addon.is_free(port),
    resources=bpy.utils.resource_path("USER"),
)
