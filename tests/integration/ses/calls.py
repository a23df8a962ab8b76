"""The SES door behind its signature: an operation by name, answered as over the wire."""

from pathlib import Path
from typing import Any

import msgspec

from signalbook.doors.ses.api import HANDLERS
from signalbook.doors.ses.call import Call
from signalbook.doors.ses.errors import code_of
from signalbook.kit.config import Settings
from signalbook.kit.errors import AppError

REGION = "eu-west-1"


class Nudged:
    """A worker that is only told to look."""

    def nudge(self) -> None:
        """Do nothing: the test works itself."""


class Refused(Exception):
    """An answer that is an error: its code and its message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class Door:
    """The door as an account sees it in a region."""

    def __init__(self, db, place, data_dir: Path, region: str = REGION, **settings: Any) -> None:
        self.db = db
        self.account_id = place.id
        self._caller = place.cli
        self._region = region
        self.settings = Settings(data_dir=data_dir, secret_key="x" * 40, **settings)

    async def __call__(
        self,
        operation: str,
        body: dict[str, Any] | None = None,
        query: dict[str, list[str]] | None = None,
        **path: str,
    ) -> dict[str, Any]:
        """Call an operation; raises Refused."""
        call = Call(
            caller=self._caller,
            operation=operation,
            region=self._region,
            path=path,
            query=query or {},
            body=body or {},
            size=1024,
            db=self.db,
            writer=None,  # type: ignore[arg-type]  # none of these operations writes by it
            worker=Nudged(),  # type: ignore[arg-type]  # as above
            settings=self.settings,
        )
        try:
            answer = await HANDLERS[operation](call)
        except AppError as error:
            raise Refused(code_of(error), error.message) from error
        return msgspec.json.decode(msgspec.json.encode(answer or {}))
