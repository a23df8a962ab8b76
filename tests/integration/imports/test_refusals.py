"""What contacts refuse of a file names the identifier it is about, and says what to do."""

import pytest

from signalbook.imports.model import Outcome
from tests.integration.imports.files import Imports
from tests.integration.imports.test_flow import add
from tests.quiet import database, dsn, sweeper

__all__ = ["database", "dsn", "sweeper"]


@pytest.fixture
def imports(db, northwind, tmp_path) -> Imports:
    return Imports(db, northwind.id, tmp_path)


async def refusals(imports: Imports, text: str, **options):
    """Return field and value by row, as the dry run and the real run tell them alike."""
    import_id = await imports.upload(text)
    await imports.configure(import_id, **options)
    told = await imports.start(import_id, dry_run=True)
    shown = await imports.start(import_id)
    assert told.counts == shown.counts
    assert [(one.code, one.field, one.value) for one in told.reasons] == [
        (one.code, one.field, one.value) for one in shown.reasons
    ]
    return {
        row.row_no: row for row in await imports.rows(import_id) if row.outcome is Outcome.REJECTED
    }


async def test_a_conflict_names_the_identifier_that_belongs_to_another(db, northwind, imports):
    await add(db, northwind.id, email="ada@example.com", external_id="a1")
    ben = await add(db, northwind.id, email="ben@example.com", mobile="+33612345678")

    found = await refusals(
        imports,
        "external_id,email,mobile\na1,ben@example.com,\n,ada@example.com,+33612345678\n",
    )

    named = {number: (row.field, row.value) for number, row in found.items()}
    assert named == {2: ("email", "ben@example.com"), 3: ("mobile", "+33612345678")}
    assert f"belongs to another contact, {ben.id}" in found[3].reason


async def test_a_conflict_with_a_stronger_identifier_names_that_one(db, northwind, imports):
    ada = await add(db, northwind.id, email="ada@example.com", external_id="a1")
    await add(db, northwind.id, email="ben@example.com", mobile="+33612345678")

    found = await refusals(
        imports, "external_id,email,mobile\na2,ada@example.com,\n,new@example.com,+33612345678\n"
    )

    named = {number: (row.field, row.value) for number, row in found.items()}
    assert named == {2: ("external_id", "a2"), 3: ("email", "new@example.com")}
    assert f"{ada.id}, has another external_id: correct the row" in found[2].reason


@pytest.mark.parametrize(
    ("action", "code", "row"),
    [("create", "exists", 2), ("update", "missing", 3), ("delete", "missing", 3)],
)
async def test_who_is_there_or_missing_is_named(db, northwind, imports, action, code, row):
    await add(db, northwind.id, email="ada@example.com")

    found = await refusals(imports, "email\nada@example.com\nben@example.com\n", action=action)

    assert [(no, one.code, one.field) for no, one in found.items()] == [(row, code, "email")]
    assert found[row].value == ["ada@example.com", "ben@example.com"][row - 2]


async def test_two_who_swap_their_numbers_are_told_what_to_do(db, northwind, imports):
    await add(db, northwind.id, email="ada@example.com", mobile="+33612345678")
    await add(db, northwind.id, email="ben@example.com", mobile="+33698765432")

    found = await refusals(
        imports, "email,mobile\nada@example.com,+33698765432\nben@example.com,+33612345678\n"
    )

    assert [(row.code, row.field) for row in found.values()] == [("conflict", "mobile")] * 2
    for row in found.values():
        assert "where the mobile has changed hands, take it from the other contact" in row.reason


async def test_a_number_of_two_new_people_is_a_conflict_of_the_second(db, northwind, imports):
    found = await refusals(
        imports, "email,mobile\nada@example.com,+33612345678\nben@example.com,+33612345678\n"
    )

    assert {no: (row.code, row.field) for no, row in found.items()} == {3: ("conflict", "email")}
    assert "has another email" in found[3].reason
