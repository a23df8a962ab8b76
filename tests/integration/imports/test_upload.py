"""How a file arrives: in pieces, after a broken connection, too large, onto a full disk."""

import gzip
import os
import tracemalloc
from typing import NamedTuple
from uuid import UUID

import pytest

from signalbook.imports import places
from tests.integration.imports.asked import IMPORTS, PEOPLE, begun, sent, settled

RAW = PEOPLE.encode()


class Usage(NamedTuple):
    """What a disk says of itself."""

    total: int
    used: int
    free: int


async def piece(api, id, offset, raw):
    headers = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
    return await api.patch(f"{IMPORTS}/{id}/file", content=raw, headers=headers)


async def offset_of(api, id):
    answer = await api.head(f"{IMPORTS}/{id}/file")
    assert answer.status_code == 200
    return int(answer.headers["Upload-Offset"]), int(answer.headers["Upload-Length"])


def files(settings, account):
    return sorted((settings.data_dir / "imports" / str(account.id)).rglob("source"))


@pytest.fixture
def nothing_left(settings, northwind):
    """Fails where a file is left behind after the test."""
    yield
    assert files(settings, northwind) == []


async def test_a_file_in_pieces_is_read_with_its_last_byte(api, settings, northwind):
    id = await begun(api, "customers.csv", len(RAW))
    assert await offset_of(api, id) == (0, len(RAW))

    first = await piece(api, id, 0, RAW[:50])
    assert (first.status_code, first.headers["Upload-Offset"]) == (200, "50")
    assert first.json()["state"] == "uploading"
    last = await piece(api, id, 50, RAW[50:])

    assert last.json()["state"] == "ready"
    assert last.json()["columns"][0]["target"] == "email"
    assert files(settings, northwind)[0].read_bytes() == RAW
    await api.post(last.json()["links"]["start"])
    assert (await settled(api, id))["counts"]["created"] == 2


@pytest.mark.parametrize("offset", [0, 49, 51, 10_000])
async def test_a_piece_in_the_wrong_place_is_told_the_right_one(api, offset):
    id = await begun(api, "customers.csv", len(RAW))
    await piece(api, id, 0, RAW[:50])

    answer = await piece(api, id, offset, RAW[50:60])

    assert answer.status_code == 409
    assert answer.json()["code"] == "upload_misplaced"
    assert answer.headers["Upload-Offset"] == "50"
    assert await offset_of(api, id) == (50, len(RAW))


async def test_a_piece_whose_connection_breaks_is_kept_as_far_as_it_came(api, settings, app):
    id = await begun(api, "customers.csv", len(RAW))

    await broken_off(app, api, id, RAW[:70])

    assert await offset_of(api, id) == (70, len(RAW))
    assert (await piece(api, id, 70, RAW[70:])).json()["state"] == "ready"


async def broken_off(app, api, id, raw):
    """Send a piece and hang up in the middle of it."""
    messages = [
        {"type": "http.request", "body": raw, "more_body": True},
        {"type": "http.disconnect"},
    ]
    headers = {"X-API-Key": api.headers["X-API-Key"], "Upload-Offset": "0"}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "PATCH",
        "scheme": "http",
        "path": f"{IMPORTS}/{id}/file",
        "raw_path": f"{IMPORTS}/{id}/file".encode(),
        "query_string": b"",
        "root_path": "",
        "client": ("127.0.0.1", 4000),
        "server": ("127.0.0.1", 8000),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
    }

    async def receive():
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message):
        """Nobody listens."""

    await app(scope, receive, send)


async def test_a_killed_server_loses_nothing_acknowledged(api, settings, northwind):
    id = await begun(api, "customers.csv", len(RAW))
    await piece(api, id, 0, RAW[:50])
    with files(settings, northwind)[0].open("ab") as file:
        file.write(b"\0" * 30)  # what came after the last acknowledgement, as a crash may leave it

    answer = await piece(api, id, 50, RAW[50:])

    assert answer.json()["state"] == "ready"
    assert files(settings, northwind)[0].read_bytes() == RAW


async def test_a_server_killed_before_it_looked_into_the_file_looks_when_it_is_started(
    api, db, settings, northwind
):
    id = await begun(api, "customers.csv", len(RAW))
    await piece(api, id, 0, RAW[:-1])
    async with db.tx() as tx:
        await tx.execute("UPDATE imports SET bytes = expected WHERE id = %(id)s", {"id": id})
    with files(settings, northwind)[0].open("ab") as file:
        file.write(RAW[-1:])

    answer = await api.post(f"{IMPORTS}/{id}/start", json={"dry_run": True})

    assert answer.status_code == 202, answer.text
    assert (await settled(api, id))["state"] == "checked"


async def test_two_do_not_write_one_file_at_once(api, settings, northwind):
    id = await begun(api, "customers.csv", len(RAW))
    path = places.make(settings.data_dir, northwind.id, UUID(id))
    async with places.Landing(path):
        answer = await piece(api, id, 0, RAW)

    assert answer.status_code == 409
    assert answer.json()["code"] == "upload_busy"
    assert (await piece(api, id, 0, RAW)).json()["state"] == "ready"


async def test_more_than_was_announced_is_refused(api):
    id = await begun(api, "customers.csv", 10)

    answer = await piece(api, id, 0, RAW)

    assert answer.status_code == 400
    assert answer.json()["code"] == "upload_malformed"
    assert await offset_of(api, id) == (0, 10)


@pytest.mark.parametrize("offset", ["", "-1", "x", "٣", "9" * 30])
async def test_a_piece_says_where_it_belongs(api, offset):
    id = await begun(api)

    headers = {"Upload-Offset": offset.encode()}
    answer = await api.patch(f"{IMPORTS}/{id}/file", content=b"x", headers=headers)

    assert answer.status_code == 400
    assert "Upload-Offset" in answer.json()["message"]


async def test_a_file_in_pieces_that_cannot_be_read_ends_with_the_sentence(api):
    raw = b"%PDF-1.7 nothing of use"
    id = await begun(api, "customers.csv", len(raw))

    answer = await piece(api, id, 0, raw)

    assert answer.status_code == 400
    assert answer.json()["code"] == "unreadable"
    found = (await api.get(f"{IMPORTS}/{id}")).json()
    assert (found["state"], found["failure"]) == ("failed", answer.json()["message"])
    assert (await piece(api, id, len(raw), b"")).status_code == 409


async def test_announcing_under_the_same_key_makes_room_once(api):
    body, headers = {"name": "x.csv", "bytes": 10}, {"Idempotency-Key": "room"}

    first = await api.post(IMPORTS, json=body, headers=headers)
    again = await api.post(IMPORTS, json=body, headers=headers)

    assert first.json()["id"] == again.json()["id"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../../etc/passwd", "passwd"),
        ("C:\\Users\\Ada\\people.csv", "people.csv"),
        ("/etc/shadow", "shadow"),
        ("..", "upload"),
        ("a\x00b\nc.csv", "abc.csv"),
        ("../", "upload"),
        ("x" * 400, "x" * 255),
    ],
)
async def test_no_name_leads_out_of_the_folder(api, settings, northwind, name, shown):
    answer = await sent(api, name=name, start="false")

    assert answer.status_code == 201, answer.text
    assert answer.json()["name"] == shown
    [path] = files(settings, northwind)
    assert path == settings.data_dir / f"imports/{northwind.id}/{answer.json()['id']}/source"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


async def test_a_form_with_a_wicked_name_is_a_file_like_any_other(api, settings, northwind):
    files_ = {"file": ("../../run/secret_key", RAW)}
    answer = await api.post(IMPORTS, files=files_, data={"start": "false"})

    assert answer.json()["name"] == "secret_key"
    assert len(files(settings, northwind)) == 1


async def test_a_full_disk_is_told_before_anything_is_sent(api, monkeypatch, nothing_left):
    monkeypatch.setattr(places.shutil, "disk_usage", lambda _: Usage(10**12, 0, 2**30 + 10))

    whole = await sent(api)
    announced = await api.post(IMPORTS, json={"name": "x.csv", "bytes": 11})

    for answer in (whole, announced):
        assert answer.status_code == 503
        assert answer.json()["code"] == "no_room"
    assert (await api.get(IMPORTS)).json()["data"] == []


async def test_a_disk_that_fills_up_meanwhile_leaves_nothing_behind(api, monkeypatch, nothing_left):
    def full(descriptor, block):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(places.os, "write", full)

    answer = await sent(api)

    monkeypatch.undo()
    assert answer.status_code == 503
    assert answer.json()["code"] == "no_room"
    assert (await api.get(IMPORTS)).json()["data"] == []


async def test_a_file_that_is_too_large_is_refused(api, monkeypatch, nothing_left):
    monkeypatch.setattr(places, "MOST_BYTES", 50)

    async def slowly():
        yield RAW[:40]
        yield RAW[40:]

    stated = await sent(api)
    streamed = await api.post(IMPORTS, content=slowly(), headers={"Content-Type": "text/csv"})

    assert (stated.status_code, streamed.status_code) == (413, 413)
    assert stated.json()["code"] == "file_too_large"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=b", b"no form at all, and not even nearly one"),
        ("multipart/form-data; boundary=b", b"--b\r\nnonsense\r\n\r\n"),
        ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="file"'),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\na,b\r\n',
        ),
        ("multipart/form-data; boundary=b", b"--b--\r\n"),
        (
            "multipart/form-data; boundary=b",
            (
                b'--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\na\r\n'
                b'--b\r\nContent-Disposition: form-data; name="file"; filename="y"\r\n\r\na\r\n'
                b"--b--"
            ),
        ),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="mapping"\r\n\r\n\xff\r\n--b--',
        ),
        (
            "multipart/form-data; boundary=b",
            (
                b'--b\r\nContent-Disposition: form-data; name="mappings"\r\n\r\n{}\r\n'
                b'--b\r\nContent-Disposition: form-data; name="file"; filename="y"\r\n\r\na\r\n'
                b"--b--"
            ),
        ),
        ("text/csv", b""),
    ],
)
async def test_a_broken_upload_is_told_and_leaves_nothing(api, nothing_left, kind, body):
    answer = await api.post(IMPORTS, content=body, headers={"Content-Type": kind})

    assert answer.status_code == 400, answer.text
    assert answer.json()["code"] in {"upload_malformed", "file_missing", "body_invalid"}


async def test_what_stands_beside_a_file_has_a_limit(api, nothing_left):
    form = {"mapping": "x" * 2_000_000}

    answer = await api.post(IMPORTS, data=form, files={"file": ("x.csv", RAW)})

    assert answer.status_code == 400
    assert "1 MB" in answer.json()["message"]


BOUNDARY = "0123456789abcdef"
LONG = pytest.mark.skipif("LONG_TESTS" not in os.environ, reason="long: set LONG_TESTS=1")


async def rows_of(size):
    """Give about `size` bytes of rows, in pieces as a socket would."""
    row = b"ada.lovelace.%09d@example.com,Ada,London,%s\r\n" % (0, b"x" * 200)
    block = row * 250
    yield b"E-mail,First name,Town,Note\r\n"
    for _ in range(size // len(block)):
        yield block


async def form_of(size):
    head = 'Content-Disposition: form-data; name="file"; filename="large.csv"'
    yield f"--{BOUNDARY}\r\n{head}\r\nContent-Type: text/csv\r\n\r\n".encode()
    async for block in rows_of(size):
        yield block
    start = 'Content-Disposition: form-data; name="start"\r\n\r\nfalse'
    yield f"\r\n--{BOUNDARY}\r\n{start}\r\n--{BOUNDARY}--\r\n".encode()


@pytest.mark.parametrize("is_form", [False, True])
@pytest.mark.parametrize(
    "megabytes",
    [20, pytest.param(300, marks=LONG)],
)
async def test_a_large_file_is_never_in_memory(api, settings, northwind, megabytes, is_form):
    size = megabytes * 1024**2
    tracemalloc.start()
    try:
        if is_form:
            kind = f"multipart/form-data; boundary={BOUNDARY}"
            answer = await api.post(IMPORTS, content=form_of(size), headers={"Content-Type": kind})
        else:
            headers = {"Content-Type": "text/csv"}
            query = {"start": "false"}
            answer = await api.post(IMPORTS, content=rows_of(size), headers=headers, params=query)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert answer.status_code == 201, answer.text
    assert answer.json()["bytes"] > 0.99 * size
    assert files(settings, northwind)[0].stat().st_size == answer.json()["bytes"]
    assert peak < 12 * 1024**2


async def test_a_packed_file_is_taken_as_it_is(api):
    answer = await sent(api, gzip.compress(RAW), name="people.csv.gz", start="false")

    assert answer.json()["source"]["compression"] == "gzip"
    assert answer.json()["columns"][0]["target"] == "email"
