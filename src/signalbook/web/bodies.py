"""The body of a request: bounded, of a known type, and all its problems told at once."""

import re
from collections.abc import Iterator
from typing import Any, Final, Generic, TypeVar, get_args, get_origin

import msgspec
from litestar import Request
from litestar.exceptions import HTTPException

from signalbook.kit.errors import Invalid, Problem
from signalbook.web.asgi import BodyTooLarge, read_body

S = TypeVar("S", bound=msgspec.Struct)

MAX_BODY_BYTES: Final = 1024 * 1024
JSON_TYPE: Final = "application/json"

_PLACE = re.compile(r"(?P<what>.*?)(?: - at `\$(?P<path>.*)`)?", re.DOTALL)
_EXPECTED = re.compile(r"Expected `(?P<expected>[^`]*)`(?:, got `(?P<got>[^`]*)`)?")
_TYPES = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}
_UNSUPPORTED_TYPE = 415


class BodyInvalid(Invalid):
    """The body was not accepted; each problem names its field."""


class JsonMalformed(Invalid):
    """The body is not JSON: {reason}."""


class BodyMissing(Invalid):
    """The body is empty; this call needs a JSON object."""


async def read(
    request: Request[Any, Any, Any],
    most: int = MAX_BODY_BYTES,
    types: tuple[str, ...] = (JSON_TYPE,),
) -> bytes:
    """Return the body; raises BodyTooLarge, and 415 for a body that calls itself something else.

    A missing type is taken for the first of `types`, and a JSON type without a body is no error.
    """
    stated = request.headers.get("content-length", "")
    if stated.isascii() and stated.isdigit() and int(stated) > most:
        raise BodyTooLarge(most=most)
    raw = await read_body(request.receive, most)
    kind = type_of(request)
    if raw and kind not in {"", *types} and not (kind.endswith("+json") and JSON_TYPE in types):
        detail = f"The body is {kind[:80]}; this call takes {' or '.join(types)}."
        raise HTTPException(status_code=_UNSUPPORTED_TYPE, detail=detail)
    return raw


def type_of(request: Request[Any, Any, Any]) -> str:
    """Return the media type that the request states, without its parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def json_of(raw: bytes) -> Any:  # noqa: ANN401  # any JSON value
    """Return the JSON value of a body; raises JsonMalformed with the place of the fault."""
    try:
        return msgspec.json.decode(raw)
    except RecursionError:
        raise JsonMalformed(reason="it is nested too deeply") from None
    except UnicodeDecodeError as fault:
        raise JsonMalformed(reason=f"not UTF-8 text ({fault.reason})") from fault
    except msgspec.DecodeError as fault:
        raise JsonMalformed(reason=_reason(str(fault))) from fault


class Shape(Generic[S]):
    """A published body: how it is decoded, and how everything wrong with one is found."""

    def __init__(self, struct: type[S]) -> None:
        """Decode into `struct`, which forbids members it does not know."""
        self.struct = struct
        self._decode = msgspec.json.Decoder(struct).decode
        self._fields = {field.encode_name: field for field in msgspec.structs.fields(struct)}

    def read(self, raw: bytes, *, may_be_empty: bool = False) -> tuple[S, list[Problem]]:
        """Return what the body says, and its problems; members with a problem are left out."""
        if not raw.strip():
            if may_be_empty:
                return self.struct(), []
            raise BodyMissing
        try:
            return self._decode(raw), []
        except (msgspec.ValidationError, RecursionError):
            return self.fit(json_of(raw))
        except (msgspec.DecodeError, UnicodeDecodeError):
            return self.fit(json_of(raw))

    def accepted(self, raw: bytes, *, may_be_empty: bool = False) -> S:
        """Return what the body says; raises BodyInvalid with all its problems."""
        said, problems = self.read(raw, may_be_empty=may_be_empty)
        if problems:
            raise BodyInvalid(problems=problems)
        return said

    def fit(self, value: object) -> tuple[S, list[Problem]]:
        """Do the same for a value that is JSON already."""
        if not isinstance(value, dict):
            told = f"The body must be an object, not {_named(value)}"
            raise BodyInvalid(problems=[Problem("", told, "type_wrong")])
        problems: list[Problem] = []
        fitting: dict[str, Any] = {}
        members: dict[str, Any] = value  # pyright: ignore[reportUnknownVariableType]
        for name, given in members.items():
            field = self._fields.get(name)
            if field is None:
                problems.append(_unknown(name, list(self._fields)))
                continue
            try:
                fitting[field.name] = msgspec.convert(given, field.type)
            except msgspec.ValidationError as fault:
                problems += _misfits(name, given, field.type, fault)
        for field in self._fields.values():
            if field.required and field.encode_name not in members:
                told = f"{field.encode_name} is missing"
                problems.append(Problem(field.encode_name, told, "missing"))
        if any(field.required and field.name not in fitting for field in self._fields.values()):
            raise BodyInvalid(problems=problems)
        return self.struct(**fitting), problems


def _unknown(name: str, known: list[str]) -> Problem:
    shown = name[:64].replace("\x00", "")
    told = f"There is no member {shown}; known are {', '.join(known)}"
    return Problem(shown, told, "unknown_member")


def _misfits(
    path: str, given: object, wanted: object, fault: msgspec.ValidationError
) -> Iterator[Problem]:
    """Tell what does not fit, for a list each of its items that does not."""
    inner = _item_type(wanted)
    if isinstance(given, list) and inner is not None:
        items: list[object] = given  # pyright: ignore[reportUnknownVariableType]
        wrong = False
        for at, item in enumerate(items):
            try:
                msgspec.convert(item, inner)
            except msgspec.ValidationError as reason:
                wrong = True
                yield _misfit(f"{path}[{at}]", reason)
        if wrong:
            return
    yield _misfit(path, fault)


def _misfit(path: str, fault: msgspec.ValidationError) -> Problem:
    found = _PLACE.fullmatch(str(fault))
    what, inside = (found["what"], found["path"] or "") if found else (str(fault), "")
    place = path + inside.replace("[...]", "")
    expected = _EXPECTED.fullmatch(what)
    if expected:
        wanted = _spoken(expected["expected"])
        got = f", not {_spoken(expected['got'])}" if expected["got"] else ""
        return Problem(place, f"{place} must be {wanted}{got}", "type_wrong")
    return Problem(place, f"{place}: {what[:1].lower()}{what[1:]}", "value_wrong")


def _spoken(types: str) -> str:
    return " or ".join(_TYPES.get(one.strip(), one.strip()) for one in types.split("|"))


def _named(value: object) -> str:
    if isinstance(value, list):
        return "a list"
    return "null" if value is None else _TYPES.get(type(value).__name__, "something else")


def _item_type(wanted: object) -> object:
    """Return the type of a list's items, looking through `X | None` and `X | UnsetType`."""
    if get_origin(wanted) in {list, tuple}:
        return get_args(wanted)[0]
    for option in get_args(wanted):
        if get_origin(option) in {list, tuple}:
            return get_args(option)[0]
    return None


def _reason(fault: str) -> str:
    """Shorten msgspec's sentence to what follows a colon; it names the byte."""
    shown = fault.removeprefix("JSON is malformed: ")
    return shown[:1].lower() + shown[1:].rstrip(".")
