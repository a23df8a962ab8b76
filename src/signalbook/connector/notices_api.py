"""`/ses/notices/…`: where AWS SNS sends what people chose in messages; the address is a secret."""

from typing import Final

from litestar import Response, post

from signalbook.connector import hooks, noticing
from signalbook.connector.notices import MOST_BYTES
from signalbook.web import bodies
from signalbook.web.access import LINK
from signalbook.web.answering import Asked
from signalbook.web.held import TheDb, TheSettings

_TYPES: Final = ("text/plain", bodies.JSON_TYPE)


@post(hooks.PATH + "{token:str}", access=LINK, status_code=200)
async def take(request: Asked, db: TheDb, settings: TheSettings, token: str) -> Response[str]:
    """Take in a notice of SES that SNS delivers, once its signature is checked."""
    raw = await bodies.read(request, MOST_BYTES, _TYPES)
    await noticing.take(db, settings.secret_key, token, raw)
    return Response("", media_type="text/plain")


ROUTES = [take]
