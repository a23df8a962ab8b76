"""Writes docs/reference/ from the code: settings, commands, endpoints, errors, events.

`make docs` runs it; `tests/docs/test_reference.py` fails while a page is not what it would write.
"""

import importlib
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import typer
from litestar import Litestar
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.routes import ASGIRoute, HTTPRoute

from signalbook.app import build
from signalbook.cli import app
from signalbook.doors.digitaleo import model as digitaleo
from signalbook.doors.ses import operations as ses
from signalbook.events.model import Kind
from signalbook.kit.command import EXIT_CODES
from signalbook.kit.config import Settings, described
from signalbook.kit.errors import AppError
from signalbook.web.access import Access
from signalbook.web.errors import STATUS

ROOT = Path(__file__).resolve().parents[1]
SRC = ROOT / "src"
FOLDER = ROOT / "docs" / "reference"

SECTIONS = {
    "The native API": "/api/",
    "Send With SES": "/add-contact",
    "Digitaleo": ("/token", "/rest"),
    "Running it": ("/healthz", "/readyz", "/metrics"),
    "The console": "/",
}

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

EVENTS = {
    Kind.CREATED: "The contact appeared.",
    Kind.UPDATED: "Fields or identifiers changed; `payload` holds each with its old and new value.",
    Kind.TAGGED: "A tag was given. A repeat of one the contact has is another of these: a signal.",
    Kind.UNTAGGED: "A tag was taken away.",
    Kind.UNSUBSCRIBED: "The contact may no longer be written to.",
    Kind.RESUBSCRIBED: "What the account itself had set was lifted.",
    Kind.DEACTIVATED: "The contact was set aside, with everything it has.",
    Kind.REACTIVATED: "The contact is active again.",
    Kind.MERGED: "Another contact was folded into this one.",
    Kind.IMPORTED: "A row of a file made or changed the contact; `payload` names the import and the"
    " row, and holds what changed.",
    Kind.DELETED: "The contact is gone; the ledger of opt-outs stays.",
}


def pages() -> dict[str, str]:
    """Write every page, by file name."""
    return {
        "settings.md": settings_page(),
        "commands.md": commands_page(),
        "endpoints.md": endpoints_page(),
        "errors.md": errors_page(),
        "events.md": events_page(),
        "digitaleo.md": digitaleo_page(),
        "aws-ses.md": ses_page(),
    }


def settings_page() -> str:
    """Every setting, from `kit/config.py`."""
    rows = [
        (f"`{one.variable}`", one.help, one.expected, f"`{one.default}`" if one.default else "–")
        for one in described()
        if one.name != "embedded"
    ]
    intro = (
        "Settings are environment variables, read once at the start. Wrong ones are refused, all at"
        " once. `signalbook config` prints those in force, secrets masked."
    )
    return page("Settings", intro, table(("variable", "what it is", "expected", "default"), rows))


def commands_page() -> str:
    """Every command and option, from typer."""
    root = typer.main.get_command(app)
    intro = (
        "Every command also answers `--help`, and `--json` where it answers at all. Those that act"
        " on one account take `--account NAME` (default: `default`). Exit codes: 0 done, 2 invalid,"
        " 3 not allowed, 4 not found, 5 conflict, 6 too many, 7 unavailable."
    )
    parts = [section for name, command in walk(root) for section in command_section(name, command)]
    return page("Commands", intro, *parts)


def walk(command, name: str = "signalbook") -> Iterator[tuple[str, object]]:  # noqa: ANN001
    """Visit the commands that do something, in order of name."""
    children = getattr(command, "commands", None)
    if children is None:
        yield name, command
        return
    for child in sorted(children):
        yield from walk(children[child], f"{name} {child}")


def command_section(name: str, command) -> list[str]:  # noqa: ANN001
    """Describe one command: its arguments and options."""
    rows: list[tuple[str, str, str]] = []
    usage = name
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            label = (parameter.metavar or parameter.name).upper()
            usage += f" {label}" if parameter.required else f" [{label}]"
            rows.append((f"`{label}`", parameter.help or "", ""))
        elif not parameter.hidden:
            default = parameter.default
            shown = f"`{default}`" if default not in {None, False, ""} else ""
            rows.append((f"`{', '.join(parameter.opts)}`", parameter.help or "", shown))
    head = [f"## `{usage}`", (command.help or "").strip()]
    return [*head, table(("", "", "default"), rows)] if rows else head


def endpoints_page() -> str:
    """Every route, from the application."""
    sections: dict[str, list[tuple[str, ...]]] = {title: [] for title in SECTIONS}
    for route in sorted(application().routes, key=lambda route: route.path):
        if not isinstance(route, HTTPRoute | ASGIRoute):
            continue
        for handler in handlers_of(route):
            methods = sorted(getattr(handler, "http_methods", {"POST"}) - {"OPTIONS"})
            title = next(t for t, starts in SECTIONS.items() if route.path.startswith(starts))
            told = (handler.fn.__doc__ or "").strip().partition("\n")[0]
            path = re.sub(r"\{(\w+):\w+\}", r"{\1}", route.path)
            sections[title].append((f"`{' '.join(methods)}`", f"`{path}`", told, who(handler)))
    intro = (
        "Every address the server answers and who may call it. Bodies, answers and examples are in"
        " the OpenAPI document, which a running server shows under `/docs`."
    )
    parts: list[str] = []
    for title, rows in sections.items():
        if rows:
            parts += [f"## {title}", table(("method", "path", "what it does", "who"), rows)]
    return page("Endpoints", intro, *parts)


def application() -> Litestar:
    """Make the application; it opens nothing until it is started."""
    settings = Settings.from_env({"SIGNALBOOK_SECRET_KEY": "0" * 32})
    return build(settings).app


def handlers_of(route: HTTPRoute | ASGIRoute) -> Sequence[BaseRouteHandler]:
    """List the handlers of a route in the order in which their methods are usually told."""
    if isinstance(route, ASGIRoute):
        return [route.route_handler]
    told = [handler for handler in route.route_handlers if handler.http_methods != {"OPTIONS"}]
    return sorted(told, key=place)


def place(handler: HTTPRouteHandler) -> int:
    """Say where a handler stands among those of its path."""
    return min(METHODS.index(method) for method in handler.http_methods)


def who(handler: BaseRouteHandler) -> str:
    """Say in words who may call a route."""
    access = handler.opt.get("access")
    if not isinstance(access, Access):
        return "anybody"
    words = {
        "public": "anybody",
        "link": "whoever holds the link",
        "key": f"a key with `{access.scope}`",
        "person": f"a person, {access.role} or above",
        "signed_in": "anybody signed in",
    }
    return words[access.kind]


def ses_page() -> str:
    """Every operation of the AWS SES door, from its routes."""
    rows: list[tuple[str, str, str, str]] = []
    for route in ses.ROUTES:
        names = iter(route.names)
        path = "/".join(f"{{{next(names)}}}" if part is None else part for part in route.path)
        about = "the form that clients from before 2023 send" if route.is_legacy else ""
        rows.append(
            (f"`{route.operation}`", f"`{route.method} {ses.ROOT}{path}`", route.scope, about)
        )
    intro = (
        "What the door for AWS's clients answers. A key needs the scope. Members, answers and"
        " errors are those of AWS's model of SES v2 (2019-09-27); the rest is refused by"
        " `UnknownOperationException`. [How to switch](../howto/switch-from-aws-ses.md),"
        " [what happens behind it](../explain/ses.md)."
    )
    return page("AWS SES's operations", intro, table(("operation", "address", "scope", ""), rows))


def digitaleo_page() -> str:
    """Every property of the Digitaleo door, from its model."""
    kinds = {
        "id": "digits, for ever the same",
        "lists": "the ids of the lists the contact is on",
        "created": "when it was made, UTC",
        "updated": "when it last changed, UTC",
        "email": "the e-mail, by which it is known",
        "mobile": "the mobile number in E.164 form, by which it is known",
        "field": "the field",
        "number": "the field, a number:",
        "day": "the field, a day like 1815-12-10:",
        "optout": "null, or the strongest reason for which it takes none",
    }
    contacts = [
        (f"`{name}`", kinds[of.kind] + (f" `{of.of}`" if of.of and of.kind != "optout" else ""))
        for name, of in digitaleo.CONTACT.items()
    ]
    intro = (
        "What `/rest` shows. Each property is a filter, is understood however it is"
        " capitalised, and is a text or null. [How to switch](../howto/switch-from-digitaleo.md)"
        " tells how they are asked for."
    )
    parts = ["## `/rest/contacts`", table(("property", "what it is"), contacts)]
    for resource, properties in digitaleo.ABOUT.items():
        rows = [(f"`{name}`", about) for name, about in properties.items()]
        parts += [f"## `/rest/{resource}`", table(("property", "what it is"), rows)]
    return page("Digitaleo's resources", intro, *parts)


def errors_page() -> str:
    """Every error, from the classes."""
    rows = [
        (f"`{error.code()}`", str(STATUS[error.kind]), str(EXIT_CODES[error.kind]), sentence(error))
        for error in every_error()
    ]
    intro = (
        "`code` is stable and is what a program should look at; the sentence is for people. `exit`"
        " is the command line's exit code."
    )
    return page("Errors", intro, table(("code", "status", "exit", "sentence"), rows))


def sentence(error: type[AppError]) -> str:
    """Show the sentence of an error with its facts as placeholders."""
    return re.sub(r"\{(\w+)[^}]*\}", r"*\1*", error.sentence()).replace("|", "\\|")


def every_error() -> list[type[AppError]]:
    """Load every module and list the errors that can be raised, by code."""
    for path in sorted((SRC / "signalbook").rglob("*.py")):
        if path.stem not in {"__init__", "__main__"}:
            importlib.import_module(".".join(path.relative_to(SRC).with_suffix("").parts))
    own = {error for error in descendants(AppError) if error.__module__.startswith("signalbook.")}
    kinds = {AppError, *AppError.__subclasses__()}
    return sorted(own - kinds, key=lambda error: error.code())


def descendants(error: type[AppError]) -> set[type[AppError]]:
    """List all classes below this one."""
    children = set(error.__subclasses__())
    return children.union(*(descendants(child) for child in children))


def events_page() -> str:
    """Every kind of event on a timeline."""
    intro = (
        "What a timeline tells, newest first: `GET /api/v1/contacts/{id}/timeline`. Each event"
        " carries its time, its source (a door, the console, the command line) and who was behind"
        " it."
    )
    rows = [(f"`{kind.value}`", EVENTS[kind]) for kind in Kind]
    return page("Events", intro, table(("kind", "what happened"), rows))


def page(title: str, *parts: str) -> str:
    """Put a page together, under a line that says where it comes from."""
    mark = "<!-- Written by `make docs` from the code: change it there. -->"
    return "\n\n".join([f"# {title}", mark, *parts]) + "\n"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Lay out a Markdown table."""
    lines = [list(head), *(list(row) for row in rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def main() -> None:
    """Write the pages that changed."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        path = FOLDER / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"wrote {path.relative_to(ROOT)}")


if __name__ == "__main__":
    sys.exit(main())
