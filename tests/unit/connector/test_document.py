"""A contact that was written for SES and read again is the one it was."""

import json
from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from signalbook.connector import document
from signalbook.connector.document import Dossier, Membership, Optout
from signalbook.connector.model import Remote, Topic

AT = datetime(2026, 1, 31, 14, 30, tzinfo=UTC)
ID = UUID("01912300-0000-7000-8000-000000000001")

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
keys = st.sampled_from(["Name", "company", "signalbook", "v", "", "é", 'a"b', "own"]) | texts
objects = st.dictionaries(keys, values, max_size=4)
times = st.datetimes(timezones=st.just(UTC))
optouts = st.builds(
    Optout,
    st.sampled_from(["email", "sms", "push", "topic:01912300-0000-7000-8000-000000000002"]),
    st.sampled_from(["", "+919876543210", "id:7"]),
    st.sampled_from(["contact", "user", "hardbounced", "spam"]),
    times,
    texts,
)


@st.composite
def attribute_texts(draw):
    """AttributesData as people write it: any spacing, escapes or not."""
    found = json.dumps(
        draw(objects),
        ensure_ascii=draw(st.booleans()),
        indent=draw(st.sampled_from([None, 0, 2])),
        separators=draw(st.sampled_from([None, (",", ":"), (" , ", " : ")])),
    )
    return draw(st.sampled_from(["", " ", "\n"])) + found + draw(st.sampled_from(["", " \n"]))


dossiers = st.builds(
    Dossier,
    id=st.uuids(),
    email=st.just("ada@example.com"),
    mobile=st.none() | st.just("+919876543210"),
    external_id=st.none() | texts,
    fields=st.dictionaries(keys, values.filter(lambda one: one is not None), max_size=4),
    metadata=objects,
    tags=st.lists(texts, max_size=3).map(tuple),
    lists=st.lists(st.builds(Membership, st.uuids(), texts, times, texts), max_size=2).map(tuple),
    optouts=st.lists(optouts, max_size=3).map(tuple),
    is_active=st.booleans(),
    unsubscribed_at=st.none() | times,
    created_at=times,
    source=texts,
    attributes=st.none() | attribute_texts(),
    was_sent=st.booleans(),
    topics=st.dictionaries(
        st.sampled_from(["Sports", "Cycling"]), st.sampled_from(["OPT_IN", "OPT_OUT"])
    ),
)


def taken_back(remote):
    return document.dossier_of(remote, document.read(remote.attributes))


@given(dossiers)
def test_a_contact_comes_back_as_it_was(one):
    written = document.wanted(one, None)

    assert json.loads(written.attributes or "")
    assert taken_back(written) == one
    assert not document.read(written.attributes).is_edited


@given(dossiers, dossiers)
def test_a_contact_written_over_another_leaves_nothing_of_it(one, former):
    before = document.wanted(former, None)

    written = document.wanted(one, Remote("ada@example.com", attributes=before.attributes))

    assert taken_back(written) == one


@given(dossiers, attribute_texts())
def test_the_keys_of_others_stay(one, theirs):
    written = document.written(one, theirs)

    assert taken_back(Remote("ada@example.com", topics=one.topics, attributes=written)) == one
    own = document.parsed(one.attributes or "{}")
    found = document.read(written)
    for key, value in json.loads(theirs).items():
        if key == "signalbook":
            assert found.other == value
        elif key not in own:
            assert found.foreign[key] == value
    assert document.written(one, written) == written


@given(dossiers, objects)
def test_who_writes_the_text_anew_and_adds_keys_takes_nothing_from_us(one, more):
    found = json.loads(document.written(one))
    own = document.parsed(one.attributes or "{}")
    more = {key: value for key, value in more.items() if key not in own and key != "signalbook"}

    anew = json.dumps({**more, **found}, indent=1)
    back = taken_back(Remote("ada@example.com", topics=one.topics, attributes=anew))

    assert document.read(anew).foreign == more
    assert document.fields_of(document.read(anew)) == one.fields
    assert back.metadata == one.metadata
    assert back.optouts == one.optouts


def test_the_example_of_the_documentation():
    one = Dossier(
        id=ID, email="ada@example.com", fields={"full_name": "Ada", "City": "Pune"},
        tags=("vip",), created_at=AT, attributes='{"Name": "Ada", "City": "Pune"}', was_sent=True,
    )  # fmt: skip

    text = document.written(one, '{"Shoe": 44}')

    assert text.startswith('{"Name": "Ada", "City": "Pune","Shoe":44,"signalbook":{"v":1,')
    assert document.read(text).attributes == '{"Name": "Ada", "City": "Pune"}'
    assert document.read(text).kept.fields == {"full_name": "Ada"}


def test_attributes_of_somebody_else_are_theirs_alone():
    found = document.read('{"Name": "Ada"}')

    assert found.kept is None
    assert found.whole == '{"Name": "Ada"}'
    assert found.foreign == {"Name": "Ada"}


def test_an_edit_by_others_shows():
    one = Dossier(id=ID, email="ada@example.com", created_at=AT, attributes='{"Name":"Ada"}')

    edited = document.read(document.written(one).replace('"Ada"', '"Eda"'))

    assert edited.is_edited
    assert edited.attributes == '{"Name":"Eda"}'


def test_who_left_a_topic_gets_its_default_and_no_opt_out_of_it_comes_back():
    one = Dossier(id=ID, email="ada@example.com", created_at=AT)
    topics = (Topic("Sports", "Sports", "OPT_OUT"),)

    wanted = document.wanted(
        one, Remote("ada@example.com", topics={"Sports": "OPT_IN", "Own": "OPT_IN"}), topics
    )

    assert wanted.topics == {"Sports": "OPT_OUT", "Own": "OPT_IN"}
    assert document.read(wanted.attributes).kept.defaulted == ("Sports",)
    assert taken_back(wanted).topics == {"Own": "OPT_IN"}


def test_a_bounce_is_no_unsubscription():
    bounced = Dossier(
        id=ID, email="ada@example.com", created_at=AT,
        optouts=(
            Optout("email", "", "hardbounced", AT, "ses"),
            Optout("sms", "+919876543210", "user", AT, "api"),
        ),
    )  # fmt: skip

    assert not document.wanted(bounced, None).unsubscribed
