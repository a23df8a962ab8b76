"""Templates: where they are, what they can call, and the components every one of them has.

Layouts and components live in `web/templates`, pages in every feature's `templates/<feature>/`.
Components (the macros of `ui/*.html`) are `ui.<name>` in every template, without an import.
"""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

from jinja2 import Environment, FileSystemLoader, StrictUndefined, nodes, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from signalbook.web import formats, static

FEATURES: Final = Path(__file__).parents[1]
LAYOUTS: Final = Path(__file__).parent / "templates"

_ICON_PIXELS = 16
_ICON = Markup('<svg class="icon{}" aria-hidden="true"><use href="{}#{}"/></svg>')


class Components:
    """The macros of `ui/*.html` by their names, loaded when a page first uses one."""

    def __init__(self, env: Environment, shared: dict[str, Any]) -> None:
        """Offer the components of `env`; `shared` is what they know of the page."""
        self._env = env
        self._shared = shared
        self._modules: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # a macro, which has no type
        """Return the macro of this name."""
        place = places().get(name)
        if place is None:
            raise AttributeError(name)
        if place not in self._modules:
            made = self._shared | {"ui": self}
            self._modules[place] = self._env.get_template(place).make_module(made)
        macro = getattr(self._modules[place], name)
        setattr(self, name, macro)  # the next use does not come here
        return macro


@cache
def environment() -> Environment:
    """Return the one Jinja environment: everything escaped, and a missing name is an error."""
    features = sorted(path for path in FEATURES.glob("*/templates") if path != LAYOUTS)
    env = Environment(
        loader=FileSystemLoader([LAYOUTS, *features]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    # Jinja leaves the types of both tables open.
    cast("dict[str, Callable[..., object]]", env.filters).update(_FILTERS)
    cast("dict[str, object]", env.globals).update({"static": static.url, "icon": icon})
    return env


@cache
def icon(name: str, size: int = 16) -> Markup:
    """Draw an icon of the sprite; it is decoration, so the words stand beside it."""
    extra = "" if size == _ICON_PIXELS else f" icon-{size}"
    return _ICON.format(extra, static.url("icons.svg"), name)


@cache
def places() -> dict[str, str]:
    """Find the file of every macro."""
    env = environment()
    found: dict[str, str] = {}
    for path in sorted((LAYOUTS / "ui").glob("*.html")):
        parsed = env.parse(path.read_text(encoding="utf-8"))
        names = (macro.name for macro in parsed.find_all(nodes.Macro))
        found |= {name: f"ui/{path.name}" for name in names if not name.startswith("_")}
    return found


@pass_context
def _ago(context: Context, at: datetime) -> str:
    return formats.ago(at, context["now"], context["zone"])


@pass_context
def _date(context: Context, at: datetime) -> str:
    return formats.date(at, context["now"], context["zone"])


@pass_context
def _exact(context: Context, at: datetime) -> str:
    return formats.exact(at, context["zone"])


@pass_context
def _clock(context: Context, at: datetime) -> str:
    return formats.clock_time(at, context["zone"])


@pass_context
def _day(context: Context, at: datetime) -> str:
    return formats.day_name(at, context["now"], context["zone"])


@pass_context
def _when(context: Context, at: datetime) -> Markup:
    """Write a moment as `<time>`: relative to read, exact to hover; a script keeps it true."""
    now, zone = context["now"], context["zone"]
    exact, ago = formats.exact(at, zone), formats.ago(at, now, zone)
    markup = f'<time datetime="{at.isoformat()}" title="{exact}" data-ago>{ago}</time>'
    return Markup(markup)  # noqa: S704  # digits and the names of days, months and zones


_FILTERS: Final[dict[str, Callable[..., object]]] = {
    "grouped": formats.grouped,
    "percent": formats.percent,
    "plural": formats.plural,
    "short": formats.short,
    "fitting": formats.fitting,
    "initials": formats.initials,
    "hue": formats.hue,
    "duration": formats.duration,
    "ago": _ago,
    "date": _date,
    "exact": _exact,
    "clock": _clock,
    "day": _day,
    "when": _when,
}
