"""Members of a request are checked in the order and words of AWS."""

import pytest

from signalbook.doors.ses import members
from signalbook.doors.ses.errors import ConstraintBroken, NotDecoded
from signalbook.doors.ses.members import Flag, Items, Nested, Structure, Text, Whole

TOPIC = Structure(
    Text("TopicName", required=True),
    Text("DefaultSubscriptionStatus", required=True, choices=("OPT_OUT", "OPT_IN")),
)
LIST = Structure(
    Text("ContactListName", required=True),
    Items("Topics", TOPIC),
    Flag("On"),
    Whole("PageSize"),
    Nested("Filter", Structure(Text("Name"))),
    Items("Reasons", Text("", choices=("BOUNCE", "COMPLAINT"))),
    Text("Arn", least=1, pattern="^s3:"),
)
NULL = "Member must not be null"
ENUM = "Member must satisfy enum value set:"


def read(**body):
    return LIST.read({"ContactListName": "L"} | body)


def test_what_fits_is_read_and_what_is_absent_or_null_is_left_out():
    topic = {"TopicName": "a", "DefaultSubscriptionStatus": "OPT_IN"}
    given = read(Topics=[topic], On=False, PageSize=5.0, Filter={}, Other=1, Arn=None)
    assert given == {
        "ContactListName": "L", "Topics": [topic], "On": False, "PageSize": 5, "Filter": {},
    }  # fmt: skip


def test_parameters_of_the_path_are_members_too():
    assert LIST.read({}, ContactListName="x") == {"ContactListName": "x"}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"ContactListName": 5}, "NUMBER_VALUE can not be converted to a String"),
        ({"ContactListName": True}, "TRUE_VALUE can not be converted to a String"),
        ({"ContactListName": False}, "FALSE_VALUE can not be converted to a String"),
        ({"ContactListName": []}, "Start of list found where not expected"),
        ({"ContactListName": {}}, "Start of structure or map found where not expected."),
        ({"On": 0}, "NUMBER_VALUE can not be converted to a Boolean"),
        ({"On": []}, "Start of list found where not expected"),
        ({"On": {}}, "Start of structure or map found where not expected."),
        ({"On": None}, "NULL_VALUE can not be converted to a Boolean"),
        ({"PageSize": "5"}, "STRING_VALUE can not be converted to an Integer"),
        ({"PageSize": 1.5}, "NUMBER_VALUE can not be converted to an Integer"),
        ({"PageSize": 2**31}, "NUMBER_VALUE can not be converted to an Integer"),
        ({"PageSize": True}, "TRUE_VALUE can not be converted to an Integer"),
        ({"Topics": "a"}, "Expected list or null"),
        ({"Topics": {}}, "Start of structure or map found where not expected."),
        ({"Topics": ["a"]}, "Expected null"),
        ({"Topics": [[]]}, "Start of list found where not expected"),
        ({"Filter": "a"}, "Expected null"),
        ({"Reasons": [1]}, "NUMBER_VALUE can not be converted to a String"),
    ],
)
def test_another_json_type_refuses_the_request(body, told):
    with pytest.raises(NotDecoded) as refusal:
        read(**body)
    assert refusal.value.message == told


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"ContactListName": None}, [("contactListName", NULL)]),
        (
            {"Topics": [{"TopicName": "a", "DefaultSubscriptionStatus": "MAYBE"}]},
            [("topics.1.member.defaultSubscriptionStatus", f"{ENUM} [OPT_OUT, OPT_IN]")],
        ),
        (
            {"Topics": [{"DefaultSubscriptionStatus": "OPT_IN"}, {"TopicName": "b"}]},
            [
                ("topics.1.member.topicName", NULL),
                ("topics.2.member.defaultSubscriptionStatus", NULL),
            ],
        ),
        ({"Topics": [None]}, [("topics.1.member", NULL)]),
        (
            {"Reasons": ["BOUNCE", "X", "Y"]},
            [("reasons", f"Member must satisfy constraint: [{ENUM} [BOUNCE, COMPLAINT]]")],
        ),
        (
            {"Arn": ""},
            [
                ("arn", "Member must have length greater than or equal to 1"),
                ("arn", "Member must satisfy regular expression pattern: ^s3:"),
            ],
        ),
    ],
)
def test_broken_constraints_are_told_in_smithys_words(body, told):
    with pytest.raises(ConstraintBroken) as refusal:
        read(**body)
    lead = "1 validation error" if len(told) == 1 else f"{len(told)} validation errors"
    found = "; ".join(f"Value at '{at}' failed to satisfy constraint: {why}" for at, why in told)
    assert refusal.value.message == f"{lead} detected: {found}"


def test_any_text_is_true_for_a_flag():
    assert read(On="no")["On"] is True


def test_members_of_a_query_are_read_by_name():
    query = {"PageSize": ["5"], "TagKeys": ["a", "b"], "Empty": [""]}
    assert members.whole_in(query, "PageSize") == 5
    assert members.whole_in(query, "Empty") is None
    assert members.texts_in(query, "TagKeys") == ["a", "b"]
    assert members.text_in(query, "NextToken") is None
    with pytest.raises(NotDecoded, match="'b' can not be converted to Integer"):
        members.whole_in(query, "TagKeys")
    with pytest.raises(ConstraintBroken, match="'resourceArn'"):
        members.text_in(query, "ResourceArn", required=True)
