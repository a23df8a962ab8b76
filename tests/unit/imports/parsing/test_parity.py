"""A row of a file is stored as the API would store it, or refused as the API would refuse it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from signalbook.contacts.checking import checked
from signalbook.contacts.errors import ContactInvalid
from signalbook.contacts.model import ContactChange, Source
from signalbook.contacts.registry import Registry
from signalbook.contacts.words import name_keys, search_words
from signalbook.fields.model import Field
from signalbook.imports.model import KnownField
from tests.unit.imports.parsing.rows import came_of

KNOWN = [
    KnownField("points", "Points", (), "number", is_set=True),
    KnownField("member", "Member", (), "boolean", is_set=True),
    KnownField("seen", "Seen", (), "datetime", is_set=True),
    KnownField("note", "Note", (), "text", is_set=True),
    KnownField("loose", "Loose", (), "text", is_set=False),
]
FIELDS = ["first_name", "last_name", "full_name", "birth_date", "longitude",
          "points", "member", "seen", "note", "loose"]  # fmt: skip
NAMES = ["email", "mobile", "external_id", *FIELDS]
TARGETS = ["email", "mobile", "external_id", *(f"field:{name}" for name in FIELDS)]

odd = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
emails = st.one_of(
    st.emails(),
    st.sampled_from(["ada@example.com", "Ada@EXAMPLE.com", "postmaster@a.co", "a@b", "é@é.fr", ""]),
    st.builds(lambda a, b: f"{a}@{b}.com", odd, odd),
)
mobiles = st.one_of(
    st.from_regex(r"\A\+[1-9][0-9]{6,14}\Z"), st.sampled_from(["", "+447911123456", "+33612345678"])
)
texts = st.one_of(
    odd, st.sampled_from(["1990-10-31", "85", "-3.5", "true", "2026-01-31T14:30:00Z", "Ünï cødé"])
)


@settings(max_examples=100)
@given(emails, mobiles, odd, st.lists(texts, min_size=len(FIELDS), max_size=len(FIELDS)))
def test_a_row_of_json_comes_to_what_the_api_stores(email, mobile, own, values):
    row = [email, mobile, own, *values]
    given_fields = {name: value for name, value in zip(FIELDS, values, strict=True) if value}
    change = ContactChange(
        source=Source("test"), email=email, mobile=mobile, external_id=own, fields=given_fields
    )
    registry = Registry({}, [Field(one.name, one.type, one.is_set) for one in KNOWN], room=100)
    try:
        stored = registry.fit(checked(change).fields)
    except ContactInvalid:
        stored = None

    came = came_of(NAMES, [row], TARGETS, kind="json", fields=KNOWN)

    if stored is None:  # a file is read with more patience than a request, and never with less
        assert came.rows or came.rejects or not any(map(str.strip, row))
    else:
        [staged] = came.rows
        assert staged["fields"] == stored
        assert (staged["email"] or "") == (change.email or "")
        assert (staged["mobile"] or "") == (change.mobile or "")
        assert (staged["external_id"] or "") == (change.external_id or "")
        assert (staged["name_key"], staged["last_key"]) == name_keys(stored)
        assert words_of(staged["words"]) == sorted(
            search_words(7, staged["email_key"], staged["external_id"], stored).split(" ")
        )


def words_of(lexemes: str) -> list[str]:
    """Read a tsvector as PostgreSQL does, for words without blanks."""
    found = [
        word[1:-1].replace("''", "'").replace("\\\\", "\\") for word in lexemes.split(" ") if word
    ]
    return sorted(dict.fromkeys(found)) or [""]
