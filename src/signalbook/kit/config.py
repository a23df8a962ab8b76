"""Settings: what must be known before there is a database, read once from the environment.

`Settings.from_env(os.environ)` is called where a program starts and the result is passed on; nobody
imports it. Every setting states its type, its default, a line of help and what a good value looks
like; `signalbook config` and the settings page of the reference are made from exactly that.
"""

import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, TypeAlias, get_args, get_origin

import msgspec
from msgspec import Meta

from signalbook.kit.errors import Invalid, Problem

PREFIX = "SIGNALBOOK_"
MASK = "••••••"

LogFormat: TypeAlias = Literal["console", "json"]
LogLevel: TypeAlias = Literal["debug", "info", "warning", "error"]
SesLimits: TypeAlias = Literal["strict", "open"]
SesCompat: TypeAlias = Literal["safe", "observed", "documented", "moto"]

_EVERYWHERE = {"0.0.0.0", "::", ""}  # noqa: S104  # compared with, not listened on


class SettingsWrong(Invalid):
    """The settings cannot be used as they are."""


def _about(text: str, expected: str, *, secret: bool = False, **limits: Any) -> Meta:  # noqa: ANN401
    extra = {"expected": expected, "secret": secret}
    return Meta(description=text, extra=extra, **limits)


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What one process was told at its start; every value comes from `SIGNALBOOK_<NAME>`."""

    database_url: Annotated[
        str | None,
        _about(
            "Your own PostgreSQL, 15 or newer; without it an embedded one runs in the data folder.",
            "postgresql://user:password@host:5432/name",
            secret=True,
        ),
    ] = None
    data_dir: Annotated[
        Path,
        _about("The folder that holds the embedded database and the secret key.", "a folder"),
    ] = Path("data")
    host: Annotated[str, _about("The address to listen on; 0.0.0.0 is every one.", "127.0.0.1")] = (
        "127.0.0.1"
    )
    port: Annotated[
        int, _about("The port to listen on.", "a number from 1 to 65535", ge=1, le=65535)
    ] = 8000
    workers: Annotated[
        int, _about("How many processes serve requests.", "a number from 1 to 64", ge=1, le=64)
    ] = 1
    public_url: Annotated[
        str,
        _about(
            "Where people and links reach this server; http://HOST:PORT unless set.",
            "https://contacts.example.com",
        ),
    ] = ""
    secret_key: Annotated[
        str,
        _about(
            "Signs sessions and encrypts stored secrets; made once in DATA_DIR/secret_key unless"
            " set. Several hosts need the same one.",
            "32 characters or more",
            secret=True,
        ),
    ] = ""
    redis_url: Annotated[
        str | None,
        _about(
            "A Redis or Valkey that holds the rate limits of several hosts; one host needs none.",
            "redis://user:password@host:6379/0",
            secret=True,
        ),
    ] = None
    proxies: Annotated[
        str,
        _about(
            "Networks, by comma, whose X-Forwarded-For header is believed.",
            "10.0.0.0/8, 192.0.2.7",
        ),
    ] = ""
    log_format: Annotated[
        LogFormat, _about("How log lines look: for people or for machines.", "console or json")
    ] = "console"
    log_level: Annotated[
        LogLevel, _about("The least severity that is logged.", "debug, info, warning or error")
    ] = "info"
    stop_seconds: Annotated[
        int,
        _about(
            "How long requests in flight may take once the server is told to stop.",
            "a number of seconds from 1 to 300",
            ge=1,
            le=300,
        ),
    ] = 20
    ses_limits: Annotated[
        SesLimits,
        _about(
            "What the AWS SES door allows: strict is AWS's own, one contact list per account and"
            " region, 20 topics and 50 tags; open has room for many.",
            "strict or open",
        ),
    ] = "strict"
    ses_compat: Annotated[
        SesCompat,
        _about(
            "What UpdateContact of the AWS SES door does with members that are left out: safe keeps"
            " them, observed and documented do as real SES is seen or said to do, moto as moto.",
            "safe, observed, documented or moto",
        ),
    ] = "safe"
    ses_s3_endpoint: Annotated[
        str | None,
        _about(
            "Where import jobs of the AWS SES door find `s3://` sources, unless in AWS's own S3.",
            "https://s3.example.com",
        ),
    ] = None
    ses_files: Annotated[
        Path | None,
        _about(
            "The folder below which import jobs of the AWS SES door may read `file://` sources;"
            " without it, none.",
            "a folder",
        ),
    ] = None
    embedded: Annotated[
        bool,
        _about("Set by `serve` for its workers: the database is the embedded one.", "0 or 1"),
    ] = False

    @classmethod
    def from_env(cls, environ: Mapping[str, str], *, make_secret: bool = True) -> "Settings":
        """Read the environment; raises SettingsWrong with all problems at once.

        The secret key is read from DATA_DIR/secret_key where it is not set, and made there, for the
        owner's eyes only, when it is missing and `make_secret` is true.
        """
        values, problems = _read(environ)
        if not problems:
            values.setdefault("public_url", _own_url(values))
            values["data_dir"] = Path(values.get("data_dir", "data")).expanduser().absolute()
            if not values.get("secret_key"):
                values["secret_key"] = _stored_secret(values["data_dir"], problems, make_secret)
        if problems:
            raise SettingsWrong("\n".join(p.message for p in problems), problems=problems)
        return cls(**values)


class Setting(NamedTuple):
    """One row of the table of settings: what it is called, what it is, what it does."""

    name: str
    variable: str
    type: str
    default: str
    help: str
    expected: str
    secret: bool


def described() -> list[Setting]:
    """Describe every setting that is for people, in the order of its declaration."""
    fields = msgspec.structs.fields(Settings)
    return [_describe(field) for field in fields if field.name != "embedded"]


def effective(settings: Settings) -> dict[str, str]:
    """List every setting with its value in force, secrets and passwords masked."""
    return {one.name: _shown(one, getattr(settings, one.name)) for one in described()}


def _read(environ: Mapping[str, str]) -> tuple[dict[str, Any], list[Problem]]:
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for field in msgspec.structs.fields(Settings):
        variable = PREFIX + field.name.upper()
        given = environ.get(variable, "").strip()
        if not given:
            continue
        expected = _describe(field).expected
        try:
            values[field.name] = msgspec.convert(
                given, field.type, strict=False, dec_hook=_made_of_text
            )
        except msgspec.ValidationError:
            problems.append(_problem(variable, f"is '{given}'; expected {expected}."))
        else:
            problems += _refused(field.name, variable, given, expected)
    return values, problems + _misspelt(environ)


def _made_of_text(type_: type[Any], text: str) -> Any:  # noqa: ANN401  # whatever `type_` says
    return type_(text)


def _refused(name: str, variable: str, given: str, expected: str) -> list[Problem]:
    """Check what a type cannot say; a secret is never repeated in the sentence."""
    if name.endswith(("_url", "_endpoint")):
        schemes = {
            "database_url": {"postgresql", "postgres"},
            "redis_url": {"redis", "rediss", "unix", "valkey", "valkeys"},
            "public_url": {"http", "https"},
            "ses_s3_endpoint": {"http", "https"},
        }[name]
        if given.partition("://")[0] not in schemes or "://" not in given:
            return [_problem(variable, f"is not an address of that kind; expected {expected}.")]
    if name == "secret_key" and len(given) < 32:  # noqa: PLR2004  # its own sentence says so
        return [_problem(variable, f"is too short; expected {expected}.")]
    return []


def _misspelt(environ: Mapping[str, str]) -> list[Problem]:
    known = {PREFIX + field.name.upper() for field in msgspec.structs.fields(Settings)}
    strangers = [name for name in environ if name.startswith(PREFIX) and name not in known]
    if not strangers:
        return []
    from difflib import get_close_matches  # noqa: PLC0415  # only where something is misspelt

    return [
        _problem(name, f"is no setting; did you mean {near[0]}?")
        for name in strangers
        if (near := get_close_matches(name, known, 1, 0.85))
    ]


def _problem(variable: str, sentence: str) -> Problem:
    return Problem(variable, f"{variable} {sentence}", "setting_wrong")


def _own_url(values: Mapping[str, Any]) -> str:
    host = str(values.get("host", "127.0.0.1"))
    host = "127.0.0.1" if host in _EVERYWHERE else host
    return f"http://{f'[{host}]' if ':' in host else host}:{values.get('port', 8000)}"


def _stored_secret(folder: Path, problems: list[Problem], make: bool) -> str:  # noqa: FBT001
    path = folder / "secret_key"
    try:
        if make and not path.exists():
            _store_secret(path)
        return path.read_text(encoding="ascii").strip() if path.exists() else ""
    except OSError as error:
        told = f"cannot be used: {path}: {error.strerror}; choose a folder you may write to."
        problems.append(_problem(f"{PREFIX}DATA_DIR", told))
        return ""


def _store_secret(path: Path) -> None:
    """Write a new key beside its place and link it there, so that two starts agree on one."""
    path.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with suppress(FileExistsError):
        descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
        os.link(draft, path)
    draft.unlink(missing_ok=True)


def _meta(field: msgspec.structs.FieldInfo) -> Meta:
    return next(part for part in get_args(field.type)[1:] if isinstance(part, Meta))


def _describe(field: msgspec.structs.FieldInfo) -> Setting:
    meta = _meta(field)
    extra = meta.extra or {}
    default = "" if field.default in {None, ""} else str(field.default)
    return Setting(
        field.name,
        PREFIX + field.name.upper(),
        _type_name(get_args(field.type)[0]),
        default,
        meta.description or "",
        str(extra["expected"]),
        bool(extra["secret"]),
    )


def _type_name(type_: Any) -> str:  # noqa: ANN401  # a type is what it is
    if get_origin(type_) is Literal:
        return " | ".join(str(choice) for choice in get_args(type_))
    named = {int: "number", Path: "folder", bool: "boolean"}
    return named.get(type_, "folder" if Path in get_args(type_) else "text")


def _shown(setting: Setting, value: object) -> str:
    if value is None or value == "":
        return ""
    if not setting.secret:
        return str(value)
    return _without_password(str(value)) if "://" in str(value) else MASK


def _without_password(url: str) -> str:
    """Mask the password, rather too much than too little where the address is malformed."""
    masked = re.sub(r"^([^:/]+://[^:/?@]*):.*@", rf"\1:{MASK}@", url)
    return re.sub(r"(password=)[^&]*", rf"\1{MASK}", masked)
