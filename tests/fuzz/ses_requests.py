"""Requests to the AWS SES door, made up: from AWS's model, and from nothing."""

import json
from typing import Any, NamedTuple
from urllib.parse import quote

from botocore.model import OperationModel, ServiceModel, Shape
from hypothesis import strategies as st

from signalbook.doors.ses import operations

LISTS = "/v2/email/contact-lists"
METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")
NAMED = {
    "ContactListName": ("news", "other"),
    "EmailAddress": ("known@example.com", "Known@EXAMPLE.com", "new@example.com", "a/b@x.example"),
    "TopicName": ("Sports", "Cats", "Chess"),
    "ResourceArn": (
        "arn:aws:ses:eu-west-1:123456789012:contact-list/news",
        "arn:aws:ses:eu-west-1::contact-list/news",
        "arn:aws:ses:::contact-list/",
        "arn:aws:s3:::bucket",
    ),
    "S3Url": ("s3://bucket/key", "file:///etc/passwd", "s3://", "s3://b/../../x"),
    "AttributesData": ("{}", '{"Name":"Jane"}', '{"Name":{"a":[1e400]}}', '{"\\u0000":1}', "[]"),
    "JobId": ("0190a000-0000-7000-8000-000000000000",),
}
_ODD = ("", " ", "\x00", "\ud800", "\udfff\ud800", "é", "a" * 70, "x" * 5_000, "'", "%", "../..",
        "\u202e", "🦊", "null", "-1", "1e999")  # fmt: skip
_WRONG = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.sampled_from(_ODD),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.sampled_from(("Key", "TopicName", "a")), st.integers(), max_size=2),
)


class Request(NamedTuple):
    """One request, not yet signed."""

    operation: str
    method: str
    path: str
    body: bytes


def topic(name: str) -> dict[str, str]:
    """Make a topic, whole and right."""
    return {"TopicName": name, "DisplayName": name, "DefaultSubscriptionStatus": "OPT_IN"}


def of_model(model: ServiceModel) -> st.SearchStrategy[Request]:
    """Make up calls of the operations in scope; most members fit the model, some do not."""
    names = sorted({route.operation for route in operations.ROUTES})
    asked = [_operation(model.operation_model(name)) for name in names if _is_kept(name)]
    return st.one_of(asked)


def _is_kept(name: str) -> bool:
    # The list that everything is about stays; its deletion has tests of its own.
    return name != "DeleteContactList"


@st.composite
def _operation(draw: st.DrawFn, operation: OperationModel) -> Request:
    shape: Any = operation.input_shape
    asked: Any = operation.name
    path: str = operation.http["requestUri"]
    query: list[tuple[str, str]] = []
    body: dict[str, Any] = {}
    for name, member in shape.members.items():
        place = member.serialization.get("location")
        told = member.serialization.get("name", name)
        if place == "uri":
            path = path.replace("{" + told + "}", _quoted(draw(_texts(name)) or "x"))
        elif not draw(st.integers(0, 9)) and name not in shape.required_members:
            continue
        elif place == "querystring":
            given = draw(st.lists(_texts(name), max_size=3))
            query += [(told, one) for one in given]
        else:
            body[told] = draw(_value(name, member))
    if query:
        path += "?" + "&".join(f"{name}={_quoted(text)}" for name, text in query)
    method = operation.http["method"]
    raw = b"" if method in {"GET", "DELETE"} else json.dumps(body).encode()
    return Request(asked, method, path, raw)


def _value(name: str, shape: Shape) -> st.SearchStrategy[Any]:
    """Make up a value that fits a shape, or now and then anything else."""
    kind = shape.type_name
    right: st.SearchStrategy[Any]
    if kind == "structure":
        members: Any = shape.members  # pyright: ignore[reportAttributeAccessIssue]
        right = st.fixed_dictionaries(
            {}, optional={one: _value(one, member) for one, member in members.items()}
        )
    elif kind == "list":
        item: Any = shape.member  # pyright: ignore[reportAttributeAccessIssue]
        right = st.lists(_value(item.name, item), max_size=22)
    elif kind == "boolean":
        right = st.booleans()
    elif kind == "integer":
        right = st.integers(-2, 2_000)
    elif kind == "string" and shape.enum:  # pyright: ignore[reportAttributeAccessIssue]
        right = st.sampled_from([*shape.enum, "MAYBE"])  # pyright: ignore[reportAttributeAccessIssue]
    else:
        right = _texts(name)
    return st.integers(0, 19).flatmap(lambda chance: right if chance else _WRONG)


def _texts(name: str) -> st.SearchStrategy[str]:
    usual = st.sampled_from(NAMED.get(name, ("1", "text")))
    return st.one_of(usual, usual, st.sampled_from(_ODD), st.text(max_size=20))


def _quoted(text: str) -> str:
    return quote(text.encode(errors="surrogatepass"), safe="-_.~")


_SEGMENTS = st.one_of(
    st.sampled_from(
        ("contact-lists", "contacts", "list", "news", "tags", "account", "suppression", "addresses",
         "import-jobs", "known%40example.com", "", ".", "..", "%2e%2e", "%2F", "%00", "%", "%zz",
         "%ff", "%c3%28", "~", ":", ";a=b", "+", "$&'()*,=@!", "x" * 3_000)
    ),
    st.binary(max_size=8).map(quote),
)  # fmt: skip


def paths() -> st.SearchStrategy[str]:
    """Make up paths below the door, with queries now and then."""
    below = st.lists(_SEGMENTS, max_size=7).map(lambda parts: "/v2/email/" + "/".join(parts))
    names = st.sampled_from(("PageSize", "NextToken", "Reason", "StartDate", "TagKeys", "x", ""))
    pairs = st.tuples(names, st.one_of(st.sampled_from(_ODD[:4]), st.text(max_size=9)))
    queries = st.lists(pairs.map(lambda pair: f"{pair[0]}={_quoted(pair[1])}"), max_size=4)
    return st.builds(
        lambda path, query: path + ("?" + "&".join(query) if query else ""), below, queries
    )


def bodies() -> st.SearchStrategy[bytes]:
    """Make up bodies: JSON of any kind, deep, with what no text has, and bytes that are none."""
    anything = st.recursive(
        _WRONG,
        lambda inner: st.one_of(
            st.lists(inner, max_size=4),
            st.dictionaries(st.sampled_from((*NAMED, *_ODD, "Tags", "Topics")), inner, max_size=5),
        ),
        max_leaves=15,
    )
    keyed = st.dictionaries(
        st.sampled_from(
            ("EmailAddress", "AttributesData", "TopicPreferences", "UnsubscribeAll", "Filter",
             "PageSize", "NextToken", "Topics", "Tags", "ContactListName", "ResourceArn", "Reason",
             "ImportDestination", "ImportDataSource", "SuppressedReasons")
        ),
        anything,
    )  # fmt: skip
    deep = st.integers(100, 20_000).flatmap(
        lambda depth: st.sampled_from(
            (b"[" * depth, b'{"Filter":' * depth, b"[" * depth + b"]" * depth)
        )
    )
    return st.one_of(
        keyed.map(lambda one: json.dumps(one).encode()),
        anything.map(lambda one: json.dumps(one).encode()),
        st.binary(max_size=60),
        st.sampled_from((b"\xef\xbb\xbf{}", b"{}\x00", b'{"a":1,"a":2}', b"NaN", b"{'a':1}")),
        deep,
    )


def right_paths() -> st.SearchStrategy[tuple[str, str]]:
    """Name an operation by its method and a path that fits it."""
    told = {"ContactListName": "news", "EmailAddress": "known%40example.com", "JobId": "x"}

    def written(route: operations.Route) -> tuple[str, str]:
        names = iter(route.names)
        parts = [part if part is not None else told[next(names)] for part in route.path]
        return route.method, "/v2/email/" + "/".join(parts)

    kept = [route for route in operations.ROUTES if _is_kept(route.operation)]
    return st.sampled_from(kept).map(written)


def headers() -> st.SearchStrategy[dict[str, str]]:
    """Make up headers in the place of those that were signed."""
    texts = st.one_of(
        st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=40),
        st.sampled_from(
            ("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Credential=a/b/c, SignedHeaders=, Signature=",
             "AWS4-HMAC-SHA256 Credential=////, SignedHeaders=host, Signature=é", "Bearer x",
             "20260101T000000Z", "99999999T999999Z", "UNSIGNED-PAYLOAD", "x" * 5_000)
        ),
    )  # fmt: skip
    names = st.sampled_from(
        ("Authorization", "X-Amz-Date", "X-Amz-Security-Token", "x-amz-content-sha256", "Date",
         "Content-Type", "X-Amz-Unheard", "Host")
    )  # fmt: skip
    return st.dictionaries(
        names,
        texts.map(lambda text: text.encode("latin-1", "replace").decode("latin-1").strip()),
        max_size=3,
    )


def tokens(foreign: str) -> st.SearchStrategy[str]:
    """Make up NextTokens: of another account, spoilt ones, and any text."""
    spoilt = st.integers(0, len(foreign) - 1).map(lambda at: foreign[:at] + foreign[at + 1 :])
    return st.one_of(st.just(foreign), spoilt, st.sampled_from(_ODD), st.text(max_size=60))
