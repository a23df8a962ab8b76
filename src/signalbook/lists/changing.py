"""What the pages do with whom a form means: change the list, begin the job, and say it."""

from typing import Final, NamedTuple
from uuid import UUID

from signalbook.accounts.forms import AnyRequest
from signalbook.accounts.model import Caller
from signalbook.contacts import views
from signalbook.contacts.filters import ContactFilter
from signalbook.contacts.reading import as_id
from signalbook.kit.db import Database, Tx
from signalbook.kit.errors import Invalid, TooLarge
from signalbook.kit.jobs import Worker
from signalbook.lists import gathering, job_actions
from signalbook.lists.gathering import Gathered
from signalbook.lists.model import MOST_AT_ONCE, Action
from signalbook.lists.naming import Named
from signalbook.web.flash import Toast
from signalbook.web.formats import plural

_MOST_QUERY: Final = 16_000
_TOLD: Final = 3


class Picked(NamedTuple):
    """Whom a selection means: rows that were picked, or all of a view; and the way back to it."""

    named: Named
    wanted: ContactFilter | None
    back: str
    query: str


async def picked(request: AnyRequest, caller: Caller) -> Picked:
    """Read the form of a selection bar: `id`, repeated, or `all`, and `query`."""
    form = await request.form()
    query = form.get("query")
    text = query[:_MOST_QUERY] if isinstance(query, str) else ""
    view = views.view_of(views.pairs_of(text), caller.time_zone)
    if form.get("all"):
        return Picked(Named(), view.wanted, view.href(), view.query())
    texts = [one for one in form.getall("id", []) if isinstance(one, str)][:MOST_AT_ONCE]
    ids = [id for one in texts if (id := as_id(one)) is not None]
    return Picked(Named(ids=ids), None, view.href(), view.query())


async def change(
    db: Database,
    worker: Worker,
    caller: Caller,
    list_id: UUID,
    action: Action,
    *,
    named: Named,
    wanted: ContactFilter | None,
) -> Toast | None:
    """Add or remove, and say what came of it; work that goes on says so itself.

    The first chunk of a job is done right away, so that a short one is over when the page shows.
    Raises ListNotFound.
    """

    async def work(tx: Tx) -> Gathered:
        return await gathering.change(
            tx,
            caller.account_id,
            list_id,
            action,
            named=named,
            wanted=wanted,
            actor=caller.actor,
        )

    try:
        gathered = await db.transact(work)
    except (Invalid, TooLarge) as refusal:
        return Toast(refusal.message, "bad")
    job_id = gathered.job_id
    if job_id is None:
        return _told(gathered, action)
    worker.nudge()
    await db.transact(lambda tx: job_actions.step(tx, caller.account_id, job_id))
    return None


def _told(gathered: Gathered, action: Action) -> Toast:
    done = "added" if action == "add" else "removed"
    were = "already on it" if action == "add" else "not on it"
    said = [f"{plural(gathered.changed, 'contact')} {done}"]
    if gathered.unchanged:
        said.append(f"{gathered.unchanged:,} {were}")
    if gathered.not_found:
        few = ", ".join(gathered.not_found[:_TOLD])
        rest = len(gathered.not_found) - _TOLD
        more = f" and {rest:,} more" if rest > 0 else ""
        said.append(f"there is no contact {few}{more}")
    kind = "warn" if gathered.not_found else "good" if gathered.changed else "info"
    return Toast(f"{'; '.join(said)}.", kind)
