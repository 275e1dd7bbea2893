"""FBX, binary 7.4, written and read without Autodesk's SDK."""

from exporters.fbx.read import read_fbx
from exporters.fbx.write import write_fbx, write_fbx_animation

__all__ = ["read_fbx", "write_fbx", "write_fbx_animation"]
