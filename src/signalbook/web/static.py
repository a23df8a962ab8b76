"""Style sheets, scripts, fonts and icons, from memory, under an address that names their content.

Every file lives at `/static/<version>/<path>`, and the version is a digest of all of them. So a
file may be cached for ever, files may refer to each other by relative paths, and an upgrade changes
all addresses at once.
"""

import gzip
import hashlib
from functools import cache
from mimetypes import guess_type
from pathlib import Path
from typing import Any, Final, NamedTuple

from litestar import Request, Response, get
from litestar.enums import MediaType
from litestar.exceptions import NotFoundException

from signalbook.web.access import PUBLIC

FOLDER: Final = Path(__file__).parent / "static"
FOREVER: Final = "public, max-age=31536000, immutable"

_COMPRESSIBLE = {".css", ".js", ".svg", ".txt", ".json", ".map"}
_TYPES = {".js": "text/javascript", ".woff2": "font/woff2", ".svg": "image/svg+xml"}


class StaticFile(NamedTuple):
    """A file as it is sent; `packed` is its gzip form where that is worth it."""

    content: bytes
    packed: bytes | None
    media_type: str


@cache
def version() -> str:
    """Return the digest of all static files that their addresses carry."""
    digest = hashlib.sha256()
    for path in sorted(FOLDER.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(FOLDER).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def url(path: str) -> str:
    """Return the address of a static file, such as `url("css/tokens.css")`."""
    return f"/static/{version()}/{path}"


@cache
def _files() -> dict[str, StaticFile]:
    return {
        path.relative_to(FOLDER).as_posix(): _read(path)
        for path in FOLDER.rglob("*")
        if path.is_file()
    }


def _read(path: Path) -> StaticFile:
    content = path.read_bytes()
    kind = _TYPES.get(path.suffix) or guess_type(path.name)[0] or "application/octet-stream"
    packed = gzip.compress(content, mtime=0) if path.suffix in _COMPRESSIBLE else None
    return StaticFile(content, packed, kind)


@get("/static/{wanted:str}/{path:path}", access=PUBLIC, sync_to_thread=False)
def serve(request: Request[Any, Any, Any], wanted: str, path: str) -> Response[bytes]:
    """Serve one file; one asked for by an older page's version is served and not kept."""
    file = _files().get(path.removeprefix("/"))
    if file is None:
        raise NotFoundException
    headers = {"cache-control": FOREVER if wanted == version() else "no-cache"}
    content = file.content
    if file.packed is not None:
        headers["vary"] = "accept-encoding"
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["content-encoding"], content = "gzip", file.packed
    return Response(content, headers=headers, media_type=file.media_type)


@get("/favicon.ico", access=PUBLIC, sync_to_thread=False, media_type=MediaType.TEXT)
def favicon() -> Response[bytes]:
    """Serve the mark to browsers that ask for it without reading the page."""
    file = _files()["mark.svg"]
    headers = {"cache-control": "public, max-age=86400"}
    return Response(file.content, headers=headers, media_type=file.media_type)
