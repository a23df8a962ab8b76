"""Contact lists by region, with topics that are lists of their own."""

import asyncio

import pytest

from signalbook.kit.errors import AppError
from signalbook.lists import actions as lists
from signalbook.lists import queries as list_queries
from signalbook.lists.errors import ListKept
from signalbook.ses import actions, job_actions
from signalbook.ses.errors import (
    ContactListInvalid,
    ContactListNotFound,
    ContactListTaken,
    TagsInvalid,
    TagTargetUnknown,
    TooManyContactLists,
)
from signalbook.ses.model import OPEN, STRICT, channel_of
from tests.integration.bulk.people import crowd
from tests.integration.ses.kept import (
    REGION,
    deleted,
    emails,
    got,
    held,
    made,
    opted_in,
    paged,
    topic,
    updated,
)


async def lists_of(db, account_id):
    async with db.read() as read:
        return {one.name: one for one in await list_queries.page(read, account_id, 100)}


async def test_a_contact_list_is_what_was_said_of_it(db, northwind, contoso):
    news, sports = topic("News", description="What is new"), topic("Sports", "OPT_OUT")

    one = await made(db, northwind.id, "Main", news, sports, description="All", tags=[("a", "1")])

    assert one == await got(db, northwind.id)
    assert [(t.name, t.default_status, t.description) for t in one.topics] == [
        ("News", "OPT_IN", "What is new"),
        ("Sports", "OPT_OUT", None),
    ]
    assert (one.description, one.tags) == ("All", {"a": "1"})
    assert await got(db, northwind.id, region="us-east-1") is None
    assert await got(db, contoso.id) is None
    kept = await lists_of(db, northwind.id)
    assert {name: one.kind for name, one in kept.items()} == {"News": "topic", "Sports": "topic"}
    assert kept["News"].id == one.topic("News").list_id
    assert "contact list Main in eu-west-1" in kept["News"].description


async def test_strictly_there_is_one_list_of_a_region(db, northwind, contoso):
    await made(db, northwind.id, "Main")

    for name in ("Main", "Other"):
        with pytest.raises(TooManyContactLists, match="A maximum of 1 Lists allowed"):
            await made(db, northwind.id, name)
    await made(db, northwind.id, "Main", region="us-east-1")
    await made(db, contoso.id, "Main")
    await made(db, northwind.id, "Other", limits=OPEN)
    with pytest.raises(ContactListTaken):
        await made(db, northwind.id, "Main", limits=OPEN)


async def test_two_that_make_the_only_list_at_once_do_not_both(db, northwind):
    results = await asyncio.gather(
        *(made(db, northwind.id, name) for name in "abcd"), return_exceptions=True
    )

    assert sum(not isinstance(one, AppError) for one in results) == 1


TOO_MANY = tuple(topic(f"t{number}") for number in range(21))


@pytest.mark.parametrize(
    ("name", "topics", "about", "told"),
    [
        (" ", (), None, "ContactListName can't be blank."),
        ("a b", TOO_MANY, None, "ContactListName can contain up to 64 characters. Only"),
        ("a" * 65, (), None, "ContactListName can contain up to 64 characters. Only"),
        ("a\n", (), None, "ContactListName can contain up to 64 characters. Only"),
        ("a", TOO_MANY, "x" * 501, "Maximum of <20> topics allowed per ContactList"),
        ("a", [topic("")], None, "TopicName can't be blank."),
        ("a", [topic("é")], None, "TopicName can contain up to 64 characters. Only"),
        ("a", [topic("t", display_name="x" * 129)], None, "Topic DisplayName can contain up to"),
        ("a", [topic("t"), topic("t")], "x" * 501, "Duplicate topic names are not allowed within"),
        ("a", [topic("t", description="x" * 501)], None, "Topic description can contain up to 500"),
        ("a", (), "x" * 501, "List description can contain up to 500 characters."),
        ("a", (), "x\x00", "List description has a character that cannot be stored."),
    ],
)  # fmt: skip
async def test_what_aws_refuses_is_refused_in_its_order(db, northwind, name, topics, about, told):
    with pytest.raises(ContactListInvalid) as refused:
        await made(db, northwind.id, name, *topics, description=about)

    assert refused.value.message.startswith(told)
    if name == "a":
        with pytest.raises(ContactListInvalid):
            await updated(db, northwind.id, name, *topics, description=about)


async def test_a_topic_takes_another_name_where_its_own_is_a_list_already(db, northwind):
    async with db.tx() as tx:
        await lists.create(tx, northwind.id, "NEWS", actor="test")

    await made(db, northwind.id, "Main", topic("News"))
    await made(db, northwind.id, "Main", topic("News"), region="us-east-1")

    names = sorted(await lists_of(db, northwind.id))
    assert names[:2] == ["NEWS", "News (Main)"]
    assert names[2].startswith("News ")


async def test_an_update_replaces_topics_and_description_and_leaves_tags(db, northwind):
    one = await made(
        db, northwind.id, "Main", topic("A"), topic("B"), description="All", tags=[("a", "1")]
    )

    after = await updated(db, northwind.id, "Main", topic("C"), topic("B", "OPT_OUT"))

    assert [(t.name, t.default_status) for t in after.topics] == [("C", "OPT_IN"), ("B", "OPT_OUT")]
    assert (after.description, after.tags) == (None, {"a": "1"})
    assert after.topic("B").list_id == one.topic("B").list_id
    assert after.updated_at > one.updated_at
    assert set(await lists_of(db, northwind.id)) == {"B", "C"}
    assert (await updated(db, northwind.id, "Main")).topics == ()
    with pytest.raises(ContactListNotFound, match="List with name: Other doesn't"):
        await updated(db, northwind.id, "Other")


async def test_a_topic_that_comes_again_has_nobody_in_and_whoever_was_out(db, northwind):
    ada, _ = await crowd(db, northwind.id, 2)
    one = await made(db, northwind.id, "Main", topic("News"))
    await opted_in(db, northwind.id, one, "News", ada)
    await out(db, northwind.id, one, "News", "crowd00001@example.com")
    assert await chosen(db, northwind.id, one) == [{"News": "OPT_IN"}, {"News": "OPT_OUT"}]

    gone = await updated(db, northwind.id, "Main")
    again = await updated(db, northwind.id, "Main", topic("News"))

    assert await chosen(db, northwind.id, gone) == [{}, {}]
    assert await chosen(db, northwind.id, again) == [{}, {"News": "OPT_OUT"}]


async def out(db, account_id, one, name, address):
    async with db.tx() as tx:
        await tx.execute(
            """
            INSERT INTO optout_states (account_id, address, channel, reason, since, source)
            VALUES (%s, %s, %s, 'contact', '2026-01-01', 'test')
            """,
            [account_id, address, channel_of(one.topic(name).list_id)],
        )


async def chosen(db, account_id, one):
    return [seen.standing.chosen for seen in (await paged(db, account_id, one)).contacts]


async def test_the_list_of_a_topic_is_not_deleted_where_it_is_seen(db, northwind):
    one = await made(db, northwind.id, "Main", topic("News"))
    list_id = one.topic("News").list_id

    async with db.tx() as tx:
        with pytest.raises(ListKept, match="the topic News of the contact list Main in eu-west-1"):
            await lists.delete(tx, northwind.id, list_id)
        with pytest.raises(ListKept):
            await lists.describe(tx, northwind.id, list_id, kind="static")
        renamed = await lists.describe(tx, northwind.id, list_id, name="Our news", kind="topic")

    assert renamed.name == "Our news"
    await deleted(db, northwind.id)
    assert await lists_of(db, northwind.id) == {}


async def test_tags_are_merged_by_their_keys(db, northwind):
    await made(db, northwind.id, "Main", tags=[("a", "1"), ("b", "2")])

    async with db.tx() as tx:
        await actions.tag(tx, northwind.id, REGION, "Main", [("b", "3"), ("c", "")], STRICT)
        await actions.untag(tx, northwind.id, REGION, "Main", ["a", "nobody"])
        with pytest.raises(TagTargetUnknown):
            await actions.tag(tx, northwind.id, "us-east-1", "Main", [("b", "3")], STRICT)

    assert (await got(db, northwind.id)).tags == {"b": "3", "c": ""}


FIFTY_ONE = [(str(number), "") for number in range(51)]


@pytest.mark.parametrize(
    ("tags", "told"),
    [
        (FIFTY_ONE, "Maximum of 50 user tags are allowed per resource"),
        ([("a", "x" * 257 + "!"), ("aws:a", "")], "Tags can only contain letters, numbers, spaces"),
        ([("a\x00", "")], "Tags can only contain letters, numbers, spaces"),
        ([("AWS:a", "x" * 257)], "Caller is an end user and not allowed to mutate system tags"),
        ([("x" * 129, "x" * 257)], "2 validation errors detected: Value at 'tags.1.member.value'"),
        ([("", ""), ("a", ""), ("a", "")], "The key of a tag can't be blank."),
        ([("a", ""), ("a", "")], "Cannot provide multiple tags with the same key"),
    ],
)
async def test_tags_have_limits(db, northwind, tags, told):
    with pytest.raises(TagsInvalid) as refused:
        await made(db, northwind.id, "Main", tags=tags)
    assert refused.value.message.startswith(told)

    await made(db, northwind.id, "Main", tags=[("own", "é 1_.:/=+-@")])
    for given in (tags, FIFTY_ONE[:50]):
        async with db.tx() as tx:
            with pytest.raises(TagsInvalid):
                await actions.tag(tx, northwind.id, REGION, "Main", given, STRICT)


async def test_deleting_a_list_deletes_what_it_alone_has_made(db, northwind):
    mine, both, native = await crowd(db, northwind.id, 3)
    one = await made(db, northwind.id, "Main", topic("News"))
    other = await made(db, northwind.id, "Main", region="us-east-1")
    await held(db, northwind.id, one, mine, made=True)
    await held(db, northwind.id, one, both, made=True)
    await held(db, northwind.id, other, both)
    await held(db, northwind.id, one, native)

    await deleted(db, northwind.id)
    again = await made(db, northwind.id, "Main")
    assert await emails(db, northwind.id, again) == []  # at once, before any job
    assert not await db.transact(lambda tx: job_actions.forget(tx, northwind.id, one.id))

    assert await emails(db, northwind.id, again) == ["crowd00002@example.com"]
    assert await emails(db, northwind.id, other) == [
        "crowd00001@example.com",
        "crowd00002@example.com",
    ]
    with pytest.raises(ContactListNotFound):
        await deleted(db, northwind.id, "Other")


@pytest.mark.parametrize("first", ["Main", "Other"])
async def test_who_was_made_by_lists_goes_with_the_last_of_them(db, northwind, first):
    (both,) = await crowd(db, northwind.id, 1)
    lists = {name: await made(db, northwind.id, name, limits=OPEN) for name in ("Main", "Other")}
    await held(db, northwind.id, lists["Main"], both, made=True)
    await held(db, northwind.id, lists["Other"], both)

    last = "Other" if first == "Main" else "Main"
    for name in (first, last):
        await deleted(db, northwind.id, name)
        await db.transact(lambda tx, one=lists[name]: job_actions.forget(tx, northwind.id, one.id))
    again = await made(db, northwind.id, "Main")

    assert await emails(db, northwind.id, again) == []
