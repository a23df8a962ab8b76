"""Who may call a route, written where the route is: `@get("/contacts", access=key("read"))`.

A route without it does not start (the guard refuses, and a test walks every route). The guard that
acts on it lives in `accounts/auth.py`; here is only what a route may say.
"""

from typing import Literal, TypeAlias

import msgspec

KeyScope: TypeAlias = Literal["read", "write", "upload"]
PersonRole: TypeAlias = Literal["viewer", "editor", "admin", "owner"]


class Access(msgspec.Struct, frozen=True):
    """What a route asks of its caller.

    - `public`: nobody is asked who they are; a form from another site is still refused.
    - `link`: whoever holds the signed link, from wherever it is sent; the handler opens it.
    - `key`: an API key with the scope; `at_door` means the handler checks it by itself.
    - `person`: somebody signed in with at least the role in the current account.
    - `signed_in`: somebody signed in, whatever the role.
    """

    kind: Literal["public", "link", "key", "person", "signed_in"]
    scope: KeyScope | None = None
    role: PersonRole | None = None
    at_door: bool = False


PUBLIC = Access("public")
LINK = Access("link")
ANYONE_SIGNED_IN = Access("signed_in", role="viewer")


def key(scope: KeyScope, *, at_door: bool = False) -> Access:
    """Ask for an API key with this scope; at a door the handler authenticates and answers."""
    return Access("key", scope=scope, at_door=at_door)


def person(role: PersonRole) -> Access:
    """Ask for somebody signed in who has at least this role in the current account."""
    return Access("person", role=role)
