"""Decisions are complete, numbered without gaps, and listed."""

import re
import tomllib

import pytest

from tests.architecture.tree import ROOT

FOLDER = ROOT / "docs" / "decisions"
PAGES = sorted(FOLDER.glob("[0-9]*.md"))
PARTS = ["Context", "Decision", "Consequences", "Alternatives", "Enforced by"]


def test_the_numbers_have_no_gap():
    assert [int(page.name[:4]) for page in PAGES] == list(range(1, len(PAGES) + 1))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_decision_has_its_five_parts_and_is_in_the_index(page):
    text = page.read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == PARTS
    assert text.startswith(f"# {page.name[:4]} ")
    assert f"({page.name})" in (FOLDER / "README.md").read_text(encoding="utf-8")


def test_every_runtime_dependency_has_its_line():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {re.split(r"[\[>;]", line)[0].strip() for line in project["dependencies"]}
    table = next(FOLDER.glob("*-runtime-dependencies.md")).read_text(encoding="utf-8")
    cells = re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE)
    listed = {name.strip() for cell in cells for name in re.sub(r"\(.*\)", "", cell).split(",")}
    assert wanted == listed - {"package"}
