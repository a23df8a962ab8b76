"""Names with brackets, as PHP nests them: `contacts[0][email]=…` becomes a tree; no I/O.

A form nests in yet another way: a value may be JSON.
"""

from collections.abc import Iterable
from typing import Any, Final, TypeAlias

from signalbook.doors.digitaleo.errors import FormNotRead
from signalbook.web.bodies import JsonMalformed, json_of

Tree: TypeAlias = dict[str, Any]

MAX_DEPTH: Final = 12
MAX_PAIRS: Final = 250_000


def tree_of(pairs: Iterable[tuple[str, str]]) -> Tree:
    """Nest values by their names; the last of equal names counts. Raises FormNotRead.

    `a[]` is the next number of `a`. Where a name is both a value and a branch, the later one wins.
    """
    tree: Tree = {}
    for name, value in pairs:
        path = _path(name)
        if len(path) > MAX_DEPTH:
            raise FormNotRead(reason=f"{name[:64]} is nested deeper than {MAX_DEPTH} levels")
        here = tree
        for step in path[:-1]:
            here = _branch(here, step or str(len(here)))
        here[path[-1] or str(len(here))] = value
    return tree


def json_in(name: str, text: str) -> Any:  # noqa: ANN401  # any JSON value
    """Read a parameter that holds JSON; raises FormNotRead, which names the parameter."""
    try:
        return json_of(text.encode())
    except JsonMalformed as fault:
        raise FormNotRead(f"{name} is not JSON: {fault.facts['reason']}.") from fault


def _branch(tree: Tree, name: str) -> Tree:
    below = tree.get(name)
    if not isinstance(below, dict):
        below = tree[name] = Tree()
    return below  # pyright: ignore[reportUnknownVariableType]  # values are what was sent


def _path(name: str) -> list[str]:
    """Split a name; one whose brackets are not closed is taken as it is."""
    first, opened, rest = name.partition("[")
    if not opened or not first or not rest.endswith("]"):
        return [name]
    return [first, *rest[:-1].split("][")]
