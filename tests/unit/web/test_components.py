"""The console's templates: complete, safe under the policy, and light."""

import gzip
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from signalbook.web import jinja, static
from signalbook.web.flash import Toast
from signalbook.web.jinja import FEATURES, LAYOUTS, environment
from signalbook.web.render import AccountChoice, Frame, Person, render

HERE = Path(__file__).parent
TEMPLATES = sorted(FEATURES.glob("*/templates/**/*.html"))
SPRITE = set(re.findall(r'<symbol id="([^"]+)"', (static.FOLDER / "icons.svg").read_text()))
MOMENT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


class Owner:
    account = "northwind"

    def has_role(self, role):
        return role in {"viewer", "editor", "admin", "owner"}


FRAME = Frame(
    public_url="http://localhost:8000",
    csrf_token="a-token",
    caller=Owner(),
    person=Person("Ada <Lovelace>", "ada@northwind.example", "Europe/Paris"),
    accounts=(AccountChoice(1, "northwind"), AccountChoice(2, "contoso")),
)


@pytest.fixture(scope="module")
def gallery() -> str:
    """A page with every component on it."""
    toasts = [Toast("Saved", undo="/undo"), Toast("It failed", kind="bad", href="/x", link="See")]
    template = environment().from_string((HERE / "gallery.html").read_text(encoding="utf-8"))
    return render(template, FRAME, nav="plan", moment=MOMENT, flash=toasts)


def test_every_component_is_in_the_gallery():
    shown = (HERE / "gallery.html").read_text(encoding="utf-8")
    shown += "".join(path.read_text(encoding="utf-8") for path in LAYOUTS.glob("*.html"))

    unseen = {name for name in jinja.places() if f"ui.{name}(" not in shown} - {
        "toast",  # one of ui.toasts
        "table_behind",  # a part of ui.bars
    }

    assert not unseen


def test_a_name_is_escaped_wherever_it_is_shown(gallery):
    assert "Ada &lt;Lovelace&gt;" in gallery
    assert "<Lovelace>" not in gallery


def test_every_field_has_its_label_and_its_error_beside_it(gallery):
    assert '<label class="field-label" for="f-email">E-mail</label>' in gallery
    assert 'aria-invalid="true" aria-describedby="f-email-error f-email-hint"' in gallery
    assert '<p class="field-error" id="f-email-error">' in gallery


def test_a_form_that_changes_something_carries_the_token(gallery):
    forms = re.findall(r'<form[^>]*method="post".*?</form>', gallery, flags=re.DOTALL)

    assert len(forms) > 5
    assert all('name="csrf_token" value="a-token"' in form for form in forms)


def test_a_moment_is_relative_to_read_and_exact_in_the_zone_of_the_person(gallery):
    assert (
        '<time datetime="2026-11-20T09:30:00+00:00" title="Fri 20 Nov 2026, 10:30:00 CET"'
        in gallery
    )


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(FEATURES)))
def test_a_template_keeps_the_policy(path):
    source = path.read_text(encoding="utf-8")

    assert not re.search(r"<script(?![^>]*src=)", source), "scripts are files"
    assert not re.search(r"""\s(style|on\w+|hx-on[\w:-]*)\s*=\s*["']""", source), (
        "no inline style or script"
    )
    assert "js:" not in source
    assert "|safe" not in source.replace(" ", "")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(FEATURES)))
def test_a_template_names_icons_that_exist(path):
    source = path.read_text(encoding="utf-8")
    named = set(re.findall(r"""icon(?:\(|=)"([a-z0-9-]+)\"""", source))

    assert named <= SPRITE


def test_every_template_can_be_read():
    for name in environment().list_templates(extensions=["html"]):
        environment().get_template(name)


def test_what_every_page_loads_is_light(gallery):
    """The floors of the console: 150 kB for a page, 60 kB of it scripts, both compressed."""

    def size(*patterns: str) -> int:
        files = [path for pattern in patterns for path in static.FOLDER.glob(pattern)]
        return sum(
            len(data if path.suffix == ".woff2" else gzip.compress(data))
            for path in files
            if (data := path.read_bytes())
        )

    scripts = size("js/*.js", "vendor/*.js")
    rest = size("css/*.css", "vendor/*.css", "fonts/*.woff2", "icons.svg")

    assert scripts < 60_000
    assert scripts + rest + len(gzip.compress(gallery.encode())) < 150_000
