"""Every page of the documentation can be reached from its index."""

import pytest

from tests.architecture.tree import ROOT

DOCS = ROOT / "docs"
PAGES = [
    page
    for folder in ("start", "howto", "explain", "reference")
    for page in sorted((DOCS / folder).glob("*.md"))
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_index_names_every_page(page):
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    assert f"({page.relative_to(DOCS)})" in index, f"name it in docs/README.md: {page.name}"
