"""Files as sources: what lies in the opened folder, and nothing that lies outside."""

import os

import pytest

from signalbook.ses import sources
from signalbook.ses.errors import SourceForbidden, SourceMissing
from signalbook.ses.sources import Stores


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "secret.csv").write_text("secret")
    folder = tmp_path / "sources"
    (folder / "sub").mkdir(parents=True)
    (folder / "of people.csv").write_text("people")
    (folder / "sub" / "more.csv").write_text("more")
    (folder / "link.csv").symlink_to(tmp_path / "secret.csv")
    (folder / "inner.csv").symlink_to(folder / "sub" / "more.csv")
    (folder / "out").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe.csv")
    return folder


async def read(url, folder):
    return b"".join([piece async for piece in sources.pieces(url, "", Stores(folder=folder))])


async def test_a_file_is_named_from_the_root_or_from_the_folder(folder):
    assert await read(f"file://{folder}/of%20people.csv", folder) == b"people"
    assert await read("file:///of people.csv", folder) == b"people"
    assert await read("file://localhost/sub/more.csv", folder) == b"more"
    assert await read("file:///inner.csv", folder) == b"more"


@pytest.mark.parametrize(
    "name",
    [
        *("../secret.csv", "..%2Fsecret.csv", "link.csv", "out/secret.csv", "sub/../../secret.csv"),
        *("", ".", "sub", "pipe.csv", "missing.csv", "a%00b"),
    ],
)
async def test_nothing_else_is_read(folder, name):
    for url in (f"file:///{name}", f"file://{folder}/{name}", f"file://{folder.parent}/secret.csv"):
        with pytest.raises((SourceForbidden, SourceMissing)):
            await read(url, folder)
    with pytest.raises(SourceForbidden):
        await read(f"file://{folder}/of%20people.csv", None)


async def test_what_is_kept_beside_a_file_follows_no_link(folder, tmp_path):
    failed = tmp_path / "failed"
    failed.write_text("failed")
    (folder / "of people.csv.failed").symlink_to(tmp_path / "secret.csv")

    with pytest.raises(SourceForbidden):
        await sources.keep_beside(
            "file:///of people.csv", "", Stores(folder=folder), ".failed", failed
        )
    url = await sources.keep_beside(
        "file:///sub/more.csv", "", Stores(folder=folder), ".failed", failed
    )

    assert url == "file:///sub/more.csv.failed"
    assert (folder / "sub" / "more.csv.failed").read_text() == "failed"
    assert (tmp_path / "secret.csv").read_text() == "secret"


@pytest.mark.parametrize(
    ("url", "is_one"),
    [
        ("s3://bucket/key.csv", True),
        ("s3://bucket/a/b.csv", True),
        ("s3://bucket", False),
        ("https://bucket/key", False),
        ("file:///a.csv", False),
        ("", False),
    ],
)
def test_an_address_is_of_s3_unless_a_folder_is_open(url, is_one):
    assert sources.is_source(url, Stores()) is is_one
    assert sources.is_source("file:///a.csv", Stores(folder=None)) is False
