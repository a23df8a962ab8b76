"""What AWS SES refuses, in its words and its order, and how it compares; no state."""

import base64
import binascii
import hmac
import json
import re
import time
from typing import Any

NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_SEAL = b"tokens of the fake"


class Refused(Exception):
    """An answer that is an error: its HTTP status, AWS's name of it and the sentence."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def bad(message: str) -> Refused:
    return Refused(400, "BadRequestException", message)


def invalid(where: str, rule: str = "Member must not be null") -> Refused:
    return bad(
        f"1 validation error detected: Value at '{where}' failed to satisfy constraint: {rule}"
    )


def missing(message: str) -> Refused:
    return Refused(404, "NotFoundException", message)


def key_of(address: str) -> str:
    """Fold only the domain: foo@ and Foo@ are two contacts."""
    local, _, domain = address.strip().rpartition("@")
    return f"{local}@{domain.lower()}"


def now() -> float:
    return round(time.time(), 3)


def check_name(name: str, what: str = "ContactListName") -> None:
    if not name:
        raise bad(f"{what} can't be blank.")
    if not NAME.fullmatch(name):
        raise bad(
            f"{what} can contain up to 64 characters. Only alphanumeric characters, "
            "underscores(_) and hyphens(-) are allowed."
        )


def topics(asked: dict[str, Any]) -> list[dict[str, Any]]:
    found = asked.get("Topics") or []
    for number, one in enumerate(found, 1):
        for member in ("TopicName", "DisplayName", "DefaultSubscriptionStatus"):
            if one.get(member) is None:
                raise invalid(f"topics.{number}.member.{member[0].lower()}{member[1:]}")
        if one["DefaultSubscriptionStatus"] not in {"OPT_IN", "OPT_OUT"}:
            where = f"topics.{number}.member.defaultSubscriptionStatus"
            raise invalid(where, "Member must satisfy enum value set: [OPT_OUT, OPT_IN]")
    return found


def check_text(named: list[dict[str, Any]], asked: dict[str, Any]) -> None:
    if len(named) > 20:
        raise bad("Maximum of <20> topics allowed per ContactList")
    for one in named:
        check_name(one["TopicName"], "TopicName")
        if len(one["DisplayName"]) > 128:
            raise bad("Topic DisplayName can contain up to <128> characters.")
    if len({one["TopicName"] for one in named}) < len(named):
        raise bad("Duplicate topic names are not allowed within a List.")
    if len(asked.get("Description") or "") > 500:
        raise bad("List description can contain up to 500 characters.")


def check_topics(whole: Any, names: list[str]) -> None:
    defined = {one["TopicName"] for one in json.loads(whole["topics"])}
    for name in names:
        if name not in defined:
            raise bad(f"List: {whole['name']} doesn't contain Topic: {name}")


def is_object(text: object) -> bool:
    try:
        return isinstance(text, str) and isinstance(json.loads(text), dict)
    except ValueError:
        return False


def preferences(chosen: dict[str, str]) -> list[dict[str, str]]:
    return [{"TopicName": name, "SubscriptionStatus": to} for name, to in chosen.items()]


def matches(shown: dict[str, Any], wanted: dict[str, Any]) -> bool:
    status = wanted.get("FilteredStatus")
    if status is None:
        return True
    of_topic = wanted.get("TopicFilter") or {}
    out = shown["UnsubscribeAll"]
    if topic := of_topic.get("TopicName"):
        known = {
            one["TopicName"]: one["SubscriptionStatus"]
            for one in [
                *(shown.get("TopicDefaultPreferences", [])
                  if of_topic.get("UseDefaultIfPreferenceUnavailable") else []),
                *shown["TopicPreferences"],
            ]
        }  # fmt: skip
        return (out or known.get(topic) == "OPT_OUT") if status == "OPT_OUT" else (
            not out and known.get(topic) == "OPT_IN"
        )  # fmt: skip
    return out == (status == "OPT_OUT")


def bounced(row: Any) -> dict[str, Any]:
    return {
        "EmailAddress": row["key"], "Reason": row["reason"], "LastUpdateTime": row["updated"],
    }  # fmt: skip


def sealed(place: str, same: str) -> str:
    seal = hmac.digest(_SEAL, f"{place}{same}".encode(), "sha256").hex()
    return base64.urlsafe_b64encode(f"{place}.{seal}".encode()).decode()


def opened(token: str | None, same: str) -> str:
    if not token:
        return ""
    try:
        place = base64.urlsafe_b64decode(token).decode().partition(".")[0]
    except (binascii.Error, UnicodeDecodeError):
        place = ""
    if sealed(place, same) != token:
        raise bad("The NextToken is not valid.")
    return place
