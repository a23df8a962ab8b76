"""SQL has one home a feature, and every statement runs the same on one machine and on many."""

import ast
import re
from pathlib import Path

from tests.architecture.tree import SRC, STATEMENT, File, Function, complaint, files, texts

# Files that may hold SQL though no feature's queries.py.
HOMES = {
    "kit/migrate.py": "it creates what the statements are about",
    "kit/postgres.py": "it starts the server",
    "contacts/paging.py": "the order of a list and its filter are put together here",
    "segments/compile.py": "the filter language becomes a predicate here",
}

# Queries that see every account, a whole file or one function of it, and why they may.
ACROSS_ACCOUNTS = {
    "events/partition_queries.py": "a month holds the events of every account",
    "kit/job_queries.py": "the queue is one for all accounts",
    "accounts/queries.py": "it is about the accounts themselves",
    "accounts/people_queries.py": "a person may belong to several accounts",
    "accounts/session_queries.py": "who signs in is a person, before any account is chosen",
    "accounts/key_queries.py::known": "the key is what says which account it is",
    "accounts/key_queries.py::known_client": "the secret is what says which account it is",
    "accounts/key_queries.py::known_signer": "the key is what says which account it is",
    "accounts/invitation_queries.py::find_open": "the link is what says which account it is",
    "connector/queries.py::by_id": "the address of a notice says which account it is",
    "connector/queries.py::due": "it says for which accounts there is something to do",
    "connector/storing_queries.py::accounts": "each process knows whose contacts SES stores",
    "contacts/staging/queries.py::grow_memory": "it is about the session",
    "contacts/count_queries.py::grow_memory": "it is about the session",
    "doctor/queries.py::without_timeout": "it is about the session",
    "doctor/queries.py::settings": "the server's settings belong to no account",
    "doctor/queries.py::time": "it is about the clock",
    "web/health_queries.py": "migrations belong to the database and not to an account",
}

# What a sharded database refuses or answers differently, and what to write instead.
UNPORTABLE = {
    r"\bnow\(\)|\bCURRENT_TIMESTAMP\b|\bclock_timestamp\(": "pass the time as a parameter",
    r"\bgen_random_uuid\(|\buuidv7\(|\brandom\(": "make it in Python and pass it",
    r"^\s*MERGE\b": "use INSERT … ON CONFLICT",
    r"\bOFFSET\b": "page by keyset",
    r"SELECT\s+\*|RETURNING\s+\*": "list the columns",
}


def is_home(file: File) -> bool:
    name = file.path.name
    return (
        name.endswith("queries.py")
        or name == "filters.py"
        or any(file.name.endswith(home) for home in HOMES)
    )


def sql_functions(file: File) -> list[Function]:
    return [
        function
        for function in file.functions()
        if any(STATEMENT.match(str(text.value)) for text in texts(function))
    ]


def arguments(function: Function) -> set[str]:
    return {
        a.arg for a in [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    }


def test_sql_lives_in_queries():
    broken = [
        f"{file.name}:{statement.lineno}: move the statement to {Path(file.name).parent}/queries.py"
        for file in files()
        if not is_home(file)
        for statement in file.statements()
    ]
    assert not broken, complaint(broken)


def test_one_query_is_one_statement():
    broken = [
        f"{file.name}:{function.lineno}: {function.name} holds {len(found)} statements;"
        " make it one function each"
        for file in files("**/*queries.py")
        for function in sql_functions(file)
        if len(found := [t for t in texts(function) if STATEMENT.match(str(t.value))]) > 1
    ]
    assert not broken, complaint(broken)


def across_accounts() -> list[tuple[File, Function]]:
    """The functions whose statement does not name one account."""
    return [
        (file, function)
        for file in files("**/*queries.py")
        for function in sql_functions(file)
        if "account_id" not in arguments(function)
        and not any("%(account_id)s" in str(text.value) for text in texts(function))
    ]


def names_of(file: File, function: Function) -> set[str]:
    path = str(file.path.relative_to(SRC))
    return {path, f"{path}::{function.name}"}


def test_every_query_is_scoped_to_an_account():
    broken = [
        f"{file.name}:{function.lineno}: {function.name} reads across accounts; name account_id,"
        " or give the reason in ACROSS_ACCOUNTS"
        for file, function in across_accounts()
        if not names_of(file, function) & set(ACROSS_ACCOUNTS)
    ]
    assert not broken, complaint(broken)


def test_no_exception_outlives_its_query():
    known = set().union(*(names_of(file, function) for file, function in across_accounts()))
    assert set(ACROSS_ACCOUNTS) <= known, set(ACROSS_ACCOUNTS) - known


def test_statements_run_the_same_on_one_machine_and_on_many():
    broken = [
        f"{file.name}:{statement.lineno}: {found.group(0).strip()}: {instead}"
        for file in files()
        if file.path.parent.name != "kit"
        for statement in file.statements()
        for pattern, instead in UNPORTABLE.items()
        if (found := re.search(pattern, str(statement.value)))
    ]
    assert not broken, complaint(broken)


def test_a_statement_is_text_and_never_put_together_by_formatting():
    broken = [
        f"{file.name}:{node.lineno}: compose it with psycopg.sql, or pass a parameter"
        for file in files()
        for node in ast.walk(file.tree)
        if isinstance(node, ast.JoinedStr)
        and node.values
        and isinstance(first := node.values[0], ast.Constant)
        and STATEMENT.match(str(first.value))
    ]
    assert not broken, complaint(broken)
