"""What all resources of this door do alike: read ids and metaData, and answer in a form."""

from typing import Any, Final

from litestar import Request, Response

from signalbook.doors.digitaleo import answers
from signalbook.doors.digitaleo.asking import Asked
from signalbook.doors.digitaleo.brackets import json_in
from signalbook.doors.digitaleo.errors import ActionUnknown, IdMissing, ListTooLong, ValuesInvalid
from signalbook.doors.digitaleo.model import Row, items_of, members_of, text_of, texts_of
from signalbook.kit.errors import Problem

MAX_IDS: Final = 10_000

_Asked = Request[Any, Any, Any]


def answered(request: _Asked, row: Row) -> Response[bytes]:
    """Answer in the form that the request accepts."""
    written = answers.written(row, request.headers.get("accept", ""))
    headers = {"Vary": "Accept"}
    return Response(written.body, status_code=200, media_type=written.media_type, headers=headers)


def counted(request: _Asked, count: int) -> Response[bytes]:
    """Answer how many records a call has touched."""
    return answered(request, {"count": count})


def ids_in(asked: Asked) -> list[str]:
    """Read which records are meant; raises IdMissing, ListTooLong."""
    found = texts_of(asked.get("id"))
    if not found:
        raise IdMissing(problems=[Problem("id", IdMissing.sentence(), IdMissing.code())])
    if len(found) > MAX_IDS:
        raise ListTooLong(most=MAX_IDS, count=len(found))
    return found


def metadata_in(asked: Asked) -> dict[str, Any]:
    """Read the changed properties: an object, or JSON in a text. Raises ValuesInvalid."""
    given = asked.get("metaData")
    if isinstance(given, str):
        given = json_in("metaData", given)
    members = members_of(given)
    if members is None:
        told = 'metaData is an object of changed properties, like {"lastName": "Lovelace"}'
        raise ValuesInvalid(problems=[Problem("metaData", told, "metadata_invalid")])
    return members


def records_in(asked: Asked, name: str) -> list[Any]:
    """Read the new records of a body: a list, `{contacts: […]}`, or one record by itself."""
    members = members_of(asked.body)
    if members is None:
        return items_of(asked.body)
    if name in members:
        held = members[name]
        return items_of(json_in(name, held) if isinstance(held, str) else held)
    rest = {one: value for one, value in members.items() if one != "action"}
    if "metaData" in rest:
        return [metadata_in(asked)]
    return [rest] if rest else []


def refuse_action(asked: Asked, *fine: str, known: str) -> None:
    """Raise ActionUnknown for a named action that is none of these."""
    action = text_of(asked.get("action"))
    if action and action not in fine:
        raise ActionUnknown(action=action[:64].replace("\x00", ""), known=known)
