"""What a stranger sees first is complete and stays short."""

import re
import tomllib

from tests.architecture.tree import ROOT


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def targets() -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9-]+):.*## (.+)$", text("Makefile"), re.MULTILINE))


def test_the_readme_begins_with_the_two_commands():
    commands = [line.split("#")[0].strip() for line in text("README.md").splitlines()[1:3]]
    assert commands == ["make serve", "make test"]


def test_every_make_target_that_a_page_names_exists_and_explains_itself():
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    named = {
        target
        for page in pages
        for target in re.findall(r"(?:^|`)make ([a-z][a-z-]*)", page.read_text(), re.MULTILINE)
    }
    assert named <= set(targets())


def test_the_makefile_stays_a_list():
    assert text("Makefile").count("\n") < 100
    assert {"serve", "demo", "setup", "test", "check", "fix", "bench", "kill-test"} <= set(
        targets()
    )


def test_contributing_fits_a_screen_or_two():
    assert text("CONTRIBUTING.md").count("\n") < 100


def test_the_changelog_has_a_place_for_the_next_line():
    assert "\n## Unreleased\n" in text("CHANGELOG.md")


def test_the_lock_files_pin_hashes_and_name_no_address():
    for name in ("runtime", "dev", "setup"):
        locked = text(f"requirements/{name}.txt")
        assert "://" not in locked
        assert locked.count("==") <= locked.count("--hash=sha256:")


def test_the_version_is_said_once_and_repeated_faithfully():
    from signalbook import __version__

    assert tomllib.loads(text("pyproject.toml"))["project"]["version"] == __version__
