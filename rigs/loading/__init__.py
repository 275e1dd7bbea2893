"""Rigs from files: glTF, GLB and VRM, folders of OBJ or PLY meshes, lists of names."""

from rigs.loading.files import load_file

__all__ = ["load_file"]
