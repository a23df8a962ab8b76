"""Files of other platforms, recognised by their header; no I/O.

The headers are those of the platforms' own exports as of 2026; what a layout does not name is
guessed like any other column (`imports/guessing.py`).
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Final, NamedTuple

from signalbook.imports.parsing.cells import restored
from signalbook.kit.spelling import plain


class Layout(NamedTuple):
    """A platform's file: what its header must have, and what its columns mean."""

    name: str
    needs: frozenset[str]
    any_of: frozenset[str]
    targets: dict[str, str]
    is_own: bool = False

    def fits(self, columns: frozenset[str]) -> bool:
        """Tell whether a header, in plain writing, is this one's."""
        return self.needs <= columns and (not self.any_of or bool(self.any_of & columns))

    def meanings(self, columns: Sequence[str], *, is_json: bool = False) -> dict[int, str]:
        """Return what the columns mean that the layout names, by their place."""
        if self.is_own:
            return _own(columns, is_json=is_json)
        places: dict[str, list[int]] = {}
        for at, name in enumerate(columns):
            places.setdefault(plain(name), []).append(at)
        found: dict[int, str] = {}
        for header, target in self.targets.items():
            if target in _WHO and target in found.values():
                continue  # of several that would do, the first that the layout names
            found.update(dict.fromkeys(places.get(header, [])[:1], target))
        return found


def recognise(columns: Sequence[str]) -> Layout | None:
    """Name the platform whose export has such a header.

    Many a table has `id`, `email` and `created_at`: ours say of each channel whether it is open.
    """
    here = {*columns}
    is_told = bool(_OPTOUTS.keys() & here) or {"status", "metadata"} <= here
    if is_told and {"id", "created_at"} <= here and _WHO & here:
        return _SIGNALBOOK
    header = frozenset(map(plain, columns))
    return next((layout for layout in _LAYOUTS if layout.fits(header)), None)


def fingerprint(columns: Sequence[str]) -> str:
    """Return what a header is remembered by, for the mapping a person made of it.

    Case, accents and punctuation do not count. The order does, since a mapping names its columns by
    their place.
    """
    return sha256("\x1f".join(map(plain, columns)).encode()).hexdigest()[:32]


def _own(columns: Sequence[str], *, is_json: bool) -> dict[int, str]:
    """Return what the columns of our own exports mean; the finer word on opt-outs counts."""
    meant = _OWN | ({"status": "is_active"} if _OPTOUTS.keys() & {*columns} else {})
    return {at: meant.get(name) or _own_field(name, is_json) for at, name in enumerate(columns)}


def _own_field(column: str, is_json: bool) -> str:  # noqa: FBT001  # of two kinds of files
    """Name the field of a column; only one called like a column of ours has `field:` before it."""
    name = column if is_json else restored(column)
    own = name.removeprefix(_FIELD)
    return _FIELD + (own if own in _OWN else name)


def _layout(name: str, needs: str, any_of: str, targets: dict[str, str]) -> Layout:
    """Write a layout as its headers are seen."""
    return Layout(
        name,
        frozenset(plain(one) for one in needs.split(",") if one.strip()),
        frozenset(plain(one) for one in any_of.split(",") if one.strip()),
        {
            plain(header): target
            for target, headers in targets.items()
            for header in headers.split(",")
        },
    )


_FIELD: Final = "field:"
_WHO: Final = frozenset({"email", "mobile", "external_id"})
_OPTOUTS: Final = {
    f"{channel}_optout": f"optout:{channel}" for channel in ("email", "sms", "voice")
}
_OWN: Final = _OPTOUTS | {
    **{name: name for name in ("email", "mobile", "external_id", "tags", "status", "metadata")},
    "is_active": "is_active",
    "lists": "list",
    **dict.fromkeys(("id", "created_at", "updated_at", "joined_at", "joined_by"), "ignore"),
}
_SIGNALBOOK: Final = Layout("Signalbook", frozenset(), frozenset(), {}, is_own=True)
_LAYOUTS: Final = (
    _layout(
        "Amazon SES",
        "emailAddress",
        "unsubscribeAll, attributesData",
        {"email": "emailAddress", "optout": "unsubscribeAll", "attributes": "attributesData"}
        | {"ignore": "topicPreferences, topicDefaultPreferences"},
    ),
    _layout(
        "Amazon SES suppression list",
        "EmailAddress, Reason, LastUpdateTime",
        "",
        {"email": "EmailAddress", "status:email": "Reason", "ignore": "LastUpdateTime"},
    ),
    _layout(
        "Mailchimp",
        "Email Address",
        "MEMBER_RATING, OPTIN_TIME, CONFIRM_TIME, LEID, EUID, UNSUB_TIME, CLEAN_TIME",
        {
            "email": "Email Address",
            "mobile": "SMS Phone Number",
            "tags": "TAGS",
            "optout:email": "UNSUB_TIME",
            "bounced": "CLEAN_TIME",
            "field:first_name": "First Name, FNAME",
            "field:last_name": "Last Name, LNAME",
            "field:address1": "Address",
            "field:country": "CC",
            "field:state": "REGION",
            "field:latitude": "LATITUDE",
            "field:longitude": "LONGITUDE",
            "field:timezone": "TIMEZONE",
            "ignore": "OPTIN_TIME, OPTIN_IP, CONFIRM_TIME, CONFIRM_IP, GMTOFF, DSTOFF,"
            " LAST_CHANGED, LEID, EUID, CLEAN_CAMPAIGN_TITLE, CLEAN_CAMPAIGN_ID,"
            " UNSUB_CAMPAIGN_TITLE, UNSUB_CAMPAIGN_ID, UNSUB_REASON_OTHER",
        },
    ),
    _layout(
        "Klaviyo",
        "Email",
        "Klaviyo ID, Email Marketing Consent",
        {
            "email": "Email",
            "external_id": "Klaviyo ID",
            "mobile": "Phone Number",
            "status:email": "Email Marketing Consent",
            "status:sms": "SMS Marketing Consent",
            "optout:email": "Email Suppressions",
            "field:state": "State / Region",
            "field:zipcode": "Zip Code",
        },
    ),
    _layout(
        "HubSpot",
        "Record ID",
        "Lifecycle Stage, Create Date, Contact owner, Lead Status, Email, Last Activity Date",
        {
            "external_id": "Record ID",
            "email": "Email",
            "mobile": "Mobile Phone Number",
            "optout:email": "Unsubscribed from all email",
            "bounced": "Email hard bounce reason, Invalid email address",
            "field:phone": "Phone Number",
            "field:company": "Company Name, Associated Company",
        },
    ),
    _layout(
        "Brevo",
        "EMAIL",
        "EMAIL_BLACKLISTED, SMS_BLACKLISTED, DOUBLE_OPT-IN, ADDED_TIME",
        {
            "email": "EMAIL",
            "external_id": "EXT_ID, CONTACT ID",
            "mobile": "SMS",
            "optout:email": "EMAIL_BLACKLISTED",
            "optout:sms": "SMS_BLACKLISTED",
            "field:first_name": "FIRSTNAME, PRENOM, VORNAME, NOMBRE",
            "field:last_name": "LASTNAME, NOM, NACHNAME, APELLIDOS",
            "ignore": "ADDED_TIME, MODIFIED_TIME, LANDLINE_NUMBER_BLACKLISTED,"
            " WHATSAPP_BLACKLISTED",
        },
    ),
    _layout(
        "SendGrid",
        "EMAIL",
        "ALTERNATE_EMAILS, STATE_PROVINCE_REGION, PHONE_NUMBER_ID",
        {
            "email": "EMAIL",
            "external_id": "EXTERNAL_ID, CONTACT_ID",
            "list": "LISTS",
            "field:first_name": "FIRST_NAME",
            "field:last_name": "LAST_NAME",
            "field:address1": "ADDRESS_LINE_1",
            "field:address2": "ADDRESS_LINE_2",
            "field:state": "STATE_PROVINCE_REGION",
            "field:zipcode": "POSTAL_CODE",
            "ignore": "CREATED_AT, UPDATED_AT, SEGMENT_IDS, LIST_IDS",
        },
    ),
    _layout(
        "Salesforce",
        "LastName",
        "HasOptedOutOfEmail, MailingCity, MailingStreet, AccountId, IsEmailBounced",
        {
            "external_id": "Id, Contact ID, Lead ID",
            "email": "Email",
            "mobile": "MobilePhone, Mobile",
            "optout:email": "HasOptedOutOfEmail, Email Opt Out",
            "optout:voice": "DoNotCall, Do Not Call",
            "bounced": "IsEmailBounced",
            "field:phone": "Phone",
            "field:full_name": "Name",
            "field:company": "Account Name, Company",
            "field:address1": "MailingStreet, Street",
            "field:city": "MailingCity, City",
            "field:state": "MailingState, State",
            "field:zipcode": "MailingPostalCode, PostalCode",
            "field:country": "MailingCountry, Country",
            "ignore": "IsDeleted, MasterRecordId, SystemModstamp, PhotoUrl",
        },
    ),
    _layout(
        "Shopify",
        "Email",
        "Accepts Email Marketing, Accepts Marketing, Accepts SMS Marketing",
        {
            "external_id": "Customer ID",
            "email": "Email",
            "mobile": "Phone",
            "status:email": "Accepts Email Marketing, Accepts Marketing",
            "status:sms": "Accepts SMS Marketing",
            "tags": "Tags",
            "field:company": "Company, Default Address Company",
            "field:address1": "Address1, Default Address Address1",
            "field:address2": "Address2, Default Address Address2",
            "field:city": "City, Default Address City",
            "field:state": "Province, Default Address Province Code",
            "field:country": "Country, Default Address Country Code",
            "field:zipcode": "Zip, Default Address Zip",
            "field:phone": "Default Address Phone",
        },
    ),
    _layout(
        "Digitaleo",
        "civility",
        "birthDate, zipcode, reference, address1",
        {
            "email": "email",
            "mobile": "mobile",
            "field:phone": "phone",
            "field:birth_date": "birthDate",
            "field:reference": "reference",
        },
    ),
    _layout(
        "Sendmator",
        "is_unsubscribed",
        "custom_fields, is_active, external_id",
        {"optout": "is_unsubscribed", "attributes": "custom_fields", "is_active": "is_active"}
        | {"ignore": "id, created_at, updated_at, preferences, reachability, notes"},
    ),
    _layout(
        "Send With SES",
        "full_name",
        "add_tags, dob, remove_tags",
        {
            "field:full_name": "full_name",
            "field:birth_date": "dob",
            "tags": "add_tags, tags",
            "ignore": "remove_tags",
        },
    ),
)
