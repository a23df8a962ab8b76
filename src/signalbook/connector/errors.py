"""What can go wrong between Signalbook and SES."""

from signalbook.kit.errors import Conflict, Forbidden, Invalid, NotFound, TooMany, Unavailable


class NotConnected(NotFound):
    """This account is not connected to an SES contact list."""


class ConnectedAlready(Conflict):
    """This account is connected to the SES list {name} in {region}; disconnect it first, or change it."""


class ConnectionInvalid(Invalid):
    """The connection was not accepted; each problem names its field."""


class ListUnknown(NotFound):
    """There is no contact list named {name} in {region}; make it in SES, or name the one there is."""


class RegionUnknown(Invalid):
    """{region} is not a region of AWS in which SES is offered."""


class AwsKeyWrong(Forbidden):
    """AWS does not accept the credentials: {said}"""


class AwsKeyMissing(Forbidden):
    """There are no AWS credentials: give an access key, or let this machine have a role."""


class PermissionMissing(Forbidden):
    """The AWS identity may not call {action}; give it the policy that `signalbook ses policy` prints."""


class SesAway(Unavailable):
    """SES cannot be reached right now: {said}; what waits is kept, and is tried again."""


class SesBusy(TooMany):
    """SES asks for fewer requests; what waits is kept, and is tried again."""


class ContactRefused(Invalid):
    """SES does not take this contact: {said}"""


class NotStoredYet(Unavailable):
    """SES has not taken this change yet: it is kept here, and is sent as soon as SES answers again; to send it once more does no harm."""


class StoreRefused(Invalid):
    """SES does not take {address}: {said} The change is kept here alone; correct the contact, or delete it."""


class NotRebuildable(Conflict):
    """In the mode mirror Signalbook is the truth and SES its copy: there is nothing to rebuild from SES; `ses sync` brings SES in line."""


class ChangesWaiting(Conflict):
    """SES has yet to take changes made here, and a rebuild would lose them: wait until `signalbook ses show` says that none waits."""


class RebuildOvertaken(Conflict):
    """Contacts change faster than SES can be copied, and nothing was replaced: try again when it is quieter; what was copied is kept."""


class NeverCompared(NotFound):
    """This account was not compared with SES yet: POST /api/v1/ses-connection/drifts begins it."""


class ContactThere(Conflict):
    """SES has a contact with this address already."""


class ContactGone(NotFound):
    """SES has no contact with this address."""


class TopicMissing(Invalid):
    """The SES list has no topic {topic}."""


class HookUnknown(NotFound):
    """There is no such address for notices of SES."""


class NoticeRefused(Invalid):
    """This is no notice that AWS has signed: {said}"""
