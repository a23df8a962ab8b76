"""The reference says what the code says."""

import pytest

from scripts import reference


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return reference.pages()


@pytest.mark.parametrize(
    "name",
    [
        "settings.md",
        "commands.md",
        "endpoints.md",
        "errors.md",
        "events.md",
        "digitaleo.md",
        "aws-ses.md",
    ],
)
def test_the_page_is_what_the_code_says(pages, name):
    path = reference.FOLDER / name
    assert path.exists(), f"{name} is missing: run `make docs`"
    assert path.read_text(encoding="utf-8") == pages[name], f"{name} is stale: run `make docs`"


def test_no_page_outlives_its_source(pages):
    assert {path.name for path in reference.FOLDER.glob("*.md")} == set(pages)


def test_every_endpoint_says_what_it_does(pages):
    rows = [line for line in pages["endpoints.md"].splitlines() if line.startswith("| `")]
    silent = [row for row in rows if not row.split(" | ")[2].strip()]
    assert not silent, silent
