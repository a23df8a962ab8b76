"""Whether a field can be rewritten as wished, and how the registry says so from then on."""

from datetime import datetime

import msgspec

from signalbook.contacts.rewriting import registry_queries
from signalbook.contacts.rewriting.model import Wish
from signalbook.fields import actions as fields
from signalbook.fields import model
from signalbook.fields import queries as registry
from signalbook.fields.errors import (
    FieldAliasTaken,
    FieldBusy,
    FieldInvalid,
    FieldMergedIntoItself,
    FieldStandard,
    FieldTaken,
    FieldTypeFixed,
)
from signalbook.fields.model import STANDARD, Registered
from signalbook.kit.db import Read, Tx
from signalbook.kit.spelling import plain


async def checked(db: Read, account_id: int, wish: Wish) -> tuple[Wish, Registered]:
    """Return the wish by the fields' own names, and the field as it will be for the values.

    Raises FieldNotFound, FieldTaken, FieldInvalid, FieldAliasTaken, FieldStandard, FieldTypeFixed,
    FieldMergedIntoItself, FieldBusy.
    """
    field = await fields.one(db, account_id, wish.name)
    wish = msgspec.structs.replace(wish, name=field.name)
    if field.moving_to is not None:
        raise FieldBusy(name=field.name)
    if field.is_standard and wish.action in {"rename", "merge", "delete"}:
        raise FieldStandard(name=field.name)
    match wish.action:
        case "rename":
            return wish, await _renamed(db, account_id, wish, field)
        case "merge":
            target = await fields.one(db, account_id, wish.target)
            if target.name == field.name:
                raise FieldMergedIntoItself
            return msgspec.structs.replace(wish, target=target.name), target
        case "type":
            if field.is_standard and field.type != wish.target:
                raise FieldTypeFixed(name=field.name, type=field.type)
            return wish, msgspec.structs.replace(field, type=wish.target, type_is_set=True)
        case _:
            return wish, field


async def register(tx: Tx, account_id: int, wish: Wish, field: Registered, at: datetime) -> None:
    """Let every batch that comes know what the field has become."""
    await registry.insert(tx, account_id, field, at)
    if wish.action == "type":
        await registry_queries.set_type(tx, account_id, field.name, wish.target, is_set=True)
        return
    if wish.action in {"delete", "empty"}:
        await registry_queries.set_moving(tx, account_id, field.name, "")
        return
    target = await _target(tx, account_id, wish, field)
    await registry.insert(tx, account_id, target, at)
    await registry_queries.set_moving(tx, account_id, field.name, target.name)
    await registry_queries.set_taking(tx, account_id, target.name, field.name, takes=True)
    await registry_queries.give_aliases(tx, account_id, field.name, target.name)
    known = [one for one in await registry.all_of(tx, account_id) if one.name != field.name]
    key = plain(field.name)
    if key and fields.meaning_of(field.name, target.name, known) is None:
        await registry_queries.add_alias(tx, account_id, target.name, key, field.name)


async def _target(tx: Tx, account_id: int, wish: Wish, field: Registered) -> Registered:
    if wish.action == "merge":
        return await fields.one(tx, account_id, wish.target)
    label = field.label
    if label == model.label_of(field.name):
        label = model.label_of(wish.target)
    return msgspec.structs.replace(field, name=wish.target, label=label)


async def _renamed(db: Read, account_id: int, wish: Wish, field: Registered) -> Registered:
    problem = model.name_problem(wish.target)
    if problem is not None:
        raise FieldInvalid(problems=[problem])
    if wish.target in STANDARD or await registry.get(db, account_id, wish.target) is not None:
        raise FieldTaken(name=wish.target)
    for _, name in await registry.aliased(db, account_id, [plain(wish.target)]):
        if name != field.name:
            raise FieldAliasTaken(alias=wish.target, name=name)
    return msgspec.structs.replace(field, name=wish.target)
