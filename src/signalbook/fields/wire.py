"""Between fields and their published JSON."""

from datetime import datetime

from signalbook.fields.actions import Fields
from signalbook.fields.counting import Shown
from signalbook.fields.model import FieldType, Registered
from signalbook.fields.schemas import FieldOut, FieldValues, FrequentOut
from signalbook.web.moments import shown


def out(field: Registered, contacts: int) -> FieldOut:
    """Show a field of an account with so many contacts."""
    return FieldOut(
        name=field.name,
        label=field.label,
        aliases=field.aliases,
        type=FieldType(field.type),
        is_standard=field.is_standard,
        is_hidden=field.is_hidden,
        type_is_set=field.type_is_set,
        contacts=field.contacts,
        share=round(Fields([], contacts).share(field), 4),
        max_length=field.longest,
        created_at=_moment(field.created_at),
        last_used_at=_moment(field.used_at),
    )


def values_out(found: Shown) -> FieldValues:
    """Show the most frequent values of a field."""
    counted = found.counted
    return FieldValues(
        as_of=_moment(counted.counted_at) if counted else None,
        is_counting=found.is_counting,
        different=counted.different if counted else 0,
        data=[FrequentOut(one.value, one.contacts) for one in counted.most] if counted else [],
    )


def _moment(at: datetime | None) -> str | None:
    return None if at is None else shown(at)
