"""AWS SES on the console: its API spoken here by AWS's own client, and a list of SES connected."""

import re
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from playwright.async_api import Page, expect

from tests.e2e.test_contacts import send
from tests.e2e.test_pages import PHONE, assert_accessible
from tests.served import Served
from tests.ses_server import SesServer, topic

LIST, REGION = "newsletter", "ap-south-1"
THEIRS = "eu-west-1"
"""The region of the stand-in for SES; a contact list of ours is made there by connecting."""


@pytest.fixture
def ses(tmp_path: Path) -> Iterator[SesServer]:
    """A stand-in for SES that holds nobody yet."""
    server = SesServer(tmp_path)
    server.make_list(LIST, [topic("news")])
    yield server
    server.kill()


async def test_a_list_a_topic_and_a_key_are_made_and_boto3_works_with_them(
    page: Page, served: Served
):
    send(served, email="vera@ses.example", full_name="Vera Rubin", add_tags="astronomer")
    await page.goto("/topics/new")
    await page.get_by_label("Name").fill(LIST)
    await page.get_by_label("Region").fill(REGION)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/topics")
    made = page.get_by_role("region", name=f"{LIST} in {REGION}")
    await (
        made.get_by_role("link", name="Add topic")
        .or_(page.locator(".head").get_by_role("link", name="Add topic"))
        .first.click()
    )
    await page.get_by_label("Name in calls").fill("news")
    await page.get_by_label("Name people see").fill("Monthly news")
    await page.get_by_role("button", name="Add topic").click()
    await expect(page.get_by_role("link", name="Monthly news")).to_be_visible()
    await assert_accessible(page)

    await made.get_by_role("link", name="AWS API").click()
    await expect(page.get_by_text("aws sesv2 create-contact")).to_be_visible()
    await assert_accessible(page)
    await page.get_by_role("link", name="Make a key").click()
    await page.get_by_label("Name").last.fill("boto3")
    await page.get_by_role("button", name="Make key").click()
    profile = await page.locator("#made-key").inner_text()
    await assert_accessible(page)
    client = boto3.client(
        "sesv2",
        endpoint_url=served.url,
        region_name=REGION,
        aws_access_key_id=_said("aws_access_key_id", profile),
        aws_secret_access_key=_said("aws_secret_access_key", profile),
    )
    choice = [{"TopicName": "news", "SubscriptionStatus": "OPT_IN"}]
    client.update_contact(
        ContactListName=LIST, EmailAddress="vera@ses.example", TopicPreferences=choice
    )

    await page.goto("/contacts?search=vera@ses.example")
    await page.locator("tr[data-row] a.lead-link").click()
    await page.get_by_role("link", name="Open page").click()
    topics = page.locator("#topics-of")
    await expect(topics.get_by_text("Opted in")).to_be_visible()
    await topics.get_by_role("button", name="Opt out of Monthly news").click()
    await expect(topics.get_by_text("Opted out by you")).to_be_visible()
    seen = client.get_contact(ContactListName=LIST, EmailAddress="vera@ses.example")
    assert seen["TopicPreferences"] == [{"TopicName": "news", "SubscriptionStatus": "OPT_OUT"}]


async def test_an_account_is_connected_to_ses_and_its_contacts_arrive_there(
    page: Page, served: Served, ses: SesServer
):
    send(served, email="cecilia@ses.example", full_name="Cecilia Payne", add_tags="astronomer")
    await page.goto("/aws/connection")
    await assert_accessible(page)
    await page.get_by_label("Region").fill(THEIRS)
    await page.get_by_label("Contact list name").fill(LIST)
    await page.get_by_label("Access key id").fill("AKIAHERE")
    await page.get_by_label("Secret access key").fill("secret")
    await page.get_by_text("A role, temporary credentials").click()
    await page.get_by_label("Endpoint").fill(ses.url)
    await page.get_by_role("button", name="Test").click()
    await expect(page.get_by_text("SES answers: the list newsletter is there")).to_be_visible()
    await page.get_by_role("button", name="Connect").click()
    everybody = 120_000  # other journeys may have made hundreds of contacts before
    in_step = page.locator("#aws-state").get_by_text("In step")
    await expect(in_step).to_be_visible(timeout=everybody)
    await assert_accessible(page)
    assert "cecilia@ses.example" in {one.lower() for one in ses.contacts()}

    await page.set_viewport_size(PHONE)
    await page.goto("/contacts")
    await expect(page.get_by_text("Mirrored to AWS SES · list newsletter")).to_be_visible()
    widths = await page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert widths[0] <= widths[1]
    await assert_accessible(page)
    await page.goto("/aws/connection")
    await page.get_by_role("button", name="Disconnect …").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Disconnect", exact=True).click()
    await expect(page.get_by_text("The contacts stay, here and in SES.")).to_be_visible()
    assert ses.contacts()


def _said(name: str, profile: str) -> str:
    found = re.search(rf"{name} = (\S+)", profile)
    assert found
    return found[1]
