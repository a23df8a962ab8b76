"""The account at the SES door: wire only."""

from typing import Final

from signalbook.doors.ses.call import Call, Handler
from signalbook.doors.ses.members import Items, Nested, Structure, Text
from signalbook.doors.ses.suppression_api import REASONS
from signalbook.kit import clock
from signalbook.ses import account_queries
from signalbook.ses.account import Suppression, quota_of

_CONFIDENCE: Final = Structure(
    Text("ConfidenceVerdictThreshold", required=True, choices=("MEDIUM", "HIGH", "MANAGED"))
)
_THRESHOLD: Final = Structure(
    Text("ConditionThresholdEnabled", required=True, choices=("ENABLED", "DISABLED")),
    Nested("OverallConfidenceThreshold", _CONFIDENCE),
)
_VALIDATION: Final = Structure(Nested("ConditionThreshold", _THRESHOLD, required=True))
_PUT: Final = Structure(
    Items("SuppressedReasons", Text("SuppressedReason", choices=REASONS)),
    Nested("ValidationAttributes", _VALIDATION),
)


async def get(call: Call) -> object:
    """Show what SES tells of an account, as far as it is true of one here."""
    async with call.db.read() as read:
        found = await account_queries.get(read, call.account_id, call.region)
    quota = quota_of(call.caller.plan)
    return {
        "DedicatedIpAutoWarmupEnabled": False,
        "EnforcementStatus": "HEALTHY",
        "ProductionAccessEnabled": True,
        "SendQuota": {
            "Max24HourSend": quota.per_day,
            "MaxSendRate": quota.per_second,
            "SentLast24Hours": 0.0,
        },
        "SendingEnabled": True,
        "SuppressionAttributes": _shown(found or Suppression()),
        "Details": {
            "MailType": "MARKETING",
            "WebsiteURL": call.settings.public_url or "http://localhost",
            "ContactLanguage": "EN",
            "ReviewDetails": {"Status": "GRANTED"},
        },
        "VdmAttributes": {"VdmEnabled": "DISABLED"},
    }


async def put_suppression(call: Call) -> None:
    """Say for what reasons addresses are suppressed; none named is none at all, as for AWS."""
    given = _PUT.read(call.body)
    reasons = [one for one in REASONS if one in given.get("SuppressedReasons", [])]
    async with call.db.tx() as tx:
        await account_queries.put(
            tx,
            call.account_id,
            call.region,
            reasons,
            given.get("ValidationAttributes"),
            clock.now(),
        )


def _shown(found: Suppression) -> dict[str, object]:
    shown: dict[str, object] = {"SuppressedReasons": list(found.reasons)}
    if found.validation is not None:
        shown["ValidationAttributes"] = found.validation
    return shown


HANDLERS: Final[dict[str, Handler]] = {
    "GetAccount": get,
    "PutAccountSuppressionAttributes": put_suppression,
}
"""By the operation's name."""
