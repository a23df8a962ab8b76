"""Between rewriting fields and its published JSON."""

from signalbook.contacts import wire as contacts
from signalbook.contacts.rewriting.model import FieldJob, Preview, State
from signalbook.contacts.rewriting.schemas import FieldJobOut, MisfitOut, RewritePreview
from signalbook.web.moments import shown


def job_out(job: FieldJob) -> FieldJobOut:
    """Show work on a field."""
    return FieldJobOut(
        id=str(job.id),
        action=job.action,
        name=job.name,
        target=job.target,
        state=State(job.state).value,
        total=job.total,
        done=job.done,
        changed=job.changed,
        cleared=job.cleared,
        refused=job.refused,
        created_at=shown(job.created_at),
        started_at=contacts.moment(job.started_at),
        finished_at=contacts.moment(job.finished_at),
    )


def preview_out(preview: Preview) -> RewritePreview:
    """Show what it would come to."""
    return RewritePreview(
        contacts=preview.contacts,
        converted=preview.converted,
        unfit=preview.unfit,
        both=preview.both,
        equal=preview.equal,
        misfits=[
            MisfitOut(str(one.contact_id), one.who, one.value, one.contacts, one.reason)
            for one in preview.misfits
        ],
    )
