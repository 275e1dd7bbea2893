"""Rigs from files: glTF, GLB and VRM, folders of OBJ or PLY meshes, lists of names."""

from rigs.loading.files import load_file, with_pictures

__all__ = ["load_file", "with_pictures"]
