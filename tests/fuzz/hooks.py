"""What schemathesis cannot read from a schema: addresses and numbers that exist, cursors.

Each exclusion says why. They concern requests that are right in form and refused for what they
mean; whatever is wrong in form, and every server error, stays a failure.
"""

import json
import string

import schemathesis
from hypothesis import strategies as st

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


@schemathesis.serializer("application/x-ndjson")
def by_line(ctx, value):
    """Write lines: the schema of a line is that of an item of the list."""
    if isinstance(value, list):
        return "\n".join(json.dumps(one) for one in value).encode()
    return str(value).encode(errors="surrogatepass")


@schemathesis.hook
def filter_case(context, case):
    """Leave out what is refused for its meaning, where only its form can be generated."""
    if not case.meta:
        return True
    if not case.meta.generation.mode.is_positive:
        # One wrong item never fails a batch: its outcome says so, and the answer is 200.
        return not case.path.endswith(("/contacts/batch", "/contacts/bulk"))
    # A key that was used with another body is refused, and a shrunk example repeats its key.
    if any(name.lower() == "idempotency-key" for name in case.headers or {}):
        return False
    query = case.query or {}
    # A cursor is what an answer gave out; no text that fits a schema is one.
    if "starting_after" in query:
        return False
    # A page number and a size reach at most a million contacts deep.
    return int(query.get("page", 0)) * 1000 <= 1_000_000
