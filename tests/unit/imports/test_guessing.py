import pytest
from hypothesis import given
from hypothesis import strategies as st

from signalbook.fields.model import MAX_NAME, RESERVED
from signalbook.imports import guessing, mapping_form
from signalbook.imports.model import ColumnMap, KnownField, Source

POINTS = KnownField("points", "Loyalty points", ("Bonuspunkte",), "number", is_set=True)


def targets(header, *samples, fields=(), lists=()):
    source = Source(kind="csv", columns=header, samples=[list(column) for column in samples])
    return [one.target for one in guessing.guess(source, fields, lists)]


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ("E-mail", "email"),
        ("Courriel", "email"),
        ("Correo electrónico", "email"),
        ("E-Mail-Adresse", "email"),
        ("Téléphone portable", "mobile"),
        ("Handynummer", "mobile"),
        ("Móvil", "mobile"),
        ("Telemóvel", "mobile"),
        ("Mobile No.", "mobile"),
        ("Customer ID", "external_id"),
        ("Kundennummer", "external_id"),
        ("Vorname", "field:first_name"),
        ("Prénom", "field:first_name"),
        ("Apellidos", "field:last_name"),
        ("Sobrenome", "field:last_name"),
        ("PLZ", "field:zipcode"),
        ("Code postal", "field:zipcode"),
        ("Ort", "field:city"),
        ("Ville", "field:city"),
        ("Straße", "field:address1"),
        ("Date of Birth", "field:birth_date"),
        ("Date de désinscription", "optout"),
        ("Abgemeldet am", "optout"),
        ("Geburtsdatum", "field:birth_date"),
        ("País", "field:country"),
        ("Étiquettes", "tags"),
        ("Statut", "status"),
        ("Désabonné", "optout"),
        ("Company", "field:company"),
        ("first_name", "field:first_name"),
        ("FIRST NAME", "field:first_name"),
        ("Bonuspunkte", "field:points"),
        ("loyalty-points", "field:points"),
        ("Points", "field:points"),
        ("Shoe Size", "field:shoe_size"),
    ],
)
def test_a_header_says_what_its_column_is(header, target):
    assert targets([header], fields=[POINTS]) == [target]


def test_name_is_a_surname_where_a_first_name_stands_beside_it():
    assert targets(["Vorname", "Name"]) == ["field:first_name", "field:last_name"]
    assert targets(["Prénom", "Nom"]) == ["field:first_name", "field:last_name"]
    assert targets(["Name", "Email"]) == ["field:full_name", "email"]


def test_two_columns_never_become_the_same():
    header = ["Email", "Work email", "City", "Ville", "Mobile", "Cell"]

    found = targets(header)

    assert found[0] == "email"
    assert found[1].startswith("field:")
    assert len(set(found)) == len(found)


def test_cells_speak_where_the_header_says_nothing():
    emails, phones = ["a@b.co", "c@d.co"], ["+447911123456", "+33612345678"]

    assert targets(["Column 1", "Column 2"], emails, phones) == ["email", "mobile"]


def test_cells_speak_against_a_header():
    assert targets(["email"], ["yes", "no"]) == ["field:email_"]
    assert targets(["status"], ["gold", "silver"]) == ["field:status"]
    assert targets(["birthday"], ["10/31", "12/24"]) == ["field:birthday"]
    assert targets(["phone"], ["+447911123456"]) == ["mobile"]
    assert targets(["phone"], ["020 7183 8750"]) == ["field:phone"]
    assert targets(["mobile"], ["yes", "no"]) == ["field:mobile_"]


def test_a_column_of_names_of_lists_joins_them():
    assert targets(["Group"], ["Newsletter", "newsletter"], lists=["Newsletter"]) == ["list"]


@pytest.mark.parametrize(
    ("samples", "type"),
    [
        (["1", "2.5"], "number"),
        (["1,5", "2,25"], "number"),
        (["007", "012"], "text"),
        (["12345678901234567890"], "text"),
        (["yes", "no"], "boolean"),
        (["true", "false"], "boolean"),
        (["0", "1"], "number"),
        (["2024-01-31"], "date"),
        (["31/12/2024", "01/02/2024"], "date"),
        (["01/02/2024", "03/04/2024"], "text"),
        (["2024-01-31T10:00:00Z"], "datetime"),
        (['["a"]'], "list"),
        (['{"a": 1}'], "object"),
        (["Paris"], "text"),
        ([], "text"),
    ],
)
def test_a_new_field_has_the_type_of_its_cells(samples, type):
    source = Source(kind="csv", columns=["Whatever"], samples=[samples])

    [column] = guessing.guess(source, ())

    assert (column.target, column.type) == ("field:whatever", type)
    assert column.confidence < 1


def test_a_code_is_no_number_to_count_with():
    source = Source(kind="csv", columns=["Branch code"], samples=[["12", "13"]])

    assert guessing.guess(source, ())[0].type == "text"


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Loyalty points", "loyalty_points"),
        ("LoyaltyPoints", "loyalty_points"),
        ("  Größe (cm) ", "grosse_cm"),
        ("id", "id_"),
        ("%%%", "column"),
        ("x" * 90, "x" * 64),
    ],
)
def test_a_field_is_named_after_its_header(header, name):
    assert guessing.field_name(header) == name


@given(st.text(max_size=100), st.lists(st.text(max_size=5)))
def test_a_field_name_is_always_one_that_may_be_used(header, taken):
    name = guessing.field_name(header, taken)

    assert 0 < len(name) <= MAX_NAME
    assert name not in RESERVED
    assert name not in taken


@given(st.lists(st.text(max_size=20), max_size=8), st.data())
def test_a_guess_is_always_a_mapping_that_can_be_used(header, data):
    cells = st.lists(st.text(max_size=12), max_size=4)
    source = Source(kind="csv", columns=header, samples=[data.draw(cells) for _ in header])

    columns = guessing.guess(source, [POINTS])

    assert [one.column for one in columns] == list(range(len(header)))
    assert guessing.problem(source, columns) is None


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ([ColumnMap(column=5, target="email")], "no column 6"),
        ([ColumnMap(column=0, target="mail")], 'cannot become "mail"'),
        ([ColumnMap(column=0, target="field:id")], "belongs to the contact itself"),
        ([ColumnMap(column=0, target="field:")], "1 to 64 characters"),
        ([ColumnMap(column=0, target="field:x", type="int")], "no type of a field"),
        ([ColumnMap(column=0, target="email"), ColumnMap(column=1, target="email")], "both become"),
        ([ColumnMap(column=0, target="email"), ColumnMap(column=0, target="tags")], "twice"),
    ],
)
def test_a_mapping_that_cannot_be_is_told_in_a_sentence(columns, said):
    assert said in guessing.problem(Source(kind="csv", columns=["a", "b"]), columns)


def test_a_secret_of_another_system_is_left_out_unless_it_is_a_field_here():
    header = ["email", "encrypted_password", "Password hint"]
    own = KnownField("encrypted_password", "Encrypted password", (), "text", is_set=True)

    assert targets(header) == ["email", "ignore", "field:password_hint"]
    assert targets(header, fields=[own])[1] == "field:encrypted_password"


@pytest.mark.parametrize(
    ("number", "asks"),
    [("+33612345678", False), ("+33 6 12 34 56 78", True), ("06 12 34 56 78", True)],
)
def test_numbers_that_need_a_country_say_so_before_they_are_refused(number, asks):
    source = Source(kind="csv", columns=["email", "mobile"], samples=[["a@b.co"], [number]])

    columns = guessing.guess(source, ())

    assert columns[1].target == "mobile"
    assert ("choose" in columns[1].reason) is asks
    assert [row.needs_country for row in mapping_form.rows(source, columns, ())] == [False, asks]
