"""The wizard in a browser without scripts: a file becomes contacts, and can be taken back."""

import asyncio
import html
import re
from collections.abc import AsyncIterator

import pytest

from tests.integration.contacts_pages.conftest import Console, signed_in

PEOPLE = (
    "E-mail,First name,Town,Loyalty points\r\n"
    "ada@example.com,Ada,London,12\r\n"
    "grace@example.com,Grace,New York,80\r\n"
    "nobody at all,Kenji,Kyoto,7\r\n"
)
PATIENCE_SECONDS = 30
ENDED = ("/check", "/report", "/mapping")


class Wizard(Console):
    """Somebody who walks through the wizard, one form after another."""

    async def upload(self, text=PEOPLE, name="people.csv", new="/imports/new"):
        page = await self.get(new)
        action = re.search(r'action="(/imports\?csrf_token=[^"]+)"', page.text)
        assert action
        files = {"file": (name, text.encode() if isinstance(text, str) else text, "text/csv")}
        return await self.client.post(html.unescape(action[1]), files=files)

    async def mapped(self, place, **changed):
        """Send the form of the mapping as it stands, but for what is changed."""
        page = await self.get(place)
        return await self.post(place, fields_of(page.text) | changed)

    async def settled(self, import_id):
        """Wait until an import has nothing more to do; return the page it is at."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                answer = await self.get(f"/imports/{import_id}")
                if answer.headers["location"].endswith(ENDED):
                    return await self.get(answer.headers["location"])
                await asyncio.sleep(0.05)

    async def checked(self, text=PEOPLE, **changed):
        """Go as far as the dry run; return the import's address and the page."""
        answer = await self.upload(text)
        place = answer.headers["location"]
        home = place.removesuffix("/mapping")
        answer = await self.mapped(place, **changed)
        assert answer.status_code == 303, answer.text
        return home, await self.settled(home.rpartition("/")[2])

    async def imported(self, text=PEOPLE, **changed):
        home, _ = await self.checked(text, **changed)
        await self.post(f"{home}/start")
        return home, await self.settled(home.rpartition("/")[2])


def fields_of(text):
    """Read a form as a browser would send it."""
    form = text[text.index('id="mapping"') :]
    found = dict(
        re.findall(r'<input class="input"[^>]*name="([^"]+)" (?:type="\w+" )?value="([^"]*)"', form)
    )
    for name, inside in re.findall(
        r'<select[^>]*name="([^"]+)".*?>(.*?)</select>', form, re.DOTALL
    ):
        chosen = re.search(r'value="([^"]*)" selected', inside)
        first = re.search(r'value="([^"]*)"', inside)
        found[name] = (chosen or first)[1]
    radio = re.search(r'name="action" value="(\w+)" checked', form)
    return found | ({"action": radio[1]} if radio else {})


@pytest.fixture
async def ada(app, db, settings, northwind) -> AsyncIterator[Wizard]:
    """Ada, who owns Northwind."""
    async with await signed_in(app, db, settings, northwind.people["Ada"]) as client:
        yield Wizard(client)


@pytest.fixture
async def grace(app, db, settings, northwind) -> AsyncIterator[Wizard]:
    """Grace, who may only look."""
    async with await signed_in(app, db, settings, northwind.people["Grace"]) as client:
        yield Wizard(client)


@pytest.fixture
async def kenji(app, db, settings, contoso) -> AsyncIterator[Wizard]:
    """Kenji, who owns Contoso."""
    async with await signed_in(app, db, settings, contoso.people["Kenji"]) as client:
        yield Wizard(client)


async def test_an_account_without_imports_is_shown_how_to_begin(ada):
    page = await ada.get("/imports")

    assert "No imports yet" in page.text
    assert "/api/v1/imports" in page.text
    assert "X-API-Key: sk_" in page.text


async def test_a_file_from_a_plain_form_is_read_and_its_columns_guessed(ada):
    answer = await ada.upload()

    page = await ada.get(answer.headers["location"])
    fields = fields_of(page.text)
    assert fields["target0"] == "email"
    assert fields["target1"] == "field:first_name"
    assert fields["target2"] == "field:city"
    assert fields["target3"] == "new"
    assert (fields["name3"], fields["type3"]) == ("loyalty_points", "number")
    assert "Check 3 rows" in page.text


async def test_a_file_becomes_contacts_after_it_was_shown_what_would_happen(ada, db):
    home, check = await ada.checked()
    assert "Import 2 contacts" in check.text
    assert "nobody at all" in check.text
    async with db.read() as read:
        assert await read.value("SELECT count(*) FROM contacts") == 0

    await ada.post(f"{home}/start")
    report = await ada.settled(home.rpartition("/")[2])

    assert re.search(r'Created</span><span class="stat-value">2<', report.text)
    assert "Undo this import" in report.text
    created = await ada.get(f"{home}/report?outcome=created")
    contact = re.search(r'href="(/contacts/[0-9a-f-]{36})"', created.text)
    assert contact
    assert f'href="{home}"' in (await ada.get(contact[1])).text


async def test_what_an_import_did_is_undone_with_one_button(ada, db):
    home, _ = await ada.imported()

    await ada.post(f"{home}/undo")
    report = await ada.settled(home.rpartition("/")[2])

    assert "Undone" in report.text
    async with db.read() as read:
        assert await read.value("SELECT count(*) FROM contacts") == 0


async def test_a_mapping_that_does_not_fit_is_told_beside_the_column(ada):
    answer = await ada.upload()

    page = await ada.mapped(answer.headers["location"], target2="email")

    assert page.status_code == 400
    assert "The column E-mail becomes this already." in page.text
    assert fields_of(page.text)["target2"] == "email"


async def test_a_file_that_says_of_nobody_who_they_are_is_not_checked(ada):
    answer = await ada.upload()

    page = await ada.mapped(answer.headers["location"], target0="ignore")

    assert page.status_code == 400
    assert "No column of the file says who" in page.text


async def test_a_file_that_cannot_be_read_is_answered_with_a_sentence(ada):
    page = await ada.upload(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(range(256)) * 40, "a.pdf")

    assert page.status_code == 400
    assert 'role="alert"' in page.text
    assert "Drop a file here" in page.text


async def test_a_file_comes_in_pieces_and_goes_on_where_it_was(ada):
    data = PEOPLE.encode()
    begun = await ada.post("/imports/uploads", {"name": "people.csv", "size": str(len(data))})
    file = f"/imports/{begun.json()['id']}/file"
    page = await ada.client.get("/settings")
    token = {"X-CSRF-Token": re.search(r'name="csrf-token" content="([^"]+)"', page.text)[1]}
    json = token | {"Accept": "application/json"}

    first = await ada.client.put(f"{file}?at=0", content=data[:40], headers=json)
    again = await ada.client.put(f"{file}?at=0", content=data[:40], headers=json)
    there = await ada.client.get(file, headers=json)
    rest = await ada.client.put(f"{file}?at=40", content=data[40:], headers=json)
    read = await ada.client.post(file.replace("/file", "/reading"), headers=json)

    assert first.json() == there.json() == {"bytes": 40}
    assert again.status_code == 409
    assert rest.json() == {"bytes": len(data)}
    assert read.json() == {"href": file.replace("/file", "/mapping")}


async def test_rejected_rows_are_downloaded_as_they_were_with_the_reason(ada):
    home, _ = await ada.checked()

    answer = await ada.get(f"{home}/rejected.csv")

    head, row = answer.text.splitlines()
    assert head == "E-mail,First name,Town,Loyalty points,reason"
    assert row.startswith("nobody at all,Kenji,Kyoto,7,")
    assert "people%2C%20rejected%20rows.csv" in answer.headers["content-disposition"]


async def test_deleting_is_asked_about_once_more_with_the_number(ada, db):
    await ada.imported()
    home, check = await ada.checked(action="delete")
    assert "Delete 2 contacts…" in check.text

    sent = await ada.post(f"{home}/start")
    asked = await ada.get(sent.headers["location"])
    wrong = await ada.post(f"{home}/start", {"number": "3"})
    right = await ada.post(f"{home}/start", {"number": "2"})
    await ada.settled(home.rpartition("/")[2])

    assert "Delete 2 contacts?" in asked.text
    assert "To go on, type 2." in wrong.text
    assert right.headers["location"] == f"{home}/progress"
    async with db.read() as read:
        assert await read.value("SELECT count(*) FROM contacts") == 0


async def test_a_mapping_is_remembered_for_the_next_file_with_the_same_header(ada):
    await ada.checked(target2="field:state")

    answer = await ada.upload()
    page = await ada.get(answer.headers["location"])

    assert "Mapped like last time" in page.text
    assert fields_of(page.text)["target2"] == "field:state"


async def test_the_progress_of_an_import_that_has_ended_says_where_to_go(ada):
    home, _ = await ada.imported()

    stream = await ada.get(f"{home}/live")
    page = await ada.get(f"{home}/progress")

    assert stream.headers["content-type"].startswith("text/event-stream")
    assert "event: moved" in stream.text
    assert page.headers["location"] == f"{home}/report"


async def test_a_step_that_is_over_leads_to_the_one_that_is_on(ada):
    home, _ = await ada.imported()

    for step in ("upload", "mapping", "check"):
        answer = await ada.get(f"{home}/{step}")
        assert answer.headers["location"] == f"{home}/report"


async def test_an_import_belongs_to_its_account(ada, kenji):
    home, _ = await ada.checked()

    for step in (
        "",
        "/mapping",
        "/check",
        "/progress",
        "/live",
        "/report",
        "/file",
        "/rejected.csv",
    ):
        assert (await kenji.get(f"{home}{step}")).status_code == 404, step
    assert (await kenji.post(f"{home}/start")).status_code == 404
    assert "people.csv" not in (await kenji.get("/imports")).text


async def test_who_may_only_look_sees_reports_and_starts_nothing(ada, grace):
    home, _ = await ada.imported()

    assert "people.csv" in (await grace.get("/imports")).text
    assert "Undo this import" not in (await grace.get(f"{home}/report")).text
    assert (await grace.get("/imports/new")).status_code == 403
    assert (await grace.post(f"{home}/undo")).status_code == 403


@pytest.mark.parametrize("kind", ["csv", "json"])
async def test_the_samples_of_sendbase_are_added_and_deleted_as_there(ada, kind):
    sample = (await ada.get(f"/imports/examples/sendbase.{kind}")).text

    added = await ada.upload(sample, f"sendbase.{kind}")
    home = added.headers["location"].removesuffix("/mapping")
    await ada.mapped(f"{home}/mapping")
    await ada.settled(home.rpartition("/")[2])
    await ada.post(f"{home}/start")
    report = await ada.settled(home.rpartition("/")[2])
    deleted = await ada.upload(sample, f"sendbase.{kind}", "/imports/new?action=delete")
    fields = fields_of((await ada.get(deleted.headers["location"])).text)

    found = (await ada.get("/contacts?search=john")).text
    john = re.search(r'href="(/contacts/[0-9a-f-]{36})"', found)
    jane = (await ada.get("/contacts?search=jane")).text
    assert "Every row" in report.text
    assert john
    page = (await ada.get(john[1])).text
    assert '<h1 class="name">John</h1>' in page
    assert ("ACM Inc" in page) == (kind == "csv")
    assert "Unsubscribed" in jane
    assert deleted.headers["location"].endswith("/mapping?action=delete")
    assert fields["action"] == "delete"
