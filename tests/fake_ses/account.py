"""What one AWS account keeps for SES, in one SQLite file, and what it answers; as strict as known.

Behaviour after the observed column of the specification: an update without AttributesData clears
them, without UnsubscribeAll resets it, topics merge by name; the local part of an address keeps its
case; a record of an import replaces the contact whole. Nothing here knows HTTP.
"""

import hashlib
import json
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.fake_ses import rules

_PAGE = 1000
_SCHEMA = """
CREATE TABLE IF NOT EXISTS lists (region TEXT PRIMARY KEY, name TEXT, topics TEXT,
    description TEXT, tags TEXT, created REAL, updated REAL);
CREATE TABLE IF NOT EXISTS contacts (region TEXT, key TEXT, place TEXT, address TEXT, topics TEXT,
    unsubscribed INT, attributes TEXT, created REAL, updated REAL, PRIMARY KEY (region, key));
CREATE INDEX IF NOT EXISTS contacts_place ON contacts (region, place);
CREATE TABLE IF NOT EXISTS suppressed (region TEXT, key TEXT, reason TEXT, updated REAL,
    PRIMARY KEY (region, key));
CREATE TABLE IF NOT EXISTS jobs (id TEXT PRIMARY KEY, region TEXT, asked TEXT, status TEXT,
    records INT, failed TEXT, error TEXT, created REAL, completed REAL);
CREATE TABLE IF NOT EXISTS objects (path TEXT PRIMARY KEY, body BLOB);
CREATE TABLE IF NOT EXISTS calls (at REAL, region TEXT, operation TEXT, address TEXT, answer TEXT);
CREATE TABLE IF NOT EXISTS control (name TEXT PRIMARY KEY, value TEXT);
"""


class SesAccount:
    """One AWS account: at most one contact list in each region, and what belongs to it."""

    def __init__(self, path: Path, url: str = "") -> None:
        self.url = url
        self.lock = threading.RLock()
        self.db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self.db.row_factory = sqlite3.Row
        self.db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;" + _SCHEMA)
        self.operations: dict[str, Callable[..., dict[str, Any]]] = {
            "CreateContactList": self.create_list,
            "GetContactList": self.get_list,
            "ListContactLists": self.lists,
            "UpdateContactList": self.update_list,
            "DeleteContactList": self.delete_list,
            "CreateContact": self.create_contact,
            "GetContact": self.get_contact,
            "ListContacts": self.list_contacts,
            "UpdateContact": self.update_contact,
            "DeleteContact": self.delete_contact,
            "PutSuppressedDestination": self.suppress,
            "GetSuppressedDestination": self.suppressed,
            "ListSuppressedDestinations": self.all_suppressed,
            "DeleteSuppressedDestination": self.unsuppress,
        }

    # Control

    def setting(self, name: str, default: Any = None) -> Any:
        found = self.one("SELECT value FROM control WHERE name = ?", name)
        return default if found is None else json.loads(found["value"])

    def set(self, name: str, value: Any) -> None:
        self.run("INSERT OR REPLACE INTO control VALUES (?, ?)", name, json.dumps(value))

    def note(self, region: str, operation: str, address: str, answer: str) -> None:
        """Write down one call and how it was answered, for a test that counts them."""
        self.run(
            "INSERT INTO calls VALUES (?, ?, ?, ?, ?)",
            time.time(), region, operation, address, answer,
        )  # fmt: skip

    # Lists

    def create_list(self, region: str, asked: dict[str, Any]) -> dict[str, Any]:
        name = asked.get("ContactListName")
        if name is None:
            raise rules.invalid("contactListName")
        topics = rules.topics(asked)
        rules.check_name(name)
        rules.check_text(topics, asked)
        if self.one("SELECT 1 FROM lists WHERE region = ?", region):
            raise rules.bad("A maximum of 1 Lists allowed per account.")
        now = rules.now()
        self.run(
            "INSERT INTO lists VALUES (?, ?, ?, ?, ?, ?, ?)", region, name, json.dumps(topics),
            asked.get("Description"), json.dumps(asked.get("Tags") or []), now, now,
        )  # fmt: skip
        return {}

    def get_list(self, region: str, asked: dict[str, Any]) -> dict[str, Any]:
        found = self._list(region, asked)
        answer = {
            "ContactListName": found["name"],
            "Topics": json.loads(found["topics"]),
            "CreatedTimestamp": found["created"],
            "LastUpdatedTimestamp": found["updated"],
            "Tags": json.loads(found["tags"]),
        }
        return answer | ({"Description": found["description"]} if found["description"] else {})

    def lists(self, region: str, _asked: dict[str, Any]) -> dict[str, Any]:
        found = self.all("SELECT name, updated FROM lists WHERE region = ?", region)
        rows = [
            {"ContactListName": one["name"], "LastUpdatedTimestamp": one["updated"]}
            for one in found
        ]
        return {"ContactLists": rows}

    def update_list(self, region: str, asked: dict[str, Any]) -> dict[str, Any]:
        topics = rules.topics(asked)
        self._list(region, asked)
        rules.check_text(topics, asked)
        self.run(
            "UPDATE lists SET topics = ?, description = ?, updated = ? WHERE region = ?",
            json.dumps(topics), asked.get("Description"), rules.now(), region,
        )  # fmt: skip
        return {}

    def delete_list(self, region: str, asked: dict[str, Any]) -> dict[str, Any]:
        self._list(region, asked)
        self.run("DELETE FROM contacts WHERE region = ?", region)
        self.run("DELETE FROM lists WHERE region = ?", region)
        return {}

    # Contacts

    def create_contact(self, region: str, asked: dict[str, Any]) -> dict[str, Any]:
        wanted = self.wanted(region, asked)
        if self._found(region, wanted["address"]):
            raise rules.Refused(
                400, "AlreadyExistsException", f"{wanted['address']} already exists in List."
            )
        self.put(region, wanted["address"], wanted)
        return {}

    def get_contact(self, region: str, asked: dict[str, Any]) -> dict[str, Any]:
        found = self._there(region, asked)
        whole = self._shown(region, found)
        whole["ContactListName"] = asked["ContactListName"]
        whole["CreatedTimestamp"] = found["created"]
        if found["attributes"] is not None:
            whole["AttributesData"] = found["attributes"]
        return whole

    def update_contact(self, region: str, asked: dict[str, Any]) -> dict[str, Any]:
        wanted = self.wanted(region, asked)
        found = self._there(region, asked)
        wanted["topics"] = json.loads(found["topics"]) | wanted["topics"]
        self.put(region, found["address"], wanted)
        return {}

    def delete_contact(self, region: str, asked: dict[str, Any]) -> dict[str, Any]:
        found = self._there(region, asked)
        self.run("DELETE FROM contacts WHERE region = ? AND key = ?", region, found["key"])
        return {}

    def list_contacts(self, region: str, asked: dict[str, Any]) -> dict[str, Any]:
        whole = self._list(region, asked)
        wanted = asked.get("Filter") or {}
        topic = (wanted.get("TopicFilter") or {}).get("TopicName")
        if topic is not None:
            rules.check_topics(whole, [topic])
        size = asked.get("PageSize") or _PAGE
        same = json.dumps([region, whole["name"], wanted], sort_keys=True)
        rows = self.all(
            "SELECT * FROM contacts WHERE region = ? AND place > ? ORDER BY place LIMIT ?",
            region, rules.opened(asked.get("NextToken"), same), min(size, _PAGE) + 1,
        )  # fmt: skip
        page = rows[: min(size, _PAGE)]
        shown = [self._shown(region, one) for one in page]
        answer: dict[str, Any] = {"Contacts": [one for one in shown if rules.matches(one, wanted)]}
        if len(rows) > len(page):
            answer["NextToken"] = rules.sealed(page[-1]["place"], same)
        return answer

    def put(self, region: str, address: str, wanted: dict[str, Any]) -> None:
        """Make a contact what is wanted, whole; what is not named is not there afterwards."""
        key, now = rules.key_of(address), rules.now()
        before = self._found(region, address)
        self.run(
            "INSERT OR REPLACE INTO contacts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            region, key, hashlib.sha256(key.encode()).hexdigest(),
            before["address"] if before else address, json.dumps(wanted["topics"]),
            int(wanted["unsubscribed"]), wanted["attributes"],
            before["created"] if before else now, now,
        )  # fmt: skip

    # The suppression list

    def suppress(self, region: str, asked: dict[str, Any]) -> dict[str, Any]:
        if asked.get("Reason") not in {"BOUNCE", "COMPLAINT"}:
            raise rules.invalid("reason", "Member must satisfy enum value set: [BOUNCE, COMPLAINT]")
        self.run(
            "INSERT OR REPLACE INTO suppressed VALUES (?, ?, ?, ?)",
            region, rules.key_of(asked["EmailAddress"]), asked["Reason"], rules.now(),
        )  # fmt: skip
        return {}

    def suppressed(self, region: str, asked: dict[str, Any]) -> dict[str, Any]:
        return {"SuppressedDestination": rules.bounced(self._suppressed(region, asked))}

    def unsuppress(self, region: str, asked: dict[str, Any]) -> dict[str, Any]:
        found = self._suppressed(region, asked)
        self.run("DELETE FROM suppressed WHERE region = ? AND key = ?", region, found["key"])
        return {}

    def all_suppressed(self, region: str, _asked: dict[str, Any]) -> dict[str, Any]:
        rows = self.all("SELECT * FROM suppressed WHERE region = ? ORDER BY key", region)
        return {"SuppressedDestinationSummaries": [rules.bounced(one) for one in rows]}

    # Reading

    def wanted(self, region: str, asked: dict[str, Any]) -> dict[str, Any]:
        """Check what is asked of a contact in AWS's order, and return it whole."""
        topics: dict[str, str] = {}
        for number, one in enumerate(asked.get("TopicPreferences") or [], 1):
            where = f"topicPreferences.{number}.member."
            if one.get("TopicName") is None:
                raise rules.invalid(where + "topicName")
            if one.get("SubscriptionStatus") not in {"OPT_IN", "OPT_OUT"}:
                rule = "Member must satisfy enum value set: [OPT_OUT, OPT_IN]"
                raise rules.invalid(where + "subscriptionStatus", rule)
            topics[one["TopicName"]] = one["SubscriptionStatus"]
        address = asked.get("EmailAddress")
        if address is None:
            raise rules.invalid("emailAddress")
        refused = self.setting("refused_addresses", [])
        if not rules.ADDRESS.fullmatch(address) or address in refused:
            raise rules.bad(f"EmailAddress {address} is invalid")
        rules.check_topics(self._list(region, asked), list(topics))
        attributes = asked.get("AttributesData")
        if attributes is not None and not rules.is_object(attributes):
            raise rules.bad("AttributesData must be a valid JSON object.")
        unsubscribed = asked.get("UnsubscribeAll")
        if unsubscribed is not None and not isinstance(unsubscribed, bool):
            raise rules.Refused(400, "SerializationException", "can not be converted to a Boolean")
        return {
            "address": address, "topics": topics, "attributes": attributes,
            "unsubscribed": bool(unsubscribed),
        }  # fmt: skip

    def _list(self, region: str, asked: dict[str, Any]) -> sqlite3.Row:
        rules.check_name(asked["ContactListName"])
        found = self.one("SELECT * FROM lists WHERE region = ?", region)
        if found is None or found["name"] != asked["ContactListName"]:
            raise rules.missing(f"List with name: {asked['ContactListName']} doesn't exist.")
        return found

    def _there(self, region: str, asked: dict[str, Any]) -> sqlite3.Row:
        self._list(region, asked)
        found = self._found(region, asked["EmailAddress"])
        if found is None:
            raise rules.missing(f"{asked['EmailAddress']} doesn't exist in List.")
        return found

    def _found(self, region: str, address: str) -> sqlite3.Row | None:
        return self.one(
            "SELECT * FROM contacts WHERE region = ? AND key = ?", region, rules.key_of(address)
        )

    def _suppressed(self, region: str, asked: dict[str, Any]) -> sqlite3.Row:
        address = asked["EmailAddress"]
        found = self.one(
            "SELECT * FROM suppressed WHERE region = ? AND key = ?", region, rules.key_of(address)
        )
        if found is None:
            raise rules.missing(f"Email address {address} does not exist on your suppression list.")
        return found

    def _shown(self, region: str, found: sqlite3.Row) -> dict[str, Any]:
        whole = self.one("SELECT topics FROM lists WHERE region = ?", region)
        defined = json.loads(whole["topics"]) if whole else []
        stored = json.loads(found["topics"])
        chosen = {one["TopicName"]: stored.get(one["TopicName"]) for one in defined}
        shown: dict[str, Any] = {
            "EmailAddress": found["address"],
            "TopicPreferences": rules.preferences({k: v for k, v in chosen.items() if v}),
            "UnsubscribeAll": bool(found["unsubscribed"]),
            "LastUpdatedTimestamp": found["updated"],
        }
        defaults = {
            one["TopicName"]: one["DefaultSubscriptionStatus"]
            for one in defined
            if not chosen[one["TopicName"]]
        }
        return shown | (
            {"TopicDefaultPreferences": rules.preferences(defaults)} if defaults else {}
        )

    def run(self, statement: str, *values: object) -> None:
        self.db.execute(statement, values)

    def one(self, statement: str, *values: object) -> sqlite3.Row | None:
        return self.db.execute(statement, values).fetchone()

    def all(self, statement: str, *values: object) -> list[sqlite3.Row]:
        return self.db.execute(statement, values).fetchall()
