"""Who changes contacts while things are killed: programs here, and other clients of AWS there."""

import json
import random
import threading
import time
import urllib.error
from collections import Counter
from collections.abc import Callable
from http.client import HTTPException
from typing import Any

from tests.bench.importing import Client, Refused
from tests.kill.ses_journal import EMAIL, Journal
from tests.ses_server import SesServer

TOPIC = "Sports"
FREE_EVERY = 10
"""Of so many addresses one has its opt-outs lifted too."""


class Writing(threading.Thread):
    """One writer, which goes on with its own addresses until told to stop."""

    def __init__(self, name: str, seed: int, addresses: list[str], journal: Journal) -> None:
        super().__init__(name=name, daemon=True)
        self.random = random.Random(seed)
        self.addresses = addresses
        self.journal = journal
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.ways: list[tuple[int, Callable[[str], None]]] = []
        self.pause = 0.02
        self._stopped = threading.Event()

    def stop(self) -> None:
        self._stopped.set()

    def run(self) -> None:
        """Do one thing after another, whatever becomes of it."""
        while not self._stopped.wait(self.pause * self.random.random() * 2):
            address = self.random.choice(self.addresses)
            weights = [weight for weight, _ in self.ways]
            [(_, way)] = self.random.choices(self.ways, weights)
            try:
                way(address)
            except Refused as refusal:
                self.refused[f"{way.__name__} {refusal.args[0]}"] += 1
            except urllib.error.HTTPError as refusal:
                self.refused[f"{way.__name__} {refusal.code}"] += 1
            except (OSError, HTTPException, ValueError) as error:
                self.refused[f"{way.__name__} {type(error).__name__}"] += 1
                time.sleep(0.05)
            else:
                self.done[way.__name__] += 1

    def is_free(self, address: str) -> bool:
        """Tell whether opt-outs of this address are lifted, too."""
        return self.journal.said[address].free


class Here(Writing):
    """A program that uses Signalbook's API."""

    def __init__(
        self, client: Client, mode: str, seed: int, addresses: list[str], journal: Journal
    ) -> None:
        super().__init__(f"here-{seed}", seed, addresses, journal)
        self.client = client
        self.ways = [(2, self.optout), (1, self.lift)]
        if mode != "follow":
            self.ways += [(12, self.value), (2, self.delete), (2, self.tag), (1, self.batch)]

    def value(self, address: str) -> None:
        """Give a field another value, and make the contact where it is missing."""
        n = self.journal.next()
        self.journal.try_value(address, n)
        self._ask("POST", "/api/v1/contacts/upsert", self._change(address, n))
        self.journal.took_value(address, n)

    def batch(self, address: str) -> None:
        """Do that for several of our addresses at once, now and then for so many that S3 helps."""
        many = min(self.random.choice([5, 5, 5, 150]), len(self.addresses))
        some = {address, *self.random.sample(self.addresses, many)}
        numbers = {one: self.journal.next() for one in some}
        for one, n in numbers.items():
            self.journal.try_value(one, n)
        self._ask("POST", "/api/v1/contacts/batch", [self._change(*one) for one in numbers.items()])
        for one, n in numbers.items():
            self.journal.took_value(one, n)

    def delete(self, address: str) -> None:
        self.journal.try_value(address, None)
        change = {"email": address, "op": "delete"}
        self._ask("POST", "/api/v1/contacts/batch", [change])
        self.journal.took_value(address, None)

    def tag(self, address: str) -> None:
        n = self.journal.next()
        self.journal.try_value(address, n)
        change = self._change(address, n) | {"add_tags": [f"tag-{self.random.randrange(5)}"]}
        self._ask("POST", "/api/v1/contacts/batch", [change])
        self.journal.took_value(address, n)

    def optout(self, address: str) -> None:
        reason = self.random.choice(["user", "contact"])
        body = {"channel": "email", "address": address, "reason": reason}
        self._ask("POST", "/api/v1/optouts", body)
        self.journal.took_optout(address, EMAIL)

    def lift(self, address: str) -> None:
        if self.is_free(address):
            body = {"channel": "email", "address": address, "reason": "user"}
            self._ask("POST", "/api/v1/optouts/lift", body)

    def _change(self, address: str, n: int) -> dict[str, Any]:
        return {"email": address, "custom_fields": {"n": n, "city": f"city {n % 7}"}}

    def _ask(self, method: str, path: str, body: object) -> Any:
        headers = {"content-type": "application/json"}
        return self.client.ask(method, path, json.dumps(body).encode(), headers)


class There(Writing):
    """Another client of AWS, or the link in a message that somebody follows."""

    def __init__(
        self, ses: SesServer, mode: str, seed: int, addresses: list[str], journal: Journal
    ) -> None:
        super().__init__(f"there-{seed}", seed, addresses, journal)
        self.ses = ses
        self.mode = mode
        self.pause = 0.1
        self.ways = [(3, self.unsubscribe), (2, self.leave_topic), (3, self.foreign)]
        if mode == "follow":
            self.pause = 0.03
            self.ways += [(12, self.value), (2, self.delete)]

    def unsubscribe(self, address: str) -> None:
        """Opt out of everything; the rest stays, as AWS's own unsubscribe page has it."""
        if self.ses.get(address) is None:
            return
        self.ses.update(address, UnsubscribeAll=True)
        self.journal.took_optout(address, EMAIL)

    def leave_topic(self, address: str) -> None:
        if self.ses.get(address) is None:
            return
        chosen = [{"TopicName": TOPIC, "SubscriptionStatus": "OPT_OUT"}]
        self.ses.update(address, TopicPreferences=chosen)
        self.journal.took_optout(address, TOPIC)

    def foreign(self, address: str) -> None:
        """Put a key of another system beside what is there."""
        found = self.ses.get(address)
        if found is not None:
            held = json.loads(found.get("AttributesData") or "{}")
            held["crm"] = self.journal.next()
            self.ses.update(address, AttributesData=json.dumps(held))

    def value(self, address: str) -> None:
        """Write as the one who leads does: whole, but for what was opted out of."""
        n, found = self.journal.next(), self.ses.get(address)
        self.journal.try_value(address, n)
        if found is None:
            self.ses.create(address, AttributesData=json.dumps({"n": n}))
        else:
            held = json.loads(found.get("AttributesData") or "{}")
            self.ses.update(address, AttributesData=json.dumps(held | {"n": n}))
        self.journal.took_value(address, n)

    def delete(self, address: str) -> None:
        """Delete who has not opted out there: SES forgets with the contact what nobody read yet."""
        if self.journal.said[address].out:
            return
        self.journal.try_value(address, None)
        self.ses.delete(address)
        self.journal.took_value(address, None)
