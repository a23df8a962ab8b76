"""Inside a feature: faces call actions, actions call queries; `key_actions` is an actions file too.

Between features the import contracts in pyproject.toml decide. They know files by their exact
names; these rules know them by the last word of the name, for features that are split by noun.
"""

import ast

import pytest

from tests.architecture.tree import SRC, File, complaint, files

RANKS = {
    "model": 0, "errors": 1, "queries": 2, "actions": 3, "schemas": 4,
    "api": 5, "pages": 5, "jobs": 5, "cli": 5,
}  # fmt: skip


def rank(module: str) -> int | None:
    return RANKS.get(module.rpartition("_")[2])


def neighbours(file: File) -> list[tuple[int, str]]:
    """The modules of its own feature that a file imports, each with the line."""
    feature = ".".join(file.path.relative_to(SRC.parent).parent.parts)
    found: list[tuple[int, str]] = []
    for node in ast.walk(file.tree):
        if isinstance(node, ast.ImportFrom) and node.module == feature:
            found += [(node.lineno, name.name) for name in node.names]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{feature}."):
            found.append((node.lineno, str(node.module).rpartition(".")[2]))
    return found


def test_nothing_in_a_feature_imports_what_calls_it():
    broken = [
        f"{file.name}:{line}: {file.path.stem} imports {module}; move what it needs down to"
        f" {'model.py' if own == 0 else 'where both may see it'}"
        for file in files("*/**/*.py")
        if (own := rank(file.path.stem)) is not None
        for line, module in neighbours(file)
        if (other := rank(module)) is not None and other > own
    ]
    assert not broken, complaint(broken)


@pytest.mark.parametrize(
    ("module", "expected"), [("key_actions", 3), ("queries", 2), ("list_api", 5), ("filters", None)]
)
def test_a_file_is_known_by_the_last_word_of_its_name(module, expected):
    assert rank(module) == expected
