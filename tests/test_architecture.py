"""Imports go one way: rigs at the bottom, audio2face on top."""

import ast
from pathlib import Path

ALLOWED = {
    "rigs": {"rigs"},
    "exporters": {"exporters", "rigs"},
    "livelink": {"livelink", "rigs"},
    "audio2face": {"audio2face", "exporters", "livelink", "rigs"},
}
ROOT = Path(__file__).parents[1]


def imported(file: Path) -> set[str]:
    """The top-level packages that a module imports."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return {name.split(".")[0] for name in found}


def test_imports_go_one_way() -> None:
    for package, allowed in ALLOWED.items():
        files = list((ROOT / package).rglob("*.py"))
        assert files, f"{package} has no modules"
        for file in files:
            foreign = (imported(file) & ALLOWED.keys()) - allowed
            assert not foreign, f"{file.relative_to(ROOT)} imports {foreign}"
