"""The pages on hosts name destinations that can be opened, and the ports they say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from livelink import open_destination, parse_destination

FILES_ONLY = ("maya.md",)
PAGES = sorted(
    page
    for page in (Path(__file__).parents[2] / "docs" / "hosts").glob("*.md")
    if page.name not in FILES_ONLY
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_destination_can_be_opened(page: Path) -> None:
    found = re.findall(r"--to \"?([a-z]+://[^\s\"`]+)", page.read_text(encoding="utf-8"))
    assert found
    for uri in found:
        open_destination(uri)


def test_the_table_has_the_ports_of_its_commands() -> None:
    (table,) = (page.read_text(encoding="utf-8") for page in PAGES if page.name == "README.md")
    rows = re.findall(r"^\|.*--to \"?([a-z]+://[^\s\"`]+).*\| (\d+),", table, re.MULTILINE)
    assert len(rows) >= 6
    for uri, port in rows:
        assert parse_destination(uri).port == int(port)
