"""What can go wrong around accounts, people, keys and sessions, and what to do about it."""

from signalbook.kit.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    TooMany,
    Unauthenticated,
    Unavailable,
)


class KeyMissing(Unauthenticated):
    """Send your key in the X-API-Key header (template-key at /add-contact); the console makes one."""


class KeyUnknown(Unauthenticated):
    """This API key is not known here; check that it was copied whole, or create a new one."""


class KeyRevoked(Unauthenticated):
    """This API key was revoked; create a new one in the console under API keys."""


class ClientUnknown(Unauthenticated):
    """The client credentials are invalid."""

    def __init__(self) -> None:
        """Say it in Digitaleo's own words, which end without a full stop."""
        super().__init__("The client credentials are invalid")


class TokenUnknown(Unauthenticated):
    """This access token was not given out here; ask POST /token for a new one."""


class TokenStale(Unauthenticated):
    """This access token is older than an hour; ask POST /token for a new one."""


class ScopeMissing(Forbidden):
    """This API key does not have the scope "{scope}"; use a key that has it, or create one."""


class SignInNeeded(Unauthenticated):
    """Sign in to continue."""


class SignInWrong(Unauthenticated):
    """The e-mail and the password do not belong together; check both and try again."""


class SignInTooOften(TooMany):
    """There were too many tries to sign in; wait a quarter of an hour and try again."""


class SignInBusy(Unavailable):
    """Many people are signing in at this moment; try again in a few seconds."""


class NoAccountLeft(Forbidden):
    """You belong to no account here any more; ask an owner for an invitation."""


class RoleMissing(Forbidden):
    """Your role in this account does not allow this; it takes the role {role} or above."""


class FormExpired(Forbidden):
    """This page is out of date; load it again and repeat the step."""


class ForeignOrigin(Forbidden):
    """This request came from another web site and was refused; open the page here instead."""


class RateLimited(TooMany):
    """The limit of {limit} calls in {window} seconds is used up; try again in {retry} seconds."""


class StrangerLimited(TooMany):
    """Too many calls with keys that are not known came from this network; try again in a minute."""


class AccountUnknown(NotFound):
    """There is no account "{name}"; `signalbook account list` shows the accounts there are."""


class AccountNameTaken(Conflict):
    """There is already an account with this name; choose another."""


class AccountNameInvalid(Invalid):
    """An account's name has 1 to 64 letters, digits, spaces, dots, dashes or underscores."""


class PlanUnknown(Invalid):
    """There is no plan "{plan}"; choose free, paid, enterprise or unlimited."""


class LimitInvalid(Invalid):
    """A limit is a whole number: uploads per minute up to 60,000, API calls per hour from 1."""


class EmailInvalid(Invalid):
    """This is not an e-mail address ({why})."""


class RoleUnknown(Invalid):
    """There is no role "{role}"; choose owner, admin, editor or viewer."""


class KindUnknown(Invalid):
    """There is no kind of key "{kind}"; choose api, upload, oauth or ses."""


class LifeInvalid(Invalid):
    """A temporary key lives from a second to 365 days, written as 90m, 12h or 7d; only ses keys can be temporary."""


class NameInvalid(Invalid):
    """A name has at most 100 characters and no line breaks."""


class TimeZoneUnknown(Invalid):
    """There is no time zone "{time_zone}"; choose one like Europe/Paris."""


class PasswordTooShort(Invalid):
    """A password has at least 12 characters; a short sentence is easy to remember."""


class PasswordTooLong(Invalid):
    """A password has at most 1,024 bytes."""


class PasswordTooCommon(Invalid):
    """This password is on every list of guesses; choose another, a short sentence is good."""


class PasswordWrong(Invalid):
    """This is not your current password."""


class PersonUnknown(NotFound):
    """There is nobody by that id in this account."""


class AlreadyMember(Conflict):
    """This person already belongs to the account."""


class LastOwner(Conflict):
    """An account keeps at least one owner; make somebody else an owner first."""


class OwnerNeeded(Forbidden):
    """Only an owner may make, change or remove an owner."""


class KeyNotFound(NotFound):
    """There is no API key by that id in this account."""


class InvitationSpent(NotFound):
    """This invitation was used, withdrawn or is too old; ask for a new one."""


class InvitationUnknown(NotFound):
    """There is no open invitation by that id in this account."""


class AnotherPersonSignedIn(Conflict):
    """This invitation is for {email}; sign out first, then open the link again."""


class SessionUnknown(NotFound):
    """You are not signed in there any more."""
