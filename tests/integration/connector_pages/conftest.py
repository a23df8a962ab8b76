"""Somebody signed in, the application beside, and a stand-in for SES."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.integration.contacts_pages.conftest import ada, grace, kenji
from tests.ses_server import LIST, REGION, SesServer, topic

__all__ = ["ada", "grace", "kenji"]


@pytest.fixture
def ses() -> Iterator[SesServer]:
    """A stand-in for SES with one list that has one topic."""
    with TemporaryDirectory(prefix="ses-") as folder:
        server = SesServer(Path(folder))
        server.make_list(LIST, [topic("Sports")])
        yield server
        server.kill()


@pytest.fixture
def wish(ses: SesServer) -> dict[str, str]:
    """The form of a connection to it."""
    return {
        "mode": "mirror",
        "region": REGION,
        "list_name": LIST,
        "access_key_id": "AKIAHERE",
        "secret_access_key": "secret",
        "endpoint": ses.url,
    }
