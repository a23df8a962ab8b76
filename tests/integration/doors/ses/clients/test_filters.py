"""Whom ListContacts shows: every filter against every state a contact can be in.

The rules are AWS's documented ones, told once more in `is_shown`; what a page holds never matters.
"""

from itertools import product
from typing import Any, NamedTuple

import pytest

from tests.integration.doors.ses.clients.conftest import LIST, TOPICS

DEFAULTS = {topic["TopicName"]: topic["DefaultSubscriptionStatus"] for topic in TOPICS}
Asked = tuple[str | None, str | None, bool | None]
"""A filter: the status, the topic, and whether its default counts."""
STATUSES = (None, "OPT_IN", "OPT_OUT")


class State(NamedTuple):
    """What a contact has chosen; None is no choice."""

    sports: str | None
    cats: str | None
    unsubscribed: bool

    @property
    def email(self) -> str:
        names = (self.sports or "none", self.cats or "none", str(self.unsubscribed))
        return "-".join(names).lower() + "@example.com"

    @property
    def choices(self) -> dict[str, str | None]:
        return {"Sports": self.sports, "Cats": self.cats}


EVERYBODY = [State(*one) for one in product(STATUSES, STATUSES, (False, True))]
FILTERS: list[Asked] = list(product(STATUSES, (None, "Sports", "Cats"), (None, False, True)))


def is_shown(one: State, asked: Asked) -> bool:
    status, topic, by_default = asked
    if status is None:
        return True
    if topic is None:
        return one.unsubscribed == (status == "OPT_OUT")
    chosen = one.choices[topic]
    agrees = (chosen or (DEFAULTS[topic] if by_default else None)) == status
    return (one.unsubscribed or agrees) if status == "OPT_OUT" else agrees and not one.unsubscribed


def filter_of(asked: Asked) -> dict[str, Any]:
    status, topic, by_default = asked
    about = {"TopicName": topic, "UseDefaultIfPreferenceUnavailable": by_default}
    kept = {name: value for name, value in about.items() if value is not None and topic}
    made: dict[str, Any] = {"TopicFilter": kept} if kept else {}
    return made | ({"FilteredStatus": status} if status else {})


async def everybody(ses) -> None:
    await ses("CreateContactList", ContactListName=LIST, Topics=TOPICS)
    for one in EVERYBODY:
        chosen = [
            {"TopicName": topic, "SubscriptionStatus": status}
            for topic, status in one.choices.items()
            if status
        ]
        await ses(
            "CreateContact",
            ContactListName=LIST,
            EmailAddress=one.email,
            TopicPreferences=chosen,
            UnsubscribeAll=one.unsubscribed,
        )


async def pages(ses, **asked: Any) -> list[str]:
    """Ask for page after page until there is no token; any of them may be empty."""
    seen: list[str] = []
    page = await ses("ListContacts", ContactListName=LIST, **asked)
    while True:
        seen += [one["EmailAddress"] for one in page.get("Contacts", ())]
        if "NextToken" not in page:
            return seen
        page = await ses("ListContacts", ContactListName=LIST, NextToken=page["NextToken"], **asked)


@pytest.mark.parametrize("page_size", [1000, 4])
async def test_a_filter_shows_whom_it_means(empty, page_size: int) -> None:
    await everybody(empty)

    wrong: list[str] = []
    for asked in FILTERS:
        wanted = sorted(one.email for one in EVERYBODY if is_shown(one, asked))
        if sorted(await pages(empty, Filter=filter_of(asked), PageSize=page_size)) != wanted:
            wrong.append(str(asked))

    assert wrong == []


async def test_everybody_is_listed_as_got_alone(empty) -> None:
    await everybody(empty)

    listed = (await empty("ListContacts", ContactListName=LIST))["Contacts"]

    assert len(listed) == len(EVERYBODY)
    for one in listed:
        alone = await empty("GetContact", ContactListName=LIST, EmailAddress=one["EmailAddress"])
        state = next(each for each in EVERYBODY if each.email == one["EmailAddress"])
        for member in ("TopicPreferences", "TopicDefaultPreferences", "LastUpdatedTimestamp"):
            assert alone.get(member, []) == one.get(member, [])
        assert alone["UnsubscribeAll"] is one["UnsubscribeAll"] is state.unsubscribed
        chosen = {p["TopicName"]: p["SubscriptionStatus"] for p in one.get("TopicPreferences", [])}
        assert chosen == {name: value for name, value in state.choices.items() if value}
