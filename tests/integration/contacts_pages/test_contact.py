"""Adding a contact, its page, and what is changed on it in place."""

import re

from signalbook.contacts import queries
from tests.integration.bulk.people import apply


async def stored(db, account_id, id):
    async with db.read() as read:
        return await queries.get(read, account_id, id)


async def test_a_contact_is_added_with_everything_and_opens(ada, db, northwind):
    form = {
        "email": "ada@example.com", "mobile": "+14155552671", "external_id": "crm-1",
        "first_name": "Ada", "last_name": "Lovelace", "tags": "vip, math",
        "field1": "loyalty", "value1": "12", "field2": "birth_date", "value2": "1815-12-10",
    }  # fmt: skip

    answer = await ada.post("/contacts", form)
    page = await ada.get(answer.headers["location"])

    assert answer.status_code == 303
    for said in ("Ada Lovelace", "crm-1", "vip", "math", "10 Dec 1815", "Contact created"):
        assert said in page.text, said


async def test_what_is_wrong_stands_beside_its_field_and_the_rest_is_kept(ada, db, northwind):
    await apply(db, northwind.id, external_id="crm-1")
    form = {"email": "not-an-address", "mobile": "0123", "first_name": "Ada",
            "field1": "birth_date", "value1": "yesterday"}  # fmt: skip

    wrong = await ada.post("/contacts", form | {"field1": "", "value1": ""})
    unfit = await ada.post("/contacts", form)
    taken = await ada.post("/contacts", {"external_id": "crm-1"})

    assert wrong.status_code == 400
    assert 'id="f-email-error"' in wrong.text
    assert 'id="f-mobile-error"' in wrong.text
    assert 'value="not-an-address"' in wrong.text
    assert 'id="value1-error"' in unfit.text
    assert taken.status_code == 409
    assert 'id="f-external_id-error"' in taken.text


async def test_a_field_is_edited_in_place_with_the_control_of_its_type(ada, db, northwind):
    known = {"birth_date": "1815-12-10", "is_member": True, "points": 7}
    made = await apply(db, northwind.id, email="ada@example.com", fields=known)
    here = f"/contacts/{made.contact.id}/fact"

    assert 'type="date"' in (await ada.part(f"{here}?name=birth_date&edit=1", "x")).text
    assert 'type="checkbox"' in (await ada.part(f"{here}?name=is_member&edit=1", "x")).text
    assert 'type="number"' in (await ada.part(f"{here}?name=points&edit=1", "x")).text

    await ada.post(here, {"name": "points", "value": "8.5"}, target="x")
    await ada.post(here, {"name": "is_member"}, target="x")
    await ada.post(here, {"name": "city", "value": "London"}, target="x")
    fields = (await stored(db, northwind.id, made.contact.id)).fields
    assert fields == {
        "birth_date": "1815-12-10", "is_member": False, "points": 8.5, "city": "London",
    }  # fmt: skip

    await ada.post(here, {"name": "is_member", "remove": "1"}, target="x")
    await ada.post(here, {"name": "city", "value": ""}, target="x")
    assert set((await stored(db, northwind.id, made.contact.id)).fields) == {"birth_date", "points"}


async def test_a_value_that_does_not_fit_is_told_beside_the_field_with_what_was_typed(
    ada, db, northwind
):
    made = await apply(db, northwind.id, email="ada@example.com", fields={"points": 7})
    here = f"/contacts/{made.contact.id}/fact"

    unfit = await ada.post(here, {"name": "points", "value": "many"}, target="x")
    wrong = await ada.post(here, {"name": "email", "value": "nobody"}, target="x")
    last = await ada.post(here, {"name": "email", "value": ""}, target="x")

    assert unfit.status_code == 400
    assert "expects a number" in unfit.text
    assert 'value="many"' in unfit.text
    assert wrong.status_code == 400
    assert 'id="fact-error"' in wrong.text
    assert "the last one cannot be removed" in last.text


async def test_a_field_is_added_by_its_label_or_anew(ada, db, northwind):
    made = await apply(db, northwind.id, email="ada@example.com")
    here = f"/contacts/{made.contact.id}/fields"

    await ada.post(here, {"name": "Date of birth", "value": "1815-12-10", "type": "text"})
    await ada.post(here, {"name": "shoe_size", "value": "38", "type": "number"})
    await ada.post(here, {"name": "hobbies", "value": "maths, horses", "type": "list"})

    fields = (await stored(db, northwind.id, made.contact.id)).fields
    assert fields == {
        "birth_date": "1815-12-10", "shoe_size": 38, "hobbies": ["maths", "horses"],
    }  # fmt: skip


async def test_tags_are_attached_and_detached(ada, db, northwind):
    made = await apply(db, northwind.id, email="ada@example.com")
    here = f"/contacts/{made.contact.id}"

    part = await ada.post(f"{here}/tags", {"tag": "viewed-red-sneakers"}, target="signals")
    options = await ada.get("/contacts/tag-options?tag=red")
    gone = await ada.post(f"{here}/tags", {"detach": "viewed-red-sneakers"}, target="signals")
    wrong = await ada.post(f"{here}/tags", {"tag": "x" * 129}, target="signals")

    assert "viewed-red-sneakers" in part.text
    assert part.headers["HX-Trigger"] == '{"contact-changed": true}'
    assert "1 contact" in options.text
    assert "No tags yet" in gone.text
    assert wrong.status_code == 400
    assert 'id="tag-problem"' in wrong.text


async def test_an_account_lifts_only_its_own_opt_out(ada, db, northwind):
    made = await apply(db, northwind.id, email="ada@example.com")
    here = f"/contacts/{made.contact.id}"

    await ada.post(f"{here}/status", {"action": "unsubscribe"})
    out = await ada.get(here)
    await ada.post(f"{here}/status", {"action": "resubscribe"})
    back = await ada.get(here)

    assert "Unsubscribed by you, from Console" in out.text
    assert 'value="resubscribe"' in out.text
    assert 'value="unsubscribe"' in back.text
    assert "Resubscribed" in back.text


async def test_a_deleted_contact_is_gone(ada, db, northwind):
    made = await apply(db, northwind.id, email="ada@example.com")
    here = f"/contacts/{made.contact.id}"

    answer = await ada.post(f"{here}/deletion")

    assert answer.headers["location"] == "/contacts"
    assert (await ada.get(here)).status_code == 404


async def test_the_timeline_reads_as_sentences_and_folds_what_is_repeated(ada, db, northwind):
    who = {"email": "ada@example.com"}
    made = await apply(db, northwind.id, **who, fields={"city": "Hyderabad"})
    for _ in range(4):
        await apply(db, northwind.id, **who, tags_add=("viewed-red-sneakers",))
    await apply(db, northwind.id, **who, fields={"city": "Mumbai"})
    here = f"/contacts/{made.contact.id}"

    page = (await ada.get(here)).text
    changes = (await ada.part(f"{here}/timeline?kind=changes", "timeline")).text

    assert "City changed from <del>Hyderabad</del> to <ins>Mumbai</ins>" in page
    assert page.count("Attached tag <b>viewed-red-sneakers</b>") == 1
    assert "4 times" in page
    assert "viewed-red-sneakers" not in changes
    assert "Contact created" in changes


async def test_a_long_timeline_is_shown_in_stretches_without_a_gap(ada, db, northwind):
    who = {"email": "ada@example.com"}
    made = await apply(db, northwind.id, **who)
    for number in range(7):
        tags = tuple(f"signal-{number * 10 + one}" for one in range(10))
        await apply(db, northwind.id, **who, tags_add=tags)
    path, seen = f"/contacts/{made.contact.id}/timeline", []

    while path:
        page = await ada.part(path, "timeline-more" if seen else "timeline")
        seen += re.findall(r"Attached tag <b>([^<]+)</b>", page.text)
        more = re.search(r'id="timeline-more">.*?hx-get="([^"]+)"', page.text, re.DOTALL)
        path = more and more[1].replace("&amp;", "&")

    assert len(seen) == len(set(seen)) == 70


async def test_another_accounts_contact_is_not_there(kenji, db, northwind):
    made = await apply(db, northwind.id, email="ada@example.com")
    here = f"/contacts/{made.contact.id}"

    for path in (here, f"{here}/drawer", f"{here}/timeline", f"{here}/fact?name=city"):
        assert (await kenji.get(path)).status_code == 404, path
    assert (await kenji.post(f"{here}/deletion")).status_code == 404
    assert (await kenji.post(f"{here}/tags", {"tag": "mine"})).status_code == 404
