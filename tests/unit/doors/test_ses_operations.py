"""Operations are found by the raw path."""

import botocore.session
import pytest

from signalbook.doors.ses import operations
from signalbook.doors.ses.errors import NotDecoded, OperationUnknown


def found(method: str, path: str):
    asked = operations.asked(method, "/v2/email/" + path)
    return asked.route.operation, asked.parameters


def test_every_operation_is_where_awss_own_model_has_it():
    model = botocore.session.get_session().get_service_model("sesv2")
    for route in operations.ROUTES:
        if route.is_legacy:
            continue
        http = model.operation_model(route.operation).http
        names = iter(route.names)
        parts = [f"{{{next(names)}}}" if part is None else part for part in route.path]
        assert (route.method, operations.ROOT + "/".join(parts)) == (
            http["method"], http["requestUri"],
        )  # fmt: skip


def test_an_address_may_hold_what_must_be_encoded():
    path = "contact-lists/L/contacts/a%2Bb%20c%27%C3%A9%2Fx%40example.com"
    assert found("GET", path) == (
        "GetContact", {"ContactListName": "L", "EmailAddress": "a+b c'é/x@example.com"},
    )  # fmt: skip
    assert found("GET", "contact-lists/L/contacts/a+b%2540@x")[1]["EmailAddress"] == "a+b%40@x"


def test_older_clients_list_by_get():
    assert found("GET", "contact-lists/L/contacts")[0] == "ListContacts"
    assert found("POST", "contact-lists/L/contacts/list")[0] == "ListContacts"
    assert found("GET", "import-jobs")[0] == "ListImportJobs"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""), ("GET", "nothing"), ("PATCH", "contact-lists/L"), ("GET", "contact-lists/"),
        ("GET", "contact-lists/L/contacts/"), ("GET", "contact-lists/L/contacts/a/b"),
        ("GET", "contact-lists//contacts"), ("POST", "outbound-emails"),
    ],
)  # fmt: skip
def test_nothing_else_is_an_operation(method, path):
    with pytest.raises(OperationUnknown):
        found(method, path)


@pytest.mark.parametrize("path", ["/v2%2Femail/account", "/v2/EMAIL/account", "/account", "/"])
def test_a_path_that_is_not_below_the_root_is_none(path):
    with pytest.raises(OperationUnknown):
        operations.asked("GET", path)


@pytest.mark.parametrize("odd", ["%FF", "a%00b"])
def test_what_is_no_text_is_refused(odd):
    with pytest.raises(NotDecoded):
        found("GET", f"contact-lists/{odd}")
