"""The source as the house rules see it: files, functions, statements."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SRC = ROOT / "src" / "signalbook"

STATEMENT = re.compile(
    r"^\s*(SELECT\s|INSERT\s+INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|WITH\s+\w+\s+AS\s|COPY\s+\w+"
    r"|CREATE\s+(TABLE|INDEX|UNIQUE|TEMP)|ALTER\s+TABLE|DROP\s+TABLE|TRUNCATE\s|LOCK\s+TABLE)"
)

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class File:
    path: Path

    @property
    def name(self) -> str:
        return str(self.path.relative_to(ROOT))

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @property
    def lines(self) -> int:
        return self.text.count("\n")

    @property
    def tree(self) -> ast.Module:
        return parsed(self.path)

    def functions(self) -> list[Function]:
        return [node for node in ast.walk(self.tree) if isinstance(node, Function)]

    def classes(self) -> list[ast.ClassDef]:
        return [node for node in ast.walk(self.tree) if isinstance(node, ast.ClassDef)]

    def statements(self) -> list[ast.Constant]:
        """The string literals of this file that are SQL."""
        return [text for text in texts(self.tree) if STATEMENT.match(str(text.value))]


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def files(pattern: str = "**/*.py") -> list[File]:
    return [File(path) for path in sorted(SRC.glob(pattern))]


def texts(node: ast.AST) -> Iterator[ast.Constant]:
    """Every string literal below `node`, docstrings left out."""
    docs = {id(doc) for holder in ast.walk(node) if (doc := docstring_node(holder))}
    for child in ast.walk(node):
        if (
            isinstance(child, ast.Constant)
            and isinstance(child.value, str)
            and id(child) not in docs
        ):
            yield child


def docstring_node(node: ast.AST) -> ast.Constant | None:
    body = getattr(node, "body", None)
    if not isinstance(body, list) or not body or not isinstance(body[0], ast.Expr):
        return None
    value = body[0].value
    return value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None


def code_lines(function: Function) -> int:
    """Count the lines to read: without the docstring and the text of the statement."""
    total = (function.end_lineno or function.lineno) - function.lineno + 1
    quoted = [doc] if (doc := docstring_node(function)) else []
    quoted += [text for text in texts(function) if STATEMENT.match(str(text.value))]
    return total - sum((text.end_lineno or text.lineno) - text.lineno for text in quoted)


def complaint(broken: list[str]) -> str:
    return "\n" + "\n".join(broken)
