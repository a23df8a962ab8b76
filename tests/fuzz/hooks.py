"""What schemathesis cannot read from a schema: addresses and numbers that exist, cursors.

Each exclusion says why. They concern requests that are right in form and refused for what they
mean; whatever is wrong in form, and every server error, stays a failure.
"""

import json
import string

import schemathesis
from hypothesis import strategies as st

from tests.unit.preferences.test_looks import PNG

_LETTERS = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=12)
_NAMES = ("plan", "score", "company", "city", "deal stage", "Ångström", "a.b", "x" * 64)

# An address that email-validator accepts; hypothesis's own are right by RFC 5322 and wrong by DNS.
schemathesis.openapi.format(
    "email",
    st.builds("{}@{}.example.com".format, _LETTERS, _LETTERS),
)
# Numbers that phonenumbers calls possible: a pattern cannot know the lengths of every country.
schemathesis.openapi.format("e164", st.integers(2_000_000, 9_999_999).map("+44207{}".format))
# An account has at most 1,000 fields, so a run may not invent one with every request.
schemathesis.openapi.format("field-name", st.sampled_from(_NAMES))

# An alias means one field only, and has a letter or a digit.
schemathesis.openapi.format("field-alias", st.uuids().map("alias {}".format))

_OF_THE_FILE = {"sheet", "header_row", "delimiter", "encoding", "member", "country", "tags"}


@schemathesis.serializer("application/x-ndjson")
def by_line(ctx, value):
    """Write lines: the schema of a line is that of an item of the list."""
    if isinstance(value, list):
        return "\n".join(json.dumps(one) for one in value).encode()
    return str(value).encode(errors="surrogatepass")


@schemathesis.serializer("application/offset+octet-stream")
def as_bytes(ctx, value):
    """Write a piece of a file."""
    return value if isinstance(value, bytes) else str(value).encode(errors="surrogatepass")


@schemathesis.serializer("image/png", "image/jpeg", "image/webp")
def as_picture(ctx, value):
    """Write a picture, whatever was made up: no schema says which bytes are one."""
    return PNG


@schemathesis.hook
def filter_case(context, case):
    """Leave out what is refused for its meaning, where only its form can be generated."""
    if case.meta and not case.meta.generation.mode.is_positive:
        return _is_wrong_indeed(case)
    # A key that was used with another body is refused, and a shrunk example repeats its key.
    if any(name.lower() == "idempotency-key" for name in case.headers or {}):
        return False
    query = case.query or {}
    # A cursor is what an answer gave out; no text that fits a schema is one.
    if "starting_after" in query:
        return False
    # A page number and a size reach at most a million contacts deep.
    return int(query.get("page", 0)) * 1000 <= 1_000_000 and _is_meant(case)


def _is_wrong_indeed(case):
    # One wrong item never fails a batch: its outcome says so, and the answer is 200.
    if case.path.endswith(("/contacts/batch", "/contacts/bulk")):
        return False
    # Everything in a form is text: the number 0 is a way to write false there.
    if case.media_type == "multipart/form-data":
        return False
    # A parameter that is empty is not given.
    if any(value == "" for value in (case.query or {}).values()):
        return False
    # A body of blanks is none, which is right where there may be none.
    return not (isinstance(case.body, bytes | str) and not case.body.strip())


def _is_meant(case):
    body = case.body if isinstance(case.body, dict) else {}
    return all(rule(case, case.query or {}, body) for rule in _RULES)


def _whole_numbers_are_whole(case, query, body):
    # 8.0 is a whole number by JSON Schema, and none that counts here.
    return not any(isinstance(value, float) and value.is_integer() for value in body.values())


def _somebody_is_named(case, query, body):
    # Names or a filter, one of both: otherwise nobody is named.
    if not case.path.endswith("/lists/{id}/contacts") or case.method.upper() == "GET":
        return True
    named = any(body.get(name) for name in ("ids", "emails", "mobiles", "external_ids"))
    return named == (body.get("filter") is None)


def _a_file_is_what_it_says(case, query, body):
    # No schema knows what a file holds, its columns and sheets, nor the fields of an account. What
    # is said in the query goes with a file that is sent whole, and not with its announcement.
    if case.path.endswith("v1/imports"):
        if case.media_type == "application/json":
            return not query
        said = {**query, **body}
        return "@" in str(case.body) and not (said.get("mapping") or said.get("options"))
    if case.path.endswith("/mapping"):
        return not (body.get("mapping") or set(body.get("options") or ()) & _OF_THE_FILE)
    return not (case.path.endswith("/exports") and body.get("columns"))


def _colours_can_be_told_apart(case, query, body):
    is_look = case.path.endswith("/public-pages")
    return not (is_look and (body.get("accent") or body.get("background")))


def _an_address_has_the_channel(case, query, body):
    # An address has its form and its channels, and a list its lines.
    if "/optouts" not in case.path:
        return True
    named = {"address", "contact_id"} & {*body, *query}
    return not named and not case.path.endswith("/blocklist")


def _what_is_asked_goes_together(case, query, body):
    # Who is erased is not kept inactive; a call tells of 1,100 days at most, of a list or of a tag;
    # lists are combined on which somebody is.
    both = {"list", "tag"} <= set(query) and case.path.endswith("/growth")
    return not (both or {"erase", "from"} & set(query) or body.get("from"))


_RULES = (
    _whole_numbers_are_whole,
    _somebody_is_named,
    _a_file_is_what_it_says,
    _colours_can_be_told_apart,
    _an_address_has_the_channel,
    _what_is_asked_goes_together,
)


@schemathesis.hook
def before_add_examples(context, examples):
    """Leave out the same of the documented examples, put together from body and query."""
    examples[:] = [case for case in examples if _is_meant(case)]
