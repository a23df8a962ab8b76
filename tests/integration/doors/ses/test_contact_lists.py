"""Contact lists and tags by boto3: what is answered, and in which words it is refused."""

from datetime import timedelta

import pytest

from signalbook.kit import clock
from signalbook.lists import actions as lists
from tests.integration.doors.ses.conftest import refused

NEWS = {
    "TopicName": "News",
    "DisplayName": "Our news",
    "DefaultSubscriptionStatus": "OPT_IN",
    "Description": "What is new",
}
SPORTS = {"TopicName": "Sports", "DisplayName": "", "DefaultSubscriptionStatus": "OPT_OUT"}
ARN = "arn:aws:ses:eu-west-1:123456789012:contact-list/Main"
FORM = (
    " can contain up to 64 characters. Only alphanumeric characters, underscores(_) and"
    " hyphens(-) are allowed."
)


def bad(message: str) -> tuple[int, str, str]:
    return 400, "BadRequestException", message


def missing(message: str) -> tuple[int, str, str]:
    return 404, "NotFoundException", message


def broken(place: str, constraint: str) -> tuple[int, str, str]:
    told = f"Value at '{place}' failed to satisfy constraint: {constraint}"
    return bad(f"1 validation error detected: {told}")


async def test_a_list_is_made_and_shown(aws):
    made = await aws.create_contact_list(
        ContactListName="Main", Topics=[NEWS, SPORTS], Description="All", Tags=[tag("a", "1")]
    )

    shown = await aws.get_contact_list(ContactListName="Main")

    assert made == {}
    created = shown.pop("CreatedTimestamp")
    assert abs(clock.now() - created) < timedelta(minutes=1)
    assert shown.pop("LastUpdatedTimestamp") == created
    assert shown == {
        "ContactListName": "Main",
        "Topics": [NEWS, SPORTS],
        "Description": "All",
        "Tags": [tag("a", "1")],
    }


def tag(key: str, value: str) -> dict[str, str]:
    return {"Key": key, "Value": value}


async def test_a_list_without_a_description_shows_none(aws):
    await aws.create_contact_list(ContactListName="Main")

    shown = await aws.get_contact_list(ContactListName="Main")

    assert set(shown) == {
        "ContactListName", "Topics", "CreatedTimestamp", "LastUpdatedTimestamp", "Tags"
    }  # fmt: skip
    assert (shown["Topics"], shown["Tags"]) == ([], [])


async def test_a_list_is_its_accounts_and_its_regions(aws, elsewhere, theirs):
    await aws.create_contact_list(ContactListName="Main")

    for other in (elsewhere, theirs):
        gone = missing("List with name: Main doesn't exist.")
        whom = {"ContactListName": "Main", "EmailAddress": "a@example.com"}
        assert await refused(other.get_contact_list(ContactListName="Main")) == gone
        assert await refused(other.update_contact_list(ContactListName="Main")) == gone
        assert await refused(other.delete_contact_list(ContactListName="Main")) == gone
        assert await refused(other.list_contacts(ContactListName="Main")) == gone
        assert await refused(other.get_contact(**whom)) == gone
        assert await other.list_contact_lists() == {"ContactLists": []}
        await other.create_contact_list(ContactListName="Main")
    named = await aws.list_contact_lists()
    assert [one["ContactListName"] for one in named["ContactLists"]] == ["Main"]
    assert set(named["ContactLists"][0]) == {"ContactListName", "LastUpdatedTimestamp"}


async def test_a_second_list_is_refused_as_aws_does(aws):
    await aws.create_contact_list(ContactListName="Main")

    for name in ("Main", "Other"):
        told = await refused(aws.create_contact_list(ContactListName=name))
        assert told == bad("A maximum of 1 Lists allowed per account.")


def without(topic: dict[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in topic.items() if key != name}


NULL = "Member must not be null"
ENUM = "Member must satisfy enum value set: [OPT_OUT, OPT_IN]"
STATUS = "topics.1.member.defaultSubscriptionStatus"
REFUSED = [
    ({"Topics": [without(NEWS, "TopicName")]}, broken("topics.1.member.topicName", NULL)),
    (
        {"Topics": [SPORTS, without(NEWS, "DisplayName")]},
        broken("topics.2.member.displayName", NULL),
    ),
    ({"Topics": [without(NEWS, "DefaultSubscriptionStatus")]}, broken(STATUS, NULL)),
    ({"Topics": [NEWS | {"DefaultSubscriptionStatus": "MAYBE"}]}, broken(STATUS, ENUM)),
    (
        {"Topics": [NEWS | {"TopicName": f"t{n}"} for n in range(21)]},
        bad("Maximum of <20> topics allowed per ContactList"),
    ),
    ({"Topics": [NEWS | {"TopicName": " "}]}, bad("TopicName can't be blank.")),
    ({"Topics": [NEWS | {"TopicName": "a b"}]}, bad("TopicName" + FORM)),
    (
        {"Topics": [NEWS | {"DisplayName": "x" * 129}]},
        bad("Topic DisplayName can contain up to <128> characters."),
    ),
    ({"Topics": [NEWS, NEWS]}, bad("Duplicate topic names are not allowed within a List.")),
    ({"Description": "x" * 501}, bad("List description can contain up to 500 characters.")),
]


@pytest.mark.parametrize(("members", "expected"), REFUSED)
async def test_what_cannot_be_is_refused_in_aws_words(aws, members, expected):
    assert await refused(aws.create_contact_list(ContactListName="Main", **members)) == expected
    await aws.create_contact_list(ContactListName="Main")
    assert await refused(aws.update_contact_list(ContactListName="Main", **members)) == expected


async def test_a_name_must_be_one(aws):
    assert await refused(aws.create_contact_list()) == broken(
        "contactListName", "Member must not be null"
    )
    blank = await refused(aws.create_contact_list(ContactListName=" "))
    assert blank == bad("ContactListName can't be blank.")
    for name in ("a b", "a/b", "é", "x" * 65):
        for call in (
            aws.create_contact_list,
            aws.get_contact_list,
            aws.update_contact_list,
            aws.delete_contact_list,
            aws.list_contacts,
        ):
            assert await refused(call(ContactListName=name)) == bad("ContactListName" + FORM)


async def test_an_update_replaces_topics_and_description(aws):
    await aws.create_contact_list(
        ContactListName="Main", Topics=[NEWS], Description="All", Tags=[tag("a", "1")]
    )

    await aws.update_contact_list(ContactListName="Main", Topics=[SPORTS])

    shown = await aws.get_contact_list(ContactListName="Main")
    assert shown["Topics"] == [SPORTS]
    assert "Description" not in shown
    assert shown["Tags"] == [tag("a", "1")]
    assert shown["LastUpdatedTimestamp"] > shown["CreatedTimestamp"]
    await aws.update_contact_list(ContactListName="Main")
    assert (await aws.get_contact_list(ContactListName="Main"))["Topics"] == []


async def test_a_deleted_list_makes_room(aws):
    await aws.create_contact_list(ContactListName="Main")

    assert await aws.delete_contact_list(ContactListName="Main") == {}

    gone = missing("List with name: Main doesn't exist.")
    assert await refused(aws.delete_contact_list(ContactListName="Main")) == gone
    await aws.create_contact_list(ContactListName="Other")


async def test_tags_are_those_of_a_list(aws, theirs, elsewhere):
    await aws.create_contact_list(ContactListName="Main", Tags=[tag("a", "1"), tag("b", "2")])

    await aws.tag_resource(ResourceArn=ARN, Tags=[tag("b", "3"), tag("c d", "")])
    await aws.untag_resource(
        ResourceArn=ARN.replace("123456789012", ""), TagKeys=["a", "c d", "nobody"]
    )

    assert await aws.list_tags_for_resource(ResourceArn=ARN) == {"Tags": [tag("b", "3")]}
    assert (await aws.get_contact_list(ContactListName="Main"))["Tags"] == [tag("b", "3")]
    gone = missing("No ContactList present with name: Main")
    assert await refused(theirs.list_tags_for_resource(ResourceArn=ARN)) == gone
    assert await refused(theirs.tag_resource(ResourceArn=ARN, Tags=[tag("a", "")])) == gone
    assert await refused(theirs.untag_resource(ResourceArn=ARN, TagKeys=["b"])) == gone
    status, code, _ = await refused(elsewhere.list_tags_for_resource(ResourceArn=ARN))
    assert (status, code) == (404, "NotFoundException")


@pytest.mark.parametrize(
    ("arn", "status"),
    [
        ("nonsense", 400),
        ("arn:aws:s3:::bucket", 400),
        ("arn:aws:ses:eu-west-1:1:contact-list/", 400),
        ("arn:aws:ses:eu-west-1:1:identity/example.com", 404),
        ("arn:aws:ses:eu-west-1:1:contact-list/Other", 404),
    ],
)
async def test_what_is_no_resource_has_no_tags(aws, arn, status):
    calls = [
        aws.tag_resource(ResourceArn=arn, Tags=[tag("a", "1")]),
        aws.untag_resource(ResourceArn=arn, TagKeys=["a"]),
        aws.list_tags_for_resource(ResourceArn=arn),
    ]
    for call in calls:
        assert (await refused(call))[0] == status


async def test_tags_have_the_limits_of_aws(aws):
    many = [tag(str(number), "") for number in range(51)]
    most = (
        "Maximum of 50 user tags are allowed per resource, consider reducing the number of tags"
        " in the request"
    )
    assert await refused(aws.create_contact_list(ContactListName="Main", Tags=many)) == bad(most)

    await aws.create_contact_list(ContactListName="Main", Tags=many[:50])

    told = await refused(aws.tag_resource(ResourceArn=ARN, Tags=[tag("more", "")]))
    assert told == bad(f"{most} or delete existing tags and retry")
    long = await refused(aws.tag_resource(ResourceArn=ARN, Tags=[tag("x" * 129, "")]))
    assert long == broken("tags.1.member.key", "Member must have length less than or equal to 128")


async def test_open_limits_have_room_for_many(aws, setting):
    setting(ses_limits="open")
    topics = [NEWS | {"TopicName": f"t{number}"} for number in range(21)]

    for name in ("b", "c", "a"):
        await aws.create_contact_list(ContactListName=name)
    await aws.update_contact_list(ContactListName="a", Topics=topics)

    told = await refused(aws.create_contact_list(ContactListName="a"))
    assert told == (400, "AlreadyExistsException", "List with name: a already exists.")
    assert len((await aws.get_contact_list(ContactListName="a"))["Topics"]) == 21


async def test_lists_are_paged_by_name(aws, theirs, elsewhere, setting):
    setting(ses_limits="open")
    for name in ("b", "c", "a"):
        await aws.create_contact_list(ContactListName=name)

    first = await aws.list_contact_lists(PageSize=2)
    second = await aws.list_contact_lists(PageSize=2, NextToken=first["NextToken"])

    pages = [[one["ContactListName"] for one in page["ContactLists"]] for page in (first, second)]
    assert pages == [["a", "b"], ["c"]]
    assert "NextToken" not in second
    for other in (theirs, elsewhere):
        told = await refused(other.list_contact_lists(NextToken=first["NextToken"]))
        assert told[:2] == (400, "BadRequestException")
    for members in ({"PageSize": 0}, {"PageSize": -1}, {"NextToken": "AYADe"}):
        told = await refused(aws.list_contact_lists(**members))
        assert told[:2] == (400, "BadRequestException")
    assert (await refused(aws.list_contact_lists(PageSize="many")))[1] == "SerializationException"


async def test_the_list_of_a_topic_is_seen_everywhere_and_deleted_only_here(aws, api):
    await aws.create_contact_list(ContactListName="Main", Topics=[NEWS])

    (one,) = (await api.get("/api/v1/lists")).json()["data"]
    gone = await api.delete(f"/api/v1/lists/{one['id']}")
    other = await api.patch(f"/api/v1/lists/{one['id']}", json={"kind": "static"})

    assert (one["name"], one["kind"]) == ("News", "topic")
    assert (gone.status_code, gone.json()["code"]) == (409, "list_kept")
    assert other.status_code == 409
    assert "the topic News of the contact list Main in eu-west-1" in gone.json()["message"]


async def test_an_account_without_room_for_the_lists_of_topics_is_told_so(aws, monkeypatch):
    monkeypatch.setattr(lists, "MAX_LISTS", 1)

    told = await refused(aws.create_contact_list(ContactListName="Main", Topics=[NEWS, SPORTS]))

    assert told[:2] == (400, "LimitExceededException")
    assert await aws.list_contact_lists() == {"ContactLists": []}
