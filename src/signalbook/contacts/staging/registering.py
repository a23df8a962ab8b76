"""The fields that a batch brings are registered before its rows are applied."""

from collections.abc import Iterable, Mapping

from signalbook.contacts.errors import TooManyFields
from signalbook.fields import batch_queries as fields
from signalbook.fields.model import MAX_FIELDS, STANDARD, label_of
from signalbook.kit import clock
from signalbook.kit.columns import column
from signalbook.kit.db import Tx


async def register(
    tx: Tx,
    account_id: int,
    types: Mapping[str, str],
    *,
    set_types: Iterable[str] = (),
    widened: Iterable[str] = (),
) -> None:
    """Register fields by name with their types; those of `set_types` are held to from now on.

    Fields that are there keep their type, unless it was only inferred and is `widened` to text.
    Raises TooManyFields.
    """
    names = sorted(types)
    if names:
        known, ((count,),) = await tx.together(
            fields.named(account_id, names), fields.count(account_id)
        )
        missing = sorted(set(names).difference(row[0] for row in known))
        if len(missing) > MAX_FIELDS - count:
            raise TooManyFields(name=missing[-1])
        if missing:
            held = set(set_types)
            await tx.together(
                fields.insert(
                    {
                        "account_id": account_id,
                        "at": clock.now(),
                        "names": column(missing),
                        "labels": column(label_of(name) for name in missing),
                        "types": column(types[name] for name in missing),
                        "standard": column("t" if n in STANDARD else "f" for n in missing),
                        "set": column("t" if n in STANDARD or n in held else "f" for n in missing),
                    }
                )
            )
    contradicted = sorted(set(widened))
    if contradicted:
        await tx.together(fields.widen(account_id, contradicted))
