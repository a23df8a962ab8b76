"""The page of the AWS API, in a browser without scripts: commands, and the connection to SES."""

import asyncio
import html

from signalbook.connector import queries
from tests.integration.bulk.people import apply
from tests.ses_server import LIST

LINES = (
    'aws sesv2 create-contact \\\n  --profile signalbook \\\n  --endpoint-url "http://127.0.0.1:8000"'
    ' \\\n  --region "eu-west-1" \\\n  --contact-list-name "newsletter" \\\n'
    '  --email-address "<email-address>" \\\n  --attributes-data \'{"<key>": "<value>"}\''
)


async def connection(db, account_id):
    async with db.read() as read:
        return await queries.get(read, account_id)


async def test_commands_and_a_profile_stand_ready_for_the_list(ada):
    before = await ada.get("/aws")
    await ada.post("/topics/lists", {"region": "eu-west-1", "name": "newsletter"})
    page = await ada.get("/aws")

    assert "No contact list yet" in before.text
    assert LINES in html.unescape(page.text)
    for call in ("list-contacts", "get-contact", "update-contact", "delete-contact"):
        assert f"aws sesv2 {call}" in page.text
    assert "endpoint_url = http://127.0.0.1:8000" in page.text
    assert "/keys?kind=ses" in page.text


async def test_a_connection_is_tried_before_it_is_made(ada, wish, db, northwind):
    good = await ada.post("/aws/test", wish)
    unknown = await ada.post("/aws/test", wish | {"list_name": "Other"})
    unfit = await ada.post("/aws/connection", wish | {"bucket": "No bucket"})

    assert "the list Main is there, with 1 topic" in good.text
    assert "There is no contact list named Other" in unknown.text
    assert unfit.status_code == 400
    assert "bucket is the name of an S3 bucket" in html.unescape(unfit.text)
    assert 'value="AKIAHERE"' in unfit.text
    assert 'value="secret"' not in unfit.text
    assert await connection(db, northwind.id) is None


async def test_credentials_that_another_key_has_locked_can_be_given_anew(ada, wish, db, northwind):
    await ada.post("/aws/connection", wish)
    async with db.tx() as tx:
        await tx.execute("UPDATE ses_connections SET credentials = 'of another key'")

    page = await ada.get("/aws/connection")
    changed = await ada.post("/aws/connection", wish)

    assert page.status_code == 200
    assert "Disconnect" in page.text
    assert changed.headers["location"] == "/aws/connection"
    assert 'value="AKIAHERE"' in (await ada.get("/aws/connection?change=1")).text


async def test_a_connection_is_made_shown_changed_and_ended(ada, wish, ses, db, northwind):
    await apply(db, northwind.id, email="eve@example.com")

    made = await ada.post("/aws/connection", wish)
    page = await ada.get("/aws/connection")
    contacts = await ada.get("/contacts")
    form = await ada.get("/aws/connection?change=1")
    kept = await connection(db, northwind.id)
    await ada.post("/aws/connection", wish | {"mode": "follow", "secret_access_key": ""})
    changed = await connection(db, northwind.id)
    synced = await ada.post("/aws/sync")
    await ada.post("/aws/disconnection")

    assert made.headers["location"] == "/aws/connection"
    assert f"SES is kept the same · list {LIST}" in page.text
    assert "Sync now" in page.text
    assert f"Mirrored to AWS SES · list {LIST} · eu-west-1" in contacts.text
    assert 'value="AKIAHERE"' in form.text
    assert kept is not None
    assert changed is not None
    assert changed.mode == "follow"
    assert synced.status_code == 303
    assert await connection(db, northwind.id) is None
    assert "AWS SES ·" not in (await ada.get("/contacts")).text


async def test_how_it_stands_is_told_in_a_part_of_the_page(ada, wish, db, northwind):
    await ada.post("/aws/connection", wish)
    await db.transact(
        lambda tx: tx.execute(
            """
            INSERT INTO ses_refusals (account_id, address, said, at)
            VALUES (%(account_id)s, 'odd@example.com', 'It is odd.', now())
            """,
            {"account_id": northwind.id},
        )
    )

    part = await ada.part("/aws/state", "aws-state")
    strip = await ada.part("/contacts/stored", "stored")
    page = await ada.get("/aws/connection")

    assert part.text.startswith('<div class="stack" id="aws-state"')
    assert 'id="stored"' in strip.text
    assert "odd@example.com" in page.text
    assert "It is odd." in page.text


async def test_both_sides_are_compared_and_brought_together(ada, grace, wish, ses, db, northwind):
    await ada.post("/aws/connection", wish)
    ses.create("there@example.com")

    first = await compared(ada)
    await ada.post("/aws/drift", {"repair": "1"})
    await compared(ada, {})
    second = await compared(ada)

    assert "there@example.com" in first
    assert "only in SES" in first
    assert "Repair" in first
    assert "Both sides are the same." in second
    assert (await grace.post("/aws/drift")).status_code == 403


async def compared(ada, form=None):
    """Compare, and return the part of the page that says what was found."""
    if form is None:
        await ada.post("/aws/drift")
    async with asyncio.timeout(30):
        while True:
            part = (await ada.part("/aws/drift", "aws-drift")).text
            if "aws-compared" not in part:
                return part
            await asyncio.sleep(0.1)


async def test_only_an_admin_connects_and_nobody_sees_another_account(
    ada, grace, kenji, wish, db, northwind
):
    await ada.post("/aws/connection", wish)

    seen = await grace.get("/aws/connection")
    assert "Sync now" not in seen.text
    assert "Secret access key" not in seen.text
    for path in ("connection", "test", "sync", "disconnection"):
        assert (await grace.post(f"/aws/{path}", wish)).status_code == 403
    assert "Sync now" not in (await kenji.get("/aws/connection")).text
    assert (await kenji.get("/aws/state")).status_code == 404
    assert (await kenji.post("/aws/sync")).status_code == 404
    assert await connection(db, northwind.id) is not None
