"""The statements of the batch verb: read and lock, then write; each names one account.

Those that write many rows take one delimited text per column (see `kit/columns.py`).
"""

from collections.abc import Iterable, Mapping
from uuid import UUID

from signalbook.contacts.model import Contact
from signalbook.kit.columns import column
from signalbook.kit.together import Bound, Row, Statement

Columns = Mapping[str, object]


class Named:
    """The identifiers a batch names, each list without repetition."""

    __slots__ = ("emails", "external_ids", "ids", "mobiles")

    def __init__(self) -> None:
        """Start with none."""
        self.ids: set[UUID] = set()
        self.emails: set[str] = set()
        self.mobiles: set[str] = set()
        self.external_ids: set[str] = set()

    def params(self, account_id: int) -> dict[str, object]:
        """Return the parameters of `lock` and `read`."""
        return {
            "account_id": account_id,
            "ids": column(map(str, self.ids)),
            "emails": column(self.emails),
            "mobiles": column(self.mobiles),
            "external_ids": column(self.external_ids),
        }


_BEGIN_BATCH = Statement(
    """
    SELECT set_config('plan_cache_mode', 'force_generic_plan', true),
           set_config('lock_timeout', '5s', true),
           set_config('statement_timeout', '20s', true),
           pg_advisory_xact_lock_shared(1, %(account_id)s)
    """
)


def begin_batch(account_id: int) -> Bound:
    """Keep tags and fields from being merged or deleted meanwhile; plan once, for any account.

    A plan made for the very values believes an account it has no statistics of to be empty, and
    reads all of it: 64 known contacts took 80 ms in an account of 6,400. The generic plan, with
    what migration 0002 teaches, takes 1 ms at any size and is not made anew each time (2026-11).

    A batch that meets a lock held for long gives up, so that the writer can try its changes one by
    one and only those of the locked contact wait.
    """
    return Bound(_BEGIN_BATCH, {"account_id": account_id})


_LOCK = Statement(
    """
    SELECT s.contact_id
      FROM contacts AS c
      JOIN contact_signals AS s
        ON s.account_id = c.account_id AND s.contact_id = c.id
     WHERE c.account_id = %(account_id)s
       AND (   c.email_key = ANY((SELECT %(emails)a)::text[])
            OR c.mobile = ANY((SELECT %(mobiles)a)::text[])
            OR c.external_id = ANY((SELECT %(external_ids)a)::text[])
            OR c.id = ANY((SELECT %(ids)a::uuid[])::uuid[]))
     ORDER BY s.contact_id
       FOR NO KEY UPDATE OF s
    """
)


def lock(named: Mapping[str, object]) -> Bound:
    """Lock the contacts a batch names, in the order of their ids.

    The narrow row is locked, since a row lock is a write: on the wide one it would dirty a page
    of its own for every contact, and the narrow row is rewritten anyway.
    """
    return Bound(_LOCK, named)


_READ = Statement(
    """
    SELECT c.id, c.email, c.mobile, c.external_id, c.fields, c.metadata, s.tags,
           c.is_active, c.email_optout, c.sms_optout, c.voice_optout,
           c.unsubscribed_at, c.created_at, s.updated_at,
           concat_ws('|', c.reach, c.country, c.source)
      FROM contacts AS c
      JOIN contact_signals AS s
        ON s.account_id = c.account_id AND s.contact_id = c.id
     WHERE c.account_id = %(account_id)s
       AND (   c.email_key = ANY((SELECT %(emails)a)::text[])
            OR c.mobile = ANY((SELECT %(mobiles)a)::text[])
            OR c.external_id = ANY((SELECT %(external_ids)a)::text[])
            OR c.id = ANY((SELECT %(ids)a::uuid[])::uuid[]))
    """
)


def read(named: Mapping[str, object]) -> Bound:
    """Read the same contacts, in a statement of its own that sees what the lock waited for."""
    return Bound(_READ, named)


def contact_of(row: Row) -> Contact:
    """Make the contact of a row that `read` returned; what it counts as is the row's last value."""
    return Contact(*row[:-1])


_INSERT_CONTACTS = Statement(
    """
    INSERT INTO contacts
           (account_id, id, email, email_key, mobile, external_id, fields, metadata, words,
            name_key, last_key, is_active, email_optout, sms_optout, voice_optout,
            unsubscribed_at, created_at, source, list_active)
    SELECT %(account_id)s::integer, n.id::uuid, n.email, n.email_key, n.mobile, n.external_id,
           n.fields::jsonb, n.metadata::jsonb,
           coalesce(array_to_tsvector(string_to_array(n.words, ' ')), ''), n.name_key, n.last_key,
           n.is_active::boolean, n.email_optout, n.sms_optout, n.voice_optout,
           n.unsubscribed_at::timestamptz, n.created_at::timestamptz,
           coalesce(n.source, ''), n.list_active::boolean
      FROM unnest(%(id)a,
                  %(email)a,
                  %(email_key)a,
                  %(mobile)a,
                  %(external_id)a,
                  %(fields)a,
                  %(metadata)a,
                  %(words)a,
                  %(name_key)a,
                  %(last_key)a,
                  %(is_active)a,
                  %(email_optout)a,
                  %(sms_optout)a,
                  %(voice_optout)a,
                  %(unsubscribed_at)a,
                  %(created_at)a,
                  %(source)a,
                  %(list_active)a)
        AS n(id, email, email_key, mobile, external_id, fields, metadata, words, name_key,
             last_key, is_active, email_optout, sms_optout, voice_optout, unsubscribed_at,
             created_at, source, list_active)
    RETURNING id
    """
)


def insert_contacts(columns: Columns) -> Bound:
    """Add contacts; raises UniqueViolation when another transaction took an identifier."""
    return Bound(_INSERT_CONTACTS, columns)


_FREE_IDENTIFIERS = Statement(
    """
    UPDATE contacts
       SET email_key = CASE WHEN email_key IS NOT NULL THEN 'moving:' || id END,
           mobile = CASE WHEN mobile IS NOT NULL THEN 'moving:' || id END,
           external_id = CASE WHEN external_id IS NOT NULL THEN 'moving:' || id END
     WHERE account_id = %(account_id)s
       AND id = ANY((SELECT %(ids)a::uuid[])::uuid[])
    """
)


def free_identifiers(account_id: int, ids: Iterable[UUID]) -> Bound:
    """Let go of all identifiers of contacts that are about to be rewritten."""
    return Bound(_FREE_IDENTIFIERS, {"account_id": account_id, "ids": column(map(str, ids))})


_UPDATE_CONTACTS = Statement(
    """
      WITH n AS MATERIALIZED (
           SELECT n.id::uuid AS id, n.email, n.email_key, n.mobile, n.external_id,
                  n.fields::jsonb AS fields, n.metadata::jsonb AS metadata,
                  coalesce(array_to_tsvector(string_to_array(n.words, ' ')), '') AS words,
                  n.name_key, n.last_key, n.is_active::boolean AS is_active,
                  n.email_optout, n.sms_optout, n.voice_optout,
                  n.unsubscribed_at::timestamptz AS unsubscribed_at,
                  n.list_active::boolean AS list_active
             FROM unnest(%(id)a,
                         %(email)a,
                         %(email_key)a,
                         %(mobile)a,
                         %(external_id)a,
                         %(fields)a,
                         %(metadata)a,
                         %(words)a,
                         %(name_key)a,
                         %(last_key)a,
                         %(is_active)a,
                         %(email_optout)a,
                         %(sms_optout)a,
                         %(voice_optout)a,
                         %(unsubscribed_at)a,
                         %(list_active)a)
               AS n(id, email, email_key, mobile, external_id, fields, metadata, words,
                    name_key, last_key, is_active, email_optout, sms_optout, voice_optout,
                    unsubscribed_at, list_active))
    UPDATE contacts AS c
       SET email = n.email,
           email_key = n.email_key,
           mobile = n.mobile,
           external_id = n.external_id,
           fields = n.fields,
           metadata = n.metadata,
           words = n.words,
           name_key = n.name_key,
           last_key = n.last_key,
           is_active = n.is_active,
           email_optout = n.email_optout,
           sms_optout = n.sms_optout,
           voice_optout = n.voice_optout,
           unsubscribed_at = n.unsubscribed_at,
           list_active = n.list_active
      FROM n
     WHERE c.account_id = %(account_id)s AND c.id = n.id
    """
)


def update_contacts(columns: Columns) -> Bound:
    """Rewrite the wide half of contacts that are locked."""
    return Bound(_UPDATE_CONTACTS, columns)


_UPSERT_SIGNALS = Statement(
    """
    INSERT INTO contact_signals (account_id, contact_id, tags, updated_at)
    SELECT %(account_id)s::integer, n.id::uuid, n.tags::integer[], n.updated_at::timestamptz
      FROM unnest(%(id)a,
                  %(tags)a,
                  %(updated_at)a)
        AS n(id, tags, updated_at)
        ON CONFLICT ON CONSTRAINT contact_signals_pkey
        DO UPDATE SET tags = excluded.tags, updated_at = excluded.updated_at
    """
)


def upsert_signals(columns: Columns) -> Bound:
    """Write the narrow half: the tags a contact carries and when it was last heard of."""
    return Bound(_UPSERT_SIGNALS, columns)


_GONE = {
    "contacts": Statement(
        """
        DELETE FROM contacts
         WHERE account_id = %(account_id)s
           AND id = ANY((SELECT %(ids)a::uuid[])::uuid[])
        """
    ),
    "signals": Statement(
        """
        DELETE FROM contact_signals
         WHERE account_id = %(account_id)s
           AND contact_id = ANY((SELECT %(ids)a::uuid[])::uuid[])
        """
    ),
    "events": Statement(
        """
        DELETE FROM events
         WHERE account_id = %(account_id)s
           AND contact_id = ANY((SELECT %(ids)a::uuid[])::uuid[])
        """
    ),
    "days": Statement(
        """
        DELETE FROM event_days
         WHERE account_id = %(account_id)s
           AND contact_id = ANY((SELECT %(ids)a::uuid[])::uuid[])
        """
    ),
}


def delete_contacts(account_id: int, ids: Iterable[UUID]) -> list[Bound]:
    """Remove contacts with everything that is known of them; the opt-out ledger stays."""
    values = {"account_id": account_id, "ids": column(map(str, ids))}
    return [Bound(statement, values) for statement in _GONE.values()]
