"""Makes the add-on that Blender installs: python scripts/build_blender_addon.py -o FOLDER

One archive, FOLDER/audio2face_live-VERSION.zip, from livelink/blender and the licence. It is the same to the
byte wherever and whenever it is made. Blender 4.2 and later install it, as an extension or in the older way.
"""

from __future__ import annotations

import argparse
import io
import re
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "livelink" / "blender"
NAME = "audio2face_live"
TIME = (1980, 1, 1, 0, 0, 0)
"""What every file in the archive is dated, the earliest that the format knows."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("-o", "--output", type=Path, required=True, help="folder for the archive")
    print(build(parser.parse_args().output))


def build(folder: Path) -> Path:
    """Writes the archive into a folder, which is made if need be; its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{NAME}-{version()}.zip"
    path.write_bytes(archive())
    return path


def version() -> str:
    """The version in the manifest."""
    text = (SOURCE / "blender_manifest.toml").read_text(encoding="utf-8")
    found = re.search(r'^version = "([^"]+)"$', text, re.MULTILINE)
    if found is None:
        raise SystemExit(f"build_blender_addon: {SOURCE / 'blender_manifest.toml'} names no version")
    return found[1]


def archive() -> bytes:
    """The archive: everything in one folder, in order, uncompressed, with the same dates and rights."""
    files = {path.name: path for path in sorted(SOURCE.iterdir()) if path.suffix in (".py", ".toml")}
    files["LICENSE"] = ROOT / "LICENSE"
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_STORED) as zipped:
        for name, path in sorted(files.items()):
            entry = zipfile.ZipInfo(f"{NAME}/{name}", TIME)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            # Line ends as in the repository, though Git on Windows may have checked them out otherwise.
            zipped.writestr(entry, path.read_bytes().replace(b"\r\n", b"\n"))
    return memory.getvalue()


if __name__ == "__main__":
    main()
