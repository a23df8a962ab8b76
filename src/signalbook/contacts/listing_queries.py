"""The statements of the batch verb on what SES contact lists hold of contacts, and the outbox."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from signalbook.contacts.listing import Held
from signalbook.kit import ids
from signalbook.kit.columns import column
from signalbook.kit.together import Bound, Statement

_HELD = Statement(
    """
    SELECT contact_id, list_id, attributes, made, created_at, updated_at
      FROM ses_contacts
     WHERE account_id = %(account_id)s
       AND contact_id = ANY((SELECT %(ids)a::uuid[])::uuid[])
    """
)


def held(account_id: int, contacts: Iterable[UUID]) -> Bound:
    """Return (contact_id, list_id, attributes, made, created_at, updated_at) of contacts."""
    return Bound(_HELD, {"account_id": account_id, "ids": column(map(str, contacts))})


_UPSERT = Statement(
    """
    INSERT INTO ses_contacts
           (account_id, contact_id, list_id, attributes, made, created_at, updated_at)
    SELECT %(account_id)s::integer, n.contact_id::uuid, n.list_id::uuid, n.attributes,
           n.made::boolean, n.created_at::timestamptz, n.updated_at::timestamptz
      FROM unnest(%(contact_ids)a, %(list_ids)a, %(attributes)a, %(made)a, %(created)a,
                  %(updated)a)
        AS n(contact_id, list_id, attributes, made, created_at, updated_at)
     ORDER BY 2, 3
        ON CONFLICT ON CONSTRAINT ses_contacts_pkey
        DO UPDATE
       SET attributes = excluded.attributes,
           made = excluded.made,
           updated_at = excluded.updated_at
    """
)


def upsert(account_id: int, written: Mapping[tuple[str, UUID], Held]) -> Bound:
    """Write what lists hold of contacts, by contact and list."""
    return Bound(
        _UPSERT,
        {
            "account_id": account_id,
            "contact_ids": column(contact for contact, _ in written),
            "list_ids": column(str(list_id) for _, list_id in written),
            "attributes": column(one.attributes for one in written.values()),
            "made": column("t" if one.made else "f" for one in written.values()),
            "created": column(one.created_at.isoformat() for one in written.values()),
            "updated": column(one.updated_at.isoformat() for one in written.values()),
        },
    )


_DROP = Statement(
    """
    DELETE FROM ses_contacts AS s
     USING unnest(%(contact_ids)a::uuid[], %(list_ids)a::uuid[]) AS n(contact_id, list_id)
     WHERE s.account_id = %(account_id)s
       AND s.contact_id = n.contact_id AND s.list_id = n.list_id
    """
)


def drop(account_id: int, dropped: Iterable[tuple[str, UUID]]) -> Bound:
    """Let lists go of contacts, by contact and list."""
    pairs = list(dropped)
    return Bound(
        _DROP,
        {
            "account_id": account_id,
            "contact_ids": column(contact for contact, _ in pairs),
            "list_ids": column(str(list_id) for _, list_id in pairs),
        },
    )


_JOIN = Statement(
    """
    UPDATE ses_contacts AS s
       SET contact_id = %(kept)s
     WHERE s.account_id = %(account_id)s
       AND s.contact_id = %(gone)s
       AND NOT EXISTS (SELECT
                         FROM ses_contacts AS own
                        WHERE own.account_id = %(account_id)s
                          AND own.contact_id = %(kept)s
                          AND own.list_id = s.list_id)
    """
)


def join(account_id: int, gone: UUID, kept: UUID) -> Bound:
    """Give what lists hold of one contact to the one it becomes."""
    return Bound(_JOIN, {"account_id": account_id, "gone": gone, "kept": kept})


_FORGET = Statement(
    """
    DELETE FROM ses_contacts
     WHERE account_id = %(account_id)s
       AND contact_id = ANY((SELECT %(ids)a::uuid[])::uuid[])
    """
)


def forget(account_id: int, contacts: Iterable[UUID]) -> Bound:
    """Let every list go of contacts that are no more."""
    return Bound(_FORGET, {"account_id": account_id, "ids": column(map(str, contacts))})


_POST = Statement(
    """
    INSERT INTO outbox (account_id, address, contact_id, version, since)
    SELECT %(account_id)s::integer, n.address, n.contact_id::uuid, %(version)s::uuid,
           %(at)s::timestamptz
      FROM unnest(%(addresses)a, %(contact_ids)a) AS n(address, contact_id)
     WHERE EXISTS (SELECT FROM ses_connections WHERE account_id = %(account_id)s)
     ORDER BY n.address
        ON CONFLICT ON CONSTRAINT outbox_pkey
        DO UPDATE SET contact_id = excluded.contact_id, version = excluded.version
    """
)


def post(account_id: int, changed: Sequence[tuple[str, str | None]], at: datetime) -> Bound:
    """Note addresses and whose they are, where the account is connected to SES.

    What waits already gets another version, and waits since it did. An address is named once.
    """
    return Bound(
        _POST,
        {
            "account_id": account_id,
            "version": ids.new_id(),
            "at": at,
            "addresses": column(address for address, _ in changed),
            "contact_ids": column(contact for _, contact in changed),
        },
    )


_POST_CONTACTS = Statement(
    """
    INSERT INTO outbox (account_id, address, contact_id, version, since)
    SELECT %(account_id)s::integer, c.email_key, c.id, %(version)s::uuid, %(at)s::timestamptz
      FROM contacts AS c
     WHERE EXISTS (SELECT FROM ses_connections WHERE account_id = %(account_id)s)
       AND c.account_id = %(account_id)s
       AND c.id = ANY((SELECT %(ids)a::uuid[])::uuid[])
       AND c.email_key IS NOT NULL
     ORDER BY c.email_key
        ON CONFLICT ON CONSTRAINT outbox_pkey
        DO UPDATE SET contact_id = excluded.contact_id, version = excluded.version
    RETURNING address
    """
)


def post_contacts(account_id: int, contacts: Iterable[str], at: datetime) -> Bound:
    """Note the addresses that contacts have just now, as `post` does; return those noted."""
    values = {"account_id": account_id, "version": ids.new_id(), "at": at}
    return Bound(_POST_CONTACTS, values | {"ids": column(contacts)})
