"""Colours that can be read, pictures that are what they say, languages that are complete."""

import re
import string
import struct
from itertools import product

import pytest

from signalbook.preferences import colours, languages, looks, pictures
from signalbook.preferences.errors import LogoTooLarge, LogoUnfit
from signalbook.preferences.model import MOST_LOGO_BYTES, masked
from signalbook.preferences.words import WORDS, Words

PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 120, 40) + b"\x08\x06\x00\x00\x00"
JPEG = (
    b"\xff\xd8\xff\xe0" + struct.pack(">H", 16) + b"JFIF\x00" + bytes(9)
    + b"\xff\xff\xc2" + struct.pack(">HBHH", 17, 8, 40, 120)
)  # fmt: skip
LOSSY = b"RIFF\x00\x00\x00\x00WEBPVP8 " + bytes(10) + struct.pack("<HH", 120, 40)
LOSSLESS = b"RIFF\x00\x00\x00\x00WEBPVP8L" + bytes(5) + struct.pack("<I", 119 | 39 << 14)
EXTENDED = b"RIFF\x00\x00\x00\x00WEBPVP8X" + bytes(8) + b"\x77\x00\x00\x27\x00\x00"


def placeholders(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def flat(words):
    for field in Words.__struct_fields__:
        value = getattr(words, field)
        if isinstance(value, dict):
            yield from ((f"{field} {key}", text) for key, text in value.items())
        else:
            yield field, value


@pytest.mark.parametrize("code", WORDS)
def test_every_language_says_everything_that_english_says(code):
    english, theirs = dict(flat(WORDS["en"])), dict(flat(WORDS[code]))

    assert theirs.keys() == english.keys()
    assert all(text.strip() == text and text for text in theirs.values())
    for name, text in theirs.items():
        assert placeholders(text) == placeholders(english[name]), (code, name)


@pytest.mark.parametrize("code", [code for code in WORDS if code != "en"])
def test_nothing_was_left_in_english(code):
    english, theirs = dict(flat(WORDS["en"])), dict(flat(WORDS[code]))
    same = {name for name in english if theirs[name] == english[name]}

    assert same <= {"channels whatsapp", "channels sms", "channels email"}


def test_hindi_is_written_in_devanagari():
    for name, text in flat(WORDS["hi"]):
        rest = re.sub(r"\{\w+\}|SMS|WhatsApp", "", text)
        assert not re.search("[A-Za-z]", rest), name


@pytest.mark.parametrize(
    ("picked", "accepted", "code"),
    [
        (None, "", "en"),
        (None, "fr-CH, fr;q=0.9, en;q=0.8", "fr"),
        (None, "nl, de;q=0.4, hi;q=0.7", "hi"),
        (None, "es;q=0, de;q=0.1", "de"),
        (None, "en;q=0.1, es-419", "es"),
        (None, "*", "en"),
        (None, "fr;q=x, ;;;,=,é", "en"),
        ("de", "fr", "de"),
        ("../etc", "fr", "fr"),
    ],
)
def test_the_language_is_the_one_picked_or_the_best_asked_for(picked, accepted, code):
    assert languages.chosen(picked, accepted) == code


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21), ("#ffffff", "#ffffff", 1), ("#777777", "#ffffff", 4.48)],
)
def test_contrast_is_measured_as_wcag_does(one, other, ratio):
    assert colours.contrast(one, other) == pytest.approx(ratio, abs=0.01)
    assert colours.contrast(other, one) == colours.contrast(one, other)


@pytest.mark.parametrize(
    ("raw", "kept"),
    [("#FFF", "#ffffff"), (" #3B5bdb ", "#3b5bdb"), ("red", None), ("#12345", None), ("", None),
     ("#fff;}body{display:none", None)],
)  # fmt: skip
def test_a_colour_is_three_or_six_digits(raw, kept):
    assert colours.colour(raw) == kept


def test_on_every_colour_text_and_links_and_buttons_can_be_seen():
    some = [f"#{r:02x}{g:02x}{b:02x}" for r, g, b in product(range(0, 256, 51), repeat=3)]
    for colour in some:
        assert colours.contrast(colours.ink(colour), colour) >= colours.TEXT_RATIO
    for accent, page in product(some[::7], some[::5]):
        found = dict(part.split(":") for part in looks._scheme(accent, page).split(";"))
        for name in ("ink", "soft", "link"):
            told = (accent, page, name, found[f"--{name}"])
            assert colours.contrast(found[f"--{name}"], page) >= colours.TEXT_RATIO, told
        assert colours.contrast(found["--accent"], page) >= colours.CONTROL_RATIO
        assert colours.contrast(found["--on-accent"], found["--accent"]) >= colours.TEXT_RATIO


def test_a_page_is_dressed_in_few_bytes_and_allows_nothing_else():
    ours, theirs = looks.dress("#3b5bdb", ""), looks.dress("#3b5bdb", "#fff8e7")

    assert len(ours.css) < 3_500
    assert "prefers-color-scheme" in ours.css
    assert "prefers-color-scheme" not in theirs.css
    assert ours.policy != theirs.policy
    assert "unsafe" not in ours.policy


@pytest.mark.parametrize(
    ("content", "kind"),
    [(PNG, "image/png"), (JPEG, "image/jpeg"), (LOSSY, "image/webp"), (LOSSLESS, "image/webp"),
     (EXTENDED, "image/webp")],
    ids=["png", "jpeg", "vp8", "vp8l", "vp8x"],
)  # fmt: skip
def test_a_picture_is_known_by_its_first_bytes(content, kind):
    logo = pictures.logo_of(content)

    assert (logo.type, logo.width, logo.height) == (kind, 120, 40)
    assert pictures.logo_of(content + b"x").digest != logo.digest


@pytest.mark.parametrize(
    "content",
    [b"", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", b"GIF89a", PNG[:20],
     JPEG[:24], b"\xff\xd8\xff" + bytes(50), LOSSLESS[:22], PNG[:16] + bytes(8),
     PNG[:16] + struct.pack(">II", 4_001, 1)],
)  # fmt: skip
def test_what_is_no_such_picture_is_refused(content):
    with pytest.raises(LogoUnfit):
        pictures.logo_of(content)


def test_a_picture_that_is_too_large_is_refused():
    with pytest.raises(LogoTooLarge, match=r"200,001 bytes; at most 200,000"):
        pictures.logo_of(PNG + bytes(MOST_LOGO_BYTES + 1 - len(PNG)))


@pytest.mark.parametrize(
    ("address", "shown"),
    [("ada@example.com", "a•••@example.com"), ("+442071838750", "••• 750"), ("id:7", "••• d:7")],
)
def test_an_address_is_shown_to_who_knows_it(address, shown):
    assert masked(address) == shown
