"""How a public page is dressed: one small style sheet in an account's colours; no I/O.

The page allows this sheet alone, by its digest, so that nothing else can be smuggled in.
"""

import hashlib
from base64 import b64encode
from functools import lru_cache
from typing import Final, NamedTuple

from markupsafe import Markup

from signalbook.preferences import colours
from signalbook.preferences.model import ACCENT


class Dress(NamedTuple):
    """A style sheet, and the Content-Security-Policy of a page that wears it."""

    css: Markup
    policy: str


_RULES: Final = """
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:flex;flex-direction:column;align-items:center;
background:var(--page);color:var(--ink);font:16px/1.5 system-ui,"Noto Sans",
"Noto Sans Devanagari","Nirmala UI",sans-serif;-webkit-text-size-adjust:100%}
main{width:100%;max-width:480px;padding:48px 24px 32px;flex:1}
header{margin-bottom:28px;font-weight:600;overflow-wrap:anywhere}
header img{display:block;width:auto;height:auto;max-width:200px;max-height:64px}
h1{font-size:26px;line-height:1.25;margin:0 0 12px;overflow-wrap:anywhere;text-wrap:balance}
p{margin:0 0 16px;overflow-wrap:anywhere}
small,.soft{color:var(--soft)}
small{display:block;font-size:14px;overflow-wrap:anywhere}
form{margin:24px 0 0}
form+form{margin-top:12px}
button{font:inherit;font-weight:600;min-height:48px;padding:10px 20px;width:100%;cursor:pointer;
border-radius:8px;border:1px solid var(--accent);background:var(--accent);color:var(--on-accent)}
button.plain{background:none;border-color:var(--edge);color:var(--ink)}
button:hover{filter:brightness(.94)}
a{color:var(--link)}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
ul{list-style:none;margin:0 0 24px;padding:0;border-top:1px solid var(--line)}
li{border-bottom:1px solid var(--line);padding:14px 0;display:flex;gap:14px;align-items:center}
label,li>div{flex:1;min-width:0;display:flex;gap:14px;align-items:flex-start;cursor:pointer}
li>div{cursor:auto}
label>span,li>div>span{flex:1;min-width:0}
input{flex:none;width:22px;height:22px;margin:1px 0 0;accent-color:var(--accent)}
footer{width:100%;max-width:480px;padding:16px 24px 32px}
nav{display:flex;flex-wrap:wrap;gap:4px 16px;font-size:14px}
nav a,nav b{min-height:24px}
nav b{font-weight:600}
"""


@lru_cache(maxsize=256)
def dress(accent: str, background: str) -> Dress:
    """Return the style of a page in these colours; empty ones are ours.

    Where an account has chosen a background the page is that, by day and by night.
    """
    day = _scheme(accent or ACCENT, background or colours.WHITE)
    css = f":root{{color-scheme:{'light' if background else 'light dark'};{day}}}"
    if not background:
        night = _scheme(accent or ACCENT, colours.DARK)
        css += f"@media(prefers-color-scheme:dark){{:root{{{night}}}}}"
    css += _RULES.replace("\n", "")
    digest = b64encode(hashlib.sha256(css.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src 'self' data:;"
        " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    return Dress(Markup(css), policy)  # noqa: S704  # our own rules, and colours that were checked


def _scheme(accent: str, page: str) -> str:
    """Name the colours on a page of this colour; each can be read where it is used."""
    ink = colours.ink(page)
    button = colours.readable(accent, page, colours.CONTROL_RATIO)
    parts = {
        "page": page,
        "ink": ink,
        "soft": colours.readable(colours.mixed(ink, page, 0.3), page),
        "edge": colours.readable(page, page, colours.CONTROL_RATIO),
        "line": colours.mixed(page, ink, 0.15),
        "accent": button,
        "on-accent": colours.ink(button),
        "link": colours.readable(accent, page),
    }
    return ";".join(f"--{name}:{value}" for name, value in parts.items())
