"""What a status says of opt-outs: a file may add a restriction and never lifts one; no I/O.

Words are those of the platforms whose exports `imports/layouts.py` knows, and of five languages. A
word nobody knows is read safely: what looks like an opt-out is one. Who is archived or inactive
has said nothing: such a contact is deactivated, and nobody becomes active by a file.
"""

import re
from collections.abc import Callable
from typing import Any, Final, Literal

from signalbook.contacts.staging.model import INACTIVE
from signalbook.imports.parsing.booleans import FALSE, TRUE
from signalbook.imports.parsing.cells import Manner, restored, text_of
from signalbook.imports.parsing.verdicts import Cells, Findings, Memo, Odd
from signalbook.kit.spelling import fold

UNKNOWN: Final = "status_unknown"
UNCLEAR: Final = "optout_unclear"
DEACTIVATED: Final = "status_inactive"
CHANNELS: Final = ("email", "sms", "voice")

Reason = Literal["user", "hardbounced", "spam", "contact", "inactive", ""]

_SIGNS = re.compile(r"[\W_]+")
_BOUNCED: Final = frozenset(
    {"cleaned", "bounced", "bounce", "hardbounced", "hardbounce", "hard bounced", "hard bounce"}
    | {"undeliverable", "undelivered", "invalid", "invalid email", "rebond", "rebonds", "npai"}
    | {"unzustellbar", "zuruckgewiesen", "rebotado", "rebote", "rebote duro", "devolvido"}
)
_SPAM: Final = frozenset(
    {"spam", "complained", "complaint", "complaints", "abuse", "spam report", "spam reported"}
    | {"reported", "reported spam", "spam complaint", "plainte", "beschwerde", "queja", "denuncia"}
)
_OUT: Final = frozenset(
    {"unsubscribe", "unsubscribed", "unsub", "opt out", "optout", "opted out", "optedout", "stop"}
    | {"nonsubscribed", "non subscribed", "not subscribed", "never subscribed", "not opted in"}
    | {"blacklisted", "blocked", "blocklisted", "suppressed", "suppression", "denied", "declined"}
    | {"revoked", "withdrawn", "do not contact", "do not email", "dnc", "refused", "disabled"}
    | {"unconfirmed", "pending", "not confirmed", "global unsubscribe", "transactional"}
    | {"desabonne", "desabonnee", "desinscrit", "desinscrite", "bloque", "refuse", "oppose"}
    | {"abgemeldet", "ausgetragen", "gesperrt", "abbestellt", "blockiert", "nicht bestatigt"}
    | {"baja", "de baja", "dado de baja", "dada de baja", "desuscrito", "cancelado", "bloqueado"}
    | {"descadastrado", "cancelou", "removido", "no suscrito", "nao inscrito"}
)
_INACTIVE: Final = frozenset(
    {"archived", "inactive", "deactivated", "not active", "no longer active", "archive"}
    | {"inactif", "inactivo", "inativo", "inaktiv", "nicht aktiv", "archiviert", "deaktiviert"}
    | {"archivee", "desactive", "desactivee", "archivado", "desactivado", "arquivado", "desativado"}
)
_IN: Final = frozenset(
    {"subscribe", "subscribed", "active", "opt in", "optin", "opted in", "optedin", "enabled"}
    | {"confirmed", "explicit", "accepted", "granted", "ok", "reachable", "valid", "delivered"}
    | {"not unsubscribed", "not opted out", "not blacklisted", "not blocked", "not suppressed"}
    | {"resubscribed", "soft bounce", "soft bounced", "softbounce", "softbounced"}
    | {"abonne", "abonnee", "inscrit", "inscrite", "actif", "angemeldet", "abonniert", "aktiv"}
    | {"bestatigt", "suscrito", "activo", "confirmado", "inscrito", "ativo", "assinante"}
)
_NOTHING: Final = frozenset(
    {"none", "null", "nan", "nat", "nil", "never", "undefined", "n a", "na", "empty", "blank"}
)
_WORDS: Final[tuple[tuple[frozenset[str], Reason, str], ...]] = (
    (_IN | TRUE, "", ""),
    (_BOUNCED, "hardbounced", ""),
    (_SPAM, "spam", ""),
    (_OUT | FALSE, "user", ""),
    (_INACTIVE, "inactive", DEACTIVATED),
)
_LOOKS: Final[tuple[tuple[re.Pattern[str], Reason], ...]] = (
    (re.compile(r"complain|spam|abuse"), "spam"),
    (re.compile(r"hard ?bounc|bounced|cleaned|undeliver"), "hardbounced"),
    (
        re.compile(
            r"unsub|opt(ed)? ?out|block|black ?list|suppress|revok|withdr|not sub|non sub|never sub"
            r"|never opt|not opt|do not|desabo|desins|abgemeld|abbestell|gesperrt|baja|desuscri"
            r"|descad|cancel"
            r"|unconfirm|not (confirm|grant|given|accept|agree|consent|allow|permit|authori)"
            r"|(no|without|sans|sin|sem|ohne|keine?) (consent|einwillig|zustimm)"
            r"|(non|pas) (d )?(accord|accept|consent)|(no|nao) (acept|aceit|autoriz|consint)"
            r"|nicht (erteilt|zugestimmt|eingewilligt)"
        ),
        "user",
    ),
)


_ALWAYS: Final[dict[str, Reason]] = {"bounced": "hardbounced", "complained": "spam"}


class Statuses:
    """Reads a column of statuses into what `import_rows.optouts` holds: `email:user`, or ""."""

    def __init__(self, target: str, manner: Manner) -> None:
        """Read for a target like `status`, `status:sms`, `optout:email` or `bounced`.

        In a `status` column yes means subscribed, in an `optout` column it means the contrary; in
        `bounced` and `complained` it tells why mail may not be sent. In `is_active` no means that
        the contact is deactivated, and a word of any other status means nothing.
        """
        kind, _, channel = target.partition(":")
        self._meaning = _MEANINGS.get(kind, optout_reason)
        self._always: Reason = _ALWAYS.get(kind, "")
        self._channel = channel or "all"
        self._manner = manner
        self._memo = Memo[str](self._optout)

    def read(self, cells: Cells, findings: Findings) -> list[str]:
        """Return the opt-outs."""
        return self._memo.pieces(cells, findings)

    def _optout(self, cell: Any) -> str | Odd[str]:  # noqa: ANN401  # whatever a reader gives
        text = text_of(cell)
        word = _SIGNS.sub(" ", fold(text if self._manner.is_json else restored(text))).strip()
        if not word:
            return ""
        reason, note = self._meaning(word)
        if reason and self._always:
            return self._written(self._always)
        if reason == "inactive" and self._channel != "all":
            reason, note = "user", UNCLEAR
        return Odd(self._written(reason), notes=(note,)) if note else self._written(reason)

    def _written(self, reason: Reason) -> str:
        if not reason:
            return ""
        if reason == INACTIVE:
            return INACTIVE
        channel = self._channel
        if channel == "all" and reason in {"hardbounced", "spam"}:
            channel = "email"
        return f"{channel}:{reason}"


def status_reason(word: str) -> tuple[Reason, str]:
    """Tell which opt-out a folded word of a status means, and what to note of it."""
    for words, reason, note in _WORDS:
        if word in words:
            return reason, note
    for looks, reason in _LOOKS:
        if looks.search(word):
            return reason, ""
    return "", UNKNOWN


def optout_reason(word: str) -> tuple[Reason, str]:
    """Tell the same where yes, or any word or time, says that somebody is out."""
    if word in FALSE or word in _NOTHING or word in _IN:
        return "", ""
    if not word.strip("0 "):  # 0000-00-00 00:00:00, which is no day
        return "", ""
    if word in TRUE or word in _OUT or word == "user":
        return "user", ""
    if word == "contact":  # so our own exports say that somebody asked for it
        return "contact", ""
    reason, unknown = status_reason(word)
    if not unknown:
        return reason, ""
    return "user", "" if word[:1].isdigit() else UNCLEAR


def activity_reason(word: str) -> tuple[Reason, str]:
    """Tell the same where no, or a word like archived, says that a contact is deactivated."""
    if word in FALSE:
        return "inactive", DEACTIVATED
    reason, note = status_reason(word)
    return (reason, note) if reason == "inactive" else ("", note)


_MEANINGS: Final[dict[str, Callable[[str], tuple[Reason, str]]]] = {
    "status": status_reason,
    "is_active": activity_reason,
}


def is_status(word: str) -> bool:
    """Tell whether a text is a word of statuses, and no mere yes or no."""
    folded = _SIGNS.sub(" ", fold(word)).strip()
    return folded in _BOUNCED or folded in _SPAM or folded in _OUT or folded in _IN | _INACTIVE


def together(columns: list[list[str]]) -> list[str]:
    """Join what several columns say of each row."""
    if len(columns) == 1:
        return columns[0]
    return [
        " ".join(dict.fromkeys([one for one in row if one])) for row in zip(*columns, strict=True)
    ]
