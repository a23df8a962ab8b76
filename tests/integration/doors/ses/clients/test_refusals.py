"""What is refused, and in which words: a call, its status, its code, and its message where known.

The words are those that AWS was seen to use, in its order of checks. Where a message is None nobody
has seen AWS's own.
"""

from typing import Any, NamedTuple

import pytest

from tests.aws import Refused
from tests.integration.doors.ses.clients.conftest import KNOWN, LIST, TOPICS

BAD, GONE = "BadRequestException", "NotFoundException"
NULL = "Member must not be null"
STATUSES = "Member must satisfy enum value set: [OPT_OUT, OPT_IN]"
REASONS = "Member must satisfy enum value set: [BOUNCE, COMPLAINT]"
NO_LIST = "List with name: nope doesn't exist."
ONLY = (
    "can contain up to 64 characters. Only alphanumeric characters, underscores(_) and hyphens(-)"
)
LIST_NAME = f"ContactListName {ONLY} are allowed."
TOPIC_NAME = f"TopicName {ONLY} are allowed."
NO_TOPIC = f"List: {LIST} doesn't contain Topic: Chess"
ARN = "arn:aws:ses:eu-west-1:123456789012:contact-list/"
TAG = {"Key": "team", "Value": "blue"}
TO_LIST = {"ContactListName": LIST, "ContactListImportAction": "PUT"}
SOURCE = {"S3Url": "s3://bucket/people.csv", "DataFormat": "CSV"}


class Case(NamedTuple):
    """A call that is refused."""

    operation: str
    given: dict[str, Any]
    message: str | None
    status: int = 400
    code: str = BAD


def constraint(where: str, rule: str) -> str:
    return f"1 validation error detected: Value at '{where}' failed to satisfy constraint: {rule}"


def topic(**other: Any) -> dict[str, Any]:
    whole = {"TopicName": "Chess", "DisplayName": "Chess", "DefaultSubscriptionStatus": "OPT_IN"}
    return {name: value for name, value in (whole | other).items() if value is not None}


def named(**given: Any) -> dict[str, Any]:
    return {"ContactListName": LIST, **given}


def prefers(name: str | None, status: str | None) -> list[dict[str, str]]:
    one = {"TopicName": name, "SubscriptionStatus": status}
    return [{member: value for member, value in one.items() if value is not None}]


def numbered(count: int) -> list[dict[str, Any]]:
    return [topic(TopicName=f"T{number}") for number in range(count)]


def lists() -> list[Case]:
    """What CreateContactList and UpdateContactList refuse alike."""
    found: list[Case] = []
    for operation in ("CreateContactList", "UpdateContactList"):
        cases: list[tuple[list[dict[str, Any]] | None, str | None, str | None]] = [
            (numbered(21), None, "Maximum of <20> topics allowed per ContactList"),
            ([topic(TopicName="")], None, "TopicName can't be blank."),
            ([topic(TopicName="a b")], None, TOPIC_NAME),
            ([topic(TopicName="é")], None, TOPIC_NAME),
            ([topic(TopicName="x" * 65)], None, TOPIC_NAME),
            ([topic(DisplayName="x" * 129)], None,
             "Topic DisplayName can contain up to <128> characters."),
            ([topic(), topic()], None, "Duplicate topic names are not allowed within a List."),
            ([topic(Description="x" * 501)], None, None),
            (None, "x" * 501, "List description can contain up to 500 characters."),
            ([topic(DefaultSubscriptionStatus="MAYBE")], None,
             constraint("topics.1.member.defaultSubscriptionStatus", STATUSES)),
            ([topic(), topic(TopicName=None)], None,
             constraint("topics.2.member.topicName", NULL)),
            ([topic(DisplayName=None)], None, constraint("topics.1.member.displayName", NULL)),
            ([topic(DefaultSubscriptionStatus=None)], None,
             constraint("topics.1.member.defaultSubscriptionStatus", NULL)),
        ]  # fmt: skip
        for topics, description, message in cases:
            given = named() | ({"Topics": topics} if topics is not None else {})
            given |= {"Description": description} if description else {}
            found.append(Case(operation, given, message))
    return found


LISTS = [
    Case("CreateContactList", {}, constraint("contactListName", NULL)),
    Case("CreateContactList", {"ContactListName": ""}, "ContactListName can't be blank."),
    Case("CreateContactList", {"ContactListName": "bad name!"}, LIST_NAME),
    Case("CreateContactList", {"ContactListName": "x" * 65}, LIST_NAME),
    Case("CreateContactList", {"ContactListName": "other"},
         "A maximum of 1 Lists allowed per account."),
    Case("CreateContactList", named(), "A maximum of 1 Lists allowed per account."),
    Case("CreateContactList", {"ContactListName": "x", "Tags": [TAG | {"Key": ""}]}, None),
    Case("CreateContactList", {"ContactListName": "x", "Tags": [TAG | {"Key": "k" * 129}]}, None),
    Case("CreateContactList", {"ContactListName": "x", "Tags": [TAG | {"Value": "v" * 257}]}, None),
    Case("CreateContactList", {"ContactListName": "x", "Tags": [{"Key": "k"}]}, None),
    Case("CreateContactList",
         {"ContactListName": "x", "Tags": [TAG | {"Key": f"k{n}"} for n in range(51)]}, None),
    Case("GetContactList", {"ContactListName": "bad name"}, LIST_NAME),
    Case("DeleteContactList", {"ContactListName": "bad/name"}, LIST_NAME),
    Case("UpdateContactList", {"ContactListName": "bad name"}, LIST_NAME),
    *[Case(operation, {"ContactListName": "nope"}, NO_LIST, 404, GONE)
      for operation in ("GetContactList", "UpdateContactList", "DeleteContactList",
                        "ListContacts")],
    Case("ListContactLists", {"PageSize": 0}, None),
    Case("ListContactLists", {"PageSize": -1}, None),
    Case("ListContactLists", {"NextToken": "nonsense"}, None),
    *lists(),
]  # fmt: skip

OF_CONTACT: list[tuple[dict[str, Any], str]] = [
    ({"TopicPreferences": prefers("Chess", "OPT_IN")}, NO_TOPIC),
    ({"TopicPreferences": prefers("Sports", "MAYBE")},
     constraint("topicPreferences.1.member.subscriptionStatus", STATUSES)),
    ({"TopicPreferences": prefers("Sports", None)},
     constraint("topicPreferences.1.member.subscriptionStatus", NULL)),
    ({"TopicPreferences": prefers("Sports", "OPT_IN") + prefers(None, "OPT_IN")},
     constraint("topicPreferences.2.member.topicName", NULL)),
]  # fmt: skip

CONTACTS = [
    Case("CreateContact", named(), constraint("emailAddress", NULL)),
    Case("CreateContact", named(EmailAddress=""), "EmailAddress can't be blank."),
    *[Case("CreateContact", named(EmailAddress=wrong), f"EmailAddress <{wrong}> is invalid")
      for wrong in ("nope", "a@b", "a b@example.com", "a@@example.com", "@example.com", "a@b.")],
    Case("CreateContact", named(EmailAddress=KNOWN), f"{KNOWN} already exists in List.", 400,
         "AlreadyExistsException"),
    Case("CreateContact", {"ContactListName": "nope", "EmailAddress": "a@example.com"}, NO_LIST,
         404, GONE),
    *[Case("CreateContact", named(EmailAddress="new@example.com", **given), message)
      for given, message in OF_CONTACT],
    *[Case("UpdateContact", named(EmailAddress=KNOWN, **given), message)
      for given, message in OF_CONTACT],
    *[Case(operation, named(EmailAddress="new@example.com", AttributesData=wrong), None)
      for operation in ("CreateContact", "UpdateContact")
      for wrong in ("[]", "nope", "1", '"text"', "{", "null", "{}{}")
      if operation == "CreateContact"],
    *[Case("UpdateContact", named(EmailAddress=KNOWN, AttributesData=wrong), None)
      for wrong in ("[]", "nope", "{")],
    *[Case(operation, named(EmailAddress="new@example.com"),
           "new@example.com doesn't exist in List.", 404, GONE)
      for operation in ("GetContact", "UpdateContact", "DeleteContact")],
    *[Case(operation, {"ContactListName": "nope", "EmailAddress": KNOWN}, NO_LIST, 404, GONE)
      for operation in ("GetContact", "UpdateContact", "DeleteContact")],
    *[Case(operation, named(EmailAddress="nope"), "EmailAddress <nope> is invalid")
      for operation in ("GetContact", "UpdateContact", "DeleteContact")],
    Case("ListContacts", named(PageSize=0), None),
    Case("ListContacts", named(PageSize=-5), None),
    Case("ListContacts", named(NextToken="nonsense"), None),
    Case("ListContacts", named(Filter={"FilteredStatus": "MAYBE"}),
         constraint("filter.filteredStatus", STATUSES)),
    Case("ListContacts", named(Filter={"TopicFilter": {"TopicName": "Chess"}}), NO_TOPIC),
]  # fmt: skip

ORDER = [
    # The protocol's own checks come before any other, whatever the list is.
    Case("CreateContactList", {"ContactListName": "bad name!",
                               "Topics": [topic(DefaultSubscriptionStatus="MAYBE")]},
         constraint("topics.1.member.defaultSubscriptionStatus", STATUSES)),
    Case("CreateContactList", {"ContactListName": "bad name!", "Topics": numbered(21)}, LIST_NAME),
    Case("CreateContactList", {"ContactListName": "x", "Topics": [topic(TopicName="")] * 21},
         "Maximum of <20> topics allowed per ContactList"),
    Case("CreateContact", {"ContactListName": "nope", "EmailAddress": "wrong",
                           "TopicPreferences": prefers("Sports", "MAYBE")},
         constraint("topicPreferences.1.member.subscriptionStatus", STATUSES)),
    Case("CreateContact", {"ContactListName": "nope", "EmailAddress": "wrong"},
         "EmailAddress <wrong> is invalid"),
    Case("CreateContact", {"ContactListName": "nope", "EmailAddress": "a@example.com",
                           "TopicPreferences": prefers("Chess", "OPT_IN")}, NO_LIST, 404, GONE),
    Case("CreateContact",
         named(EmailAddress=KNOWN, TopicPreferences=prefers("Chess", "OPT_IN")), NO_TOPIC),
    Case("UpdateContact",
         named(EmailAddress="new@example.com", TopicPreferences=prefers("Chess", "OPT_IN")),
         NO_TOPIC),
]  # fmt: skip

SUPPRESSION = [
    Case("PutSuppressedDestination", {"EmailAddress": KNOWN, "Reason": "SPAM"},
         constraint("reason", REASONS)),
    Case("PutSuppressedDestination", {"EmailAddress": KNOWN}, constraint("reason", NULL)),
    Case("PutSuppressedDestination", {"Reason": "BOUNCE"}, constraint("emailAddress", NULL)),
    Case("PutSuppressedDestination", {"EmailAddress": "nope", "Reason": "BOUNCE"}, None),
    *[Case(operation, {"EmailAddress": KNOWN},
           f"Email address {KNOWN} does not exist on your suppression list.", 404, GONE)
      for operation in ("GetSuppressedDestination", "DeleteSuppressedDestination")],
    Case("ListSuppressedDestinations", {"Reasons": ["SPAM"]},
         constraint("reasons", f"Member must satisfy constraint: [{REASONS}]")),
    Case("ListSuppressedDestinations", {"NextToken": "nonsense"}, None, 400,
         "InvalidNextTokenException"),
    Case("ListSuppressedDestinations", {"PageSize": 0}, None),
    Case("PutAccountSuppressionAttributes", {"SuppressedReasons": ["SPAM"]},
         constraint("suppressedReasons", f"Member must satisfy constraint: [{REASONS}]")),
]  # fmt: skip

TAGS = [
    *[Case(operation, {"ResourceArn": f"{ARN}nope", **besides}, None, 404, GONE)
      for operation, besides in (("TagResource", {"Tags": [TAG]}),
                                 ("UntagResource", {"TagKeys": ["team"]}),
                                 ("ListTagsForResource", {}))],
    *[Case(operation, {"ResourceArn": "nonsense", **besides}, None)
      for operation, besides in (("TagResource", {"Tags": [TAG]}),
                                 ("UntagResource", {"TagKeys": ["team"]}),
                                 ("ListTagsForResource", {}))],
    Case("TagResource", {"ResourceArn": ARN + LIST}, constraint("tags", NULL)),
    Case("TagResource", {"ResourceArn": ARN + LIST, "Tags": [TAG | {"Key": "k" * 129}]}, None),
    Case("TagResource", {"ResourceArn": ARN + LIST, "Tags": [TAG | {"Value": "v" * 257}]}, None),
    Case("TagResource",
         {"ResourceArn": ARN + LIST, "Tags": [TAG | {"Key": f"k{n}"} for n in range(51)]}, None),
]  # fmt: skip

JOBS = [
    Case("CreateImportJob", {"ImportDataSource": SOURCE}, constraint("importDestination", NULL)),
    Case("CreateImportJob", {"ImportDestination": {"ContactListDestination": TO_LIST}},
         constraint("importDataSource", NULL)),
    Case("CreateImportJob", {"ImportDestination": {}, "ImportDataSource": SOURCE}, None),
    Case("CreateImportJob",
         {"ImportDestination": {
             "ContactListDestination": TO_LIST,
             "SuppressionListDestination": {"SuppressionListImportAction": "PUT"}},
          "ImportDataSource": SOURCE}, None),
    Case("CreateImportJob",
         {"ImportDestination": {"ContactListDestination": TO_LIST},
          "ImportDataSource": SOURCE | {"S3Url": "https://example.com/people.csv"}}, None),
    Case("CreateImportJob",
         {"ImportDestination": {"ContactListDestination": TO_LIST},
          "ImportDataSource": SOURCE | {"DataFormat": "XLSX"}}, None),
    Case("CreateImportJob",
         {"ImportDestination": {
             "ContactListDestination": TO_LIST | {"ContactListImportAction": "X"}},
          "ImportDataSource": SOURCE}, None),
    Case("GetImportJob", {"JobId": "0190a000-0000-7000-8000-000000000000"}, None, 404, GONE),
    Case("GetImportJob", {"JobId": "nonsense"}, None, 404, GONE),
    Case("ListImportJobs", {"ImportDestinationType": "MOON"}, None),
    Case("ListImportJobs", {"NextToken": "nonsense"}, None),
    Case("ListImportJobs", {"PageSize": 0}, None),
]  # fmt: skip

ALL = [*LISTS, *CONTACTS, *ORDER, *SUPPRESSION, *TAGS, *JOBS]


OPERATIONS = sorted({case.operation for case in ALL})


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_an_operation_refuses_as_that_of_aws_does(ses, operation: str) -> None:
    wrong: list[tuple[Case, Refused]] = []

    for case in ALL:
        if case.operation == operation:
            told = await ses.refused(operation, **case.given)
            message = told.message if case.message is None else case.message
            if told != Refused(case.status, case.code, message) or not message:
                wrong.append((case, told))

    assert wrong == []


async def test_all_that_is_wrong_in_form_is_told_at_once(empty) -> None:
    told = await empty.refused("CreateContactList", Topics=[topic(TopicName=None)])

    first, _, rest = told.message.partition(": ")
    assert first == "2 validation errors detected"
    assert set(rest.split("; ")) == {
        f"Value at 'contactListName' failed to satisfy constraint: {NULL}",
        f"Value at 'topics.1.member.topicName' failed to satisfy constraint: {NULL}",
    }


async def test_what_was_refused_has_changed_nothing(ses) -> None:
    for case in [*LISTS, *CONTACTS]:
        await ses.refused(case.operation, **case.given)

    kept = await ses("GetContactList", ContactListName=LIST)
    listed = await ses("ListContacts", ContactListName=LIST)

    assert kept["Topics"] == TOPICS
    assert [one["EmailAddress"] for one in listed["Contacts"]] == [KNOWN]
