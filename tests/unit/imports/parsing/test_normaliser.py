from datetime import date, datetime

import pytest

from signalbook.contacts.words import search_words
from signalbook.imports.errors import MappingInvalid
from signalbook.imports.model import KnownField
from signalbook.imports.parsing.normaliser import Normaliser
from tests.unit.imports.parsing.rows import came_of, fed, one, plan_of, refused

PEOPLE = ["email", "mobile", "first_name", "last_name", "city", "plan", "tags"]
ADA = ["Ada@Example.com", "+447911123456", "Ada", "Lovelace", "London", "pro", "vip|red shoes"]


def test_a_row_is_staged_as_it_is_stored():
    row = one(PEOPLE, ADA)

    assert row["account_id"] == "7"
    assert len(row["contact_id"]) == 32
    assert row["key"] == "e:ada@example.com"
    assert (row["email"], row["email_key"]) == ("Ada@example.com", "ada@example.com")
    assert row["mobile"] == "+447911123456"
    assert row["fields"] == {
        "first_name": "Ada",
        "last_name": "Lovelace",
        "city": "London",
        "plan": "pro",
    }
    assert (row["name_key"], row["last_key"]) == ("ada lovelace", "lovelace ada")
    assert row["tags"] == [0, 1]
    words = search_words(7, row["email_key"], row["external_id"], row["fields"])
    assert row["words"].split() == [f"'{word}'" for word in words.split()]
    assert row["optouts"] is row["lists"] is row["metadata"] is row["cleared"] is None


def test_the_strongest_identifier_names_the_row():
    header = ["external_id", "email", "mobile"]

    keys = [
        one(header, row)["key"]
        for row in (
            ["c1", "a@b.co", "+447911123456"],
            ["", "a@b.co", ""],
            ["", "", "+447911123456"],
        )
    ]

    assert keys == ["x:c1", "e:a@b.co", "m:+447911123456"]


def test_a_row_that_names_nobody_is_refused_and_a_blank_one_is_none():
    came = came_of(["email", "city"], [["", "Paris"], ["", ""], [" ", "\u00a0"], ["a@b.co", ""]])

    assert [(row["row_no"], row["code"]) for row in came.rejects] == [(2, "identifier_missing")]
    assert [row["row_no"] for row in came.rows] == [5]


def test_a_refused_row_keeps_its_cells_and_every_reason():
    reject = refused(["email", "mobile", "city"], ["nobody", "12", "a\tb\\c"],
                     ["email", "mobile", "field:city"], country="FR")  # fmt: skip

    assert (reject["field"], reject["value"], reject["code"]) == (
        "email",
        "nobody",
        "email_invalid",
    )
    assert '"nobody" is not an e-mail' in reject["reason"]
    assert "no number of FR" in reject["reason"]
    assert reject["cells"] == '{"nobody","12","a\tb\\\\c"}'


def test_a_longer_row_is_refused_and_a_shorter_one_is_filled_up():
    came = came_of(
        ["email", "city"], [["a@b.co"], ["c@d.co", "Paris", ""], ["e@f.co", "Rome", "x"]]
    )

    assert [row["fields"] for row in came.rows] == [{}, {"city": "Paris"}]
    assert came.rejects[0]["reason"] == "The row has 3 cells, the header 2"


@pytest.mark.parametrize(
    ("cell", "email", "notes"),
    [
        (" ada@example.com ", "ada@example.com", {}),
        ("mailto:ada@example.com", "ada@example.com", {"email_unwrapped": 1}),
        ("Ada <ada@example.com>", "ada@example.com", {"email_unwrapped": 1}),
        ("ada＠example.com", "ada@example.com", {"characters_mended": 1}),
        ("\u200bada@example.com\u00a0", "ada@example.com", {"characters_mended": 1}),
        ("'+ada@example.com", "+ada@example.com", {}),
        ("o'hara@example.com", "o'hara@example.com", {}),
    ],
)
def test_an_address_is_unwrapped_where_that_is_plain(cell, email, notes):
    came = came_of(["email"], [[cell]], ["email"])

    assert [row["email"] for row in came.rows] == [email]
    assert came.parcel.notes == notes


def test_two_addresses_in_a_cell_are_refused():
    assert refused(["email"], ["a@b.co; c@d.co"], ["email"])["code"] == "email_several"


def test_a_number_of_a_sheet_is_a_phone_again():
    row = one(["mobile"], [447911123456.0], ["mobile"], kind="xlsx", country="GB")

    assert row["mobile"] == "+447911123456"


def test_what_an_export_neutralised_comes_back_once():
    header, targets = ["email", "a", "b", "c"], ["email", "field:a", "field:b", "field:c"]
    row = one(header, ["a@b.co", "'=1+1", "''=x", "'quoted"], targets)

    assert row["fields"] == {"a": "=1+1", "b": "'=x", "c": "'quoted"}


PROTECTED = ["external_id", "email", "mobile", "zipcode", "note"]
PROTECTED_AS = ["external_id", "email", "mobile", "field:zipcode", "field:note"]


def test_an_apostrophe_that_protected_a_number_is_taken_off_and_counted():
    row = ["'01234", "a@b.co", "'07911 123456", "'SW1A 1AA", "'90210-1234"]
    came = came_of(PROTECTED, [row], PROTECTED_AS, country="GB")

    [staged] = came.rows
    assert (staged["external_id"], staged["mobile"]) == ("01234", "+447911123456")
    assert staged["fields"] == {"zipcode": "SW1A 1AA", "note": "90210-1234"}
    assert came.parcel.notes == {"apostrophe_removed": 4, "mobile_from_national": 1}


@pytest.mark.parametrize("text", ["'68", "'90s music", "'tis", "'n' roll", "'", "'1'"])
def test_an_apostrophe_that_is_part_of_a_text_stays(text):
    came = came_of(["email", "note"], [["a@b.co", text]], ["email", "field:note"])

    assert came.rows[0]["fields"] == {"note": text}
    assert came.parcel.notes == {}


def test_a_formula_that_is_a_text_is_read_as_the_text_and_counted():
    row = ['="01234"', '="a@b.co"', '="+44 20 7183 8750"', '="01234"', '="say ""hi"""']
    came = came_of(PROTECTED, [row], PROTECTED_AS, country="GB")

    [staged] = came.rows
    assert (staged["external_id"], staged["email"]) == ("01234", "a@b.co")
    assert staged["mobile"] == "+442071838750"
    assert staged["fields"] == {"zipcode": "01234", "note": 'say "hi"'}
    assert came.parcel.notes == {"formula_read": 5, "mobile_reformatted": 1}


@pytest.mark.parametrize("zero", ["0000-00-00", "0000-00-00 00:00:00", "0/0/00", "00.00.0000"])
def test_a_date_of_zeros_is_none_and_no_opt_out(zero):
    header = ["email", "birth date", "unsubscribe date", "since"]
    rows = [
        ["a@b.co", zero, zero, "2020-01-02"],
        ["b@b.co", "1990-10-31", "2021-01-01 10:00:00", zero],
    ]
    came = came_of(header, rows)

    assert [row["fields"] for row in came.rows] == [
        {"since": "2020-01-02"}, {"birth_date": "1990-10-31"},
    ]  # fmt: skip
    assert [row["optouts"] for row in came.rows] == [None, "all:user"]
    assert came.parcel.widened == []


def test_a_list_as_python_writes_it_is_taken_apart():
    rows = [["a@b.co", "['vip', 'red shoes']"], ["b@b.co", '["vip"]'], ["c@b.co", "[vip]"]]
    came = came_of(["email", "tags"], rows)

    assert came.parcel.tags == ["vip", "red shoes", "[vip]"]


def test_the_suppression_list_of_ses_says_why():
    rows = [["a@b.co", "BOUNCE", "2026-01-02"], ["b@b.co", "COMPLAINT", "2026-01-02"]]
    came = came_of(["EmailAddress", "Reason", "LastUpdateTime"], rows)

    assert [row["optouts"] for row in came.rows] == ["email:hardbounced", "email:spam"]
    assert [row["fields"] for row in came.rows] == [{}, {}]


def test_tags_and_lists_that_were_formulas_are_counted_too():
    rows = [["a@b.co", '="vip"', '="News"'], ["b@b.co", "vip", "News"], ["c@b.co", '=""', ""]]
    came = came_of(["email", "tags", "list"], rows, ["email", "tags", "list"])

    assert [row["tags"] for row in came.rows] == [[0], [0], []]
    assert came.parcel.tags == ["vip"]
    assert [row["lists"] for row in came.rows] == ['{"News"}', '{"News"}', None]
    assert came.parcel.notes == {"formula_read": 2}


@pytest.mark.parametrize("text", ["=1+1", '="a"&"b"', "=A1", '="a'])
def test_any_other_formula_is_text_and_never_worked_out(text):
    row = one(["email", "note"], ["a@b.co", text], ["email", "field:note"])

    assert row["fields"] == {"note": text}


@pytest.mark.parametrize("text", ["'01234", '="01234"'])
def test_our_own_exports_and_json_are_taken_at_their_word(text):
    own = one(["id", "email", "created_at", "sms_optout", "note"], ["", "a@b.co", "", "", text])
    json = one(["email", "note"], ["a@b.co", text], ["email", "field:note"], kind="json")

    assert own["fields"] == json["fields"] == {"note": text}


def test_json_is_taken_as_it_is():
    row = one(
        ["email", "a", "b"], ["a@b.co", "'=1+1", {"deep": [1, None]}],
        ["email", "field:a", "field:b"], kind="json",
    )  # fmt: skip

    assert row["fields"] == {"a": "'=1+1", "b": {"deep": [1, None]}}


def test_a_type_that_is_set_is_held_to():
    known = [KnownField("points", "Points", (), "number", is_set=True)]
    came = came_of(["email", "points"], [["a@b.co", "1.234,5"], ["c@d.co", "many"]], fields=known)

    assert came.rows[0]["fields"] == {"points": 1234.5}
    assert came.rejects[0]["field"] == "fields.points"
    assert "expects a number" in came.rejects[0]["reason"]


def test_a_type_that_was_inferred_gives_way():
    known = [KnownField("points", "Points", (), "number", is_set=False)]
    came = came_of(
        ["email", "points"], [["a@b.co", "12"], ["c@d.co", "many"], ["e@f.co", "007"]], fields=known
    )

    assert [row["fields"]["points"] for row in came.rows] == [12, "many", "007"]
    assert came.parcel.widened == ["points"]


def test_a_new_field_is_told_when_it_has_its_first_value():
    plan = plan_of(["email", "Shoe size", "Never"], [["a@b.co", "42", ""]])
    came = fed(plan, [["a@b.co", "42", ""]])

    assert came.parcel.fields == {"shoe_size": "number"}
    assert came.rows[0]["fields"] == {"shoe_size": 42}


def test_cells_of_sheets_keep_their_types():
    born, seen = datetime.fromisoformat("1990-10-31"), datetime.fromisoformat("2024-01-02T03:04:00")
    header = ["email", "born", "seen", "age", "zip"]
    targets = ["email", "field:birth_date", "field:seen", "field:age", "field:zipcode"]
    row = [
        "a@b.co", born, seen, 34.0, 75001.0,
    ]  # fmt: skip
    types = {"field:seen": "datetime", "field:age": "number"}
    staged = one(header, row, targets, kind="xlsx", types=types)

    assert staged["fields"] == {
        "birth_date": "1990-10-31", "seen": "2024-01-02T03:04:00", "age": 34, "zipcode": "75001",
    }  # fmt: skip
    assert one(header[:2], ["a@b.co", 33177], targets[:2], kind="xlsx")["fields"] == {
        "birth_date": "1990-10-31"
    }
    assert one(header[:2], ["a@b.co", date(1990, 1, 2)], targets[:2], kind="ods")["fields"] == {
        "birth_date": "1990-01-02"
    }


def test_an_ambiguous_date_asks_for_its_order():
    reject = refused(
        ["email", "birth_date"], ["a@b.co", "01/02/1990"], ["email", "field:birth_date"]
    )

    assert reject["code"] == "date_ambiguous"
    assert "choose their order" in reject["reason"]


def test_the_layout_of_ses_goes_in_as_it_is():
    header = ["emailAddress", "unsubscribeAll", "attributesData"]
    came = came_of(
        header,
        [
            ["john.doe@example.com", "false", '{"Name": "John", "Company": "ACM Inc"}'],
            ["jane.smith@example.com", "true", '{"Name": "Jane", "Company": null}'],
            ["bad@example.com", "true", "{nope"],
        ],
    )

    assert [row["fields"] for row in came.rows] == [
        {"full_name": "John", "company": "ACM Inc"},
        {"full_name": "Jane"},
    ]
    assert [row["optouts"] for row in came.rows] == [None, "all:user"]
    assert came.parcel.fields == {"full_name": "text", "company": "text"}
    assert (came.rejects[0]["field"], came.rejects[0]["code"]) == ("attributes", "json_invalid")


def test_names_in_attributes_are_found_and_sorted_by():
    row = one(["email", "x"], ["a@b.co", '{"first_name": "Ada"}'], ["email", "attributes"])

    assert row["fields"] == {"first_name": "Ada"}
    assert row["name_key"] == "ada"
    assert "'7:ada'" in row["words"]


def test_each_channel_has_its_opt_outs():
    header = ["email", "a", "b", "c"]
    targets = ["email", "status:email", "status:sms", "optout:voice"]
    rows = [
        ["a@b.co", "yes", "UNSUBSCRIBED", "no"],
        ["c@d.co", "no", "SUBSCRIBED", "true"],
        ["e@f.co", "bounced", "", ""],
    ]
    came = came_of(header, rows, targets)

    assert [row["optouts"] for row in came.rows] == [
        "sms:user", "email:user voice:user", "email:hardbounced",
    ]  # fmt: skip


def test_blank_cells_clear_only_where_that_was_asked():
    header, row = ["email", "city", "plan"], ["a@b.co", "", "pro"]
    targets = ["email", "field:city", "field:plan"]

    assert one(header, row, targets)["cleared"] is None
    assert one(header, row, targets, blank="clear")["cleared"] == '{"city"}'


def test_a_deletion_looks_at_identifiers_only():
    row = one(
        ["email", "birth_date", "tags"], ["a@b.co", "never", "x,y"],
        ["email", "field:birth_date", "tags"], action="delete", tags=("all",),
    )  # fmt: skip

    assert (row["fields"], row["tags"]) == ({}, [])


def test_tags_are_numbered_as_they_come_and_those_of_all_rows_come_first():
    came = came_of(
        ["email", "tags"],
        [["a@b.co", "red, blue"], ["nobody", "ghost"], ["c@d.co", "blue,green,blue,"]],
        tags=("spring",),
    )

    assert came.parcel.tags == ["spring", "red", "blue", "green"]
    assert [row["tags"] for row in came.rows] == [[0, 1, 2], [0, 2, 3]]


@pytest.mark.parametrize(
    ("cell", "code"),
    [("x" * 129, "tag_invalid"), (",".join(map(str, range(501))), "too_many_tags")],
)
def test_a_tag_nobody_may_have_refuses_the_row(cell, code):
    assert refused(["email", "tags"], ["a@b.co", cell], ["email", "tags"])["code"] == code


def test_a_column_that_is_not_really_tags_ends_the_reading():
    rows = [[f"a{n}@b.co", f"tag {n}"] for n in range(5_001)]
    came = came_of(["email", "tags"], rows, ["email", "tags"])

    assert "Is this column really tags?" in came.parcel.failure


def test_lists_and_metadata_have_columns():
    row = one(
        ["email", "l", "m"], ["a@b.co", 'News, "Offers"', '{"a": {"b": 1}}'],
        ["email", "list", "metadata"],
    )  # fmt: skip

    assert row["lists"] == '{"News","Offers"}'
    assert row["metadata"] == {"a": {"b": 1}}


@pytest.mark.parametrize(
    ("target", "cell", "code"),
    [
        ("field:note", "a\x00b", "nul"),
        ("field:note", "x" * 70_000, "contact_too_large"),
        ("attributes", '{"a":' * 9 + "1" + "}" * 9, "too_deep"),
        ("attributes", '{"email": "x"}', "field_name_reserved"),
        ("metadata", "[1]", "json_invalid"),
        ("external_id", "a\x07b", "external_id_invalid"),
    ],
)
def test_what_no_contact_may_hold_refuses_the_row(target, cell, code):
    header, targets = ["mobile", "x"], ["mobile", target]

    assert refused(header, ["+447911123456", cell], targets)["code"] == code


def test_a_restart_goes_on_where_it_was():
    header, rows = ["email", "tags"], [["a@b.co", "red"], ["", ""], ["no", ""], ["c@d.co", "blue"]]
    plan = plan_of(header, rows, ["email", "tags"], skip=2, numbered=("red",))
    came = fed(plan, rows)

    assert [(row["row_no"], row["tags"]) for row in came.rows] == [(5, [1])]
    assert came.parcel.tags == ["blue"]


def test_a_parcel_holds_what_came_since_the_last():
    normaliser = Normaliser(plan_of(["email"], targets=["email"]))

    normaliser.feed([2], [["a@b.co"]])
    first, _, _ = normaliser.take()
    normaliser.feed([3, 4], [["c@d.co"], ["no"]])
    second, rows, _ = normaliser.take(finished=True)

    assert (first.rows, first.finished) == (1, False)
    assert (second.rows, second.rejected, second.finished) == (1, 1, True)
    assert b"a@b.co" not in rows


@pytest.mark.parametrize(
    ("targets", "options"), [(["email", "email"], {}), (["email", "mobile"], {"country": "ZZ"})]
)
def test_a_plan_that_contradicts_itself_is_refused(targets, options):
    with pytest.raises(MappingInvalid):
        Normaliser(plan_of(["a", "b"], targets=targets, **options))


def test_our_own_export_goes_back_in_exactly():
    header = ["id", "email", "first_name", "tags", "status", "email_optout", "created_at"]
    row = one(header, ["x", "a@b.co", " Ada ", "'=vip,'a'", "unsubscribed", "contact", "2026"])

    assert row["fields"] == {"first_name": " Ada "}
    assert row["optouts"] == "email:contact"
    assert row["tags"] == [0, 1]


def test_a_name_of_many_words_is_found_by_as_many_as_a_contact_is():
    name = " ".join(f"word{n}" for n in range(40))
    row = one(["email", "full_name"], ["a@b.co", name])

    assert len(row["words"].split()) == 24
