"""A name says what a thing is; these words say only that somebody did not know."""

import re

import pytest

from tests.architecture.tree import SRC, complaint, files

BANNED = {
    "base", "common", "data", "handle", "helper", "helpers", "info", "manager", "process",
    "processor", "util", "utils",
}  # fmt: skip

# Names in which such a word is the thing itself.
MEANT = {"PasswordTooCommon"}


def words(name: str) -> set[str]:
    return {word.lower() for word in re.split(r"_|(?<=[a-z])(?=[A-Z])", name) if word}


def test_no_module_function_or_class_has_a_name_that_says_nothing():
    broken = [
        f"{file.name}: name what it does, not {', '.join(found)}"
        for file in files()
        if (found := words(file.path.stem) & BANNED)
    ]
    broken += [
        f"{file.name}:{node.lineno}: {node.name}: name what it does, not {', '.join(found)}"
        for file in files()
        for node in [*file.functions(), *file.classes()]
        if (found := words(node.name) & BANNED) and node.name not in MEANT
    ]
    assert not broken, complaint(broken)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("ImportManager", {"manager"}), ("handle_row", {"handle"}), ("database", set())],
)
def test_the_rule_sees_whole_words_only(name, expected):
    assert words(name) & BANNED == expected


def test_a_package_is_described_and_re_exports_nothing():
    broken = [
        f"{file.name}: leave one docstring and nothing else; import from the module that defines it"
        for file in files("**/__init__.py")
        if len(file.tree.body) != 1 and file.path.parent != SRC  # the version lives there
    ]
    assert not broken, complaint(broken)


def test_every_module_says_what_it_is():
    from ast import get_docstring

    broken = [
        f"{file.name}:1: begin with a docstring that says what this module is"
        for file in files()
        if not get_docstring(file.tree)
    ]
    assert not broken, complaint(broken)


def test_every_action_says_what_it_promises():
    from ast import get_docstring

    broken = [
        f"{file.name}:{function.lineno}: {function.name}: say in a sentence what it promises"
        for file in files("**/*actions.py")
        for function in file.functions()
        if function.col_offset == 0
        and not function.name.startswith("_")
        and not get_docstring(function)
    ]
    assert not broken, complaint(broken)
