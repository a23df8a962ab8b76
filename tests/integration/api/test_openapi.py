"""The OpenAPI document says what is served, all of it and nothing else."""

import json
import re

import msgspec
import pytest

from signalbook.web import openapi_document


@pytest.fixture
def served(app):
    return app.app.routes


@pytest.fixture
async def document(http):
    answer = await http.get("/openapi.json")
    assert answer.status_code == 200
    return answer.json()


def test_every_route_of_the_api_is_in_the_document_and_the_other_way_round(served, document):
    from litestar.routes import HTTPRoute

    routes = {
        (re.sub(r"\{(\w+):\w+\}", r"{\1}", route.path), method)
        for route in served
        if isinstance(route, HTTPRoute) and route.path.startswith("/api/v1/")
        for method in route.methods - {"OPTIONS"}
    } - {("/api/v1/openapi.json", "GET")}

    written = {
        (path, method.upper())
        for path, methods in document["paths"].items()
        for method in methods
        if path.startswith("/api/v1/")
    }

    assert written == routes


def test_every_operation_declares_who_may_call_it_and_shows_examples(served):
    declared = openapi_document.declared(served)

    assert len(declared) > 20
    for one in declared:
        assert one.access is not None
        assert one.operation.summary
        assert one.operation.answers, one.path
        if one.operation.body is not None:
            assert one.operation.examples, one.path
    ids = [one.operation.id for one in declared]
    assert len(ids) == len(set(ids))


def test_every_refusal_that_can_happen_is_listed(document):
    for path, methods in document["paths"].items():
        if not path.startswith("/api/v1/"):
            continue
        for method, operation in methods.items():
            listed = set(operation["responses"])
            assert {"400", "401", "403", "429", "503"} <= listed, path
            if "{" in path:
                assert "404" in listed, path
            if method == "post":
                assert {"409", "413", "415", "422"} <= listed, path


def test_every_example_fits_its_own_schema(served):
    for one in openapi_document.declared(served):
        for name, example in one.operation.examples.items():
            shape = one.operation.body
            if not isinstance(shape, dict) and "BulkIn" not in str(shape):
                assert msgspec.json.decode(json.dumps(example).encode(), type=shape), name
        for answer in one.operation.answers.values():
            if isinstance(answer.shape, dict):
                continue
            shapes = answer.shape if isinstance(answer.shape, tuple) else (answer.shape,)
            msgspec.convert(answer.example, shapes[0], strict=False)


async def test_the_page_shows_every_operation_and_needs_nobody_else(http, document):
    answer = await http.get("/docs")

    assert answer.status_code == 200
    for methods in document["paths"].values():
        for operation in methods.values():
            assert f'id="{operation["operationId"]}"' in answer.text
    assert not re.search(r'(src|href)="(https?:)?//', answer.text)
    assert (await http.get("/api/docs")).status_code == 200
    assert (await http.get("/api/v1/openapi.json")).json() == document
