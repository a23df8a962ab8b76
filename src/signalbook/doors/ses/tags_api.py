"""Tags of resources at the SES door: wire only.

A resource is known by its region and its name: Terraform leaves the account of an ARN empty.
"""

import re
from typing import Any, Final

from signalbook.doors.ses.call import Call, Handler
from signalbook.doors.ses.errors import ConstraintBroken, ParameterRefused, ResourceUnknown
from signalbook.doors.ses.lists_api import tags_of, tags_shown
from signalbook.doors.ses.members import Items, Structure, Text, breach, text_in, texts_in
from signalbook.ses import actions
from signalbook.ses.model import limits_of

_ARN: Final = re.compile(r"arn:[a-z-]+:ses:([a-z0-9-]*):[0-9]*:([a-z-]+)/(.+)")
_TAG: Final = Structure(Text("Key", required=True), Text("Value", required=True))
_TAGGING: Final = Structure(
    Text("ResourceArn", required=True, least=1), Items("Tags", _TAG, required=True)
)
_RESOURCE: Final = Structure(Text("ResourceArn", required=True, least=1))


async def tag(call: Call) -> None:
    """Answer TagResource."""
    given = _TAGGING.read(call.body)
    name = _list_of(call, given["ResourceArn"])
    limits = limits_of(call.settings.ses_limits)
    await call.db.transact(
        lambda tx: actions.tag(tx, call.account_id, call.region, name, tags_of(given), limits)
    )


async def untag(call: Call) -> None:
    """Answer UntagResource."""
    name = _list_of(call, _arn_in(call))
    keys = texts_in(call.query, "TagKeys")
    if not keys:
        raise ConstraintBroken([breach("tagKeys", "Member must not be null")])
    await call.db.transact(lambda tx: actions.untag(tx, call.account_id, call.region, name, keys))


async def index(call: Call) -> dict[str, Any]:
    """Answer ListTagsForResource."""
    name = _list_of(call, _arn_in(call))
    async with call.db.read() as read:
        one = await actions.tagged(read, call.account_id, call.region, name)
    return {"Tags": tags_shown(one)}


def _arn_in(call: Call) -> str:
    arn = text_in(call.query, "ResourceArn", required=True)
    return str(_RESOURCE.read({"ResourceArn": arn})["ResourceArn"])


def _list_of(call: Call, arn: str) -> str:
    """Return the name of the contact list an ARN means; what is elsewhere is not here."""
    found = _ARN.fullmatch(arn)
    if found is None:
        told = f"The ARN {arn[:200]} is not that of a resource of SES."
        raise ParameterRefused(told)
    region, kind, name = found.groups()
    if kind != "contact-list" or region not in {"", call.region}:
        raise ResourceUnknown(arn=arn)
    return name


HANDLERS: Final[dict[str, Handler]] = {
    "TagResource": tag,
    "UntagResource": untag,
    "ListTagsForResource": index,
}
"""By the operation's name."""
