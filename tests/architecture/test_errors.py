"""An error is a named fact with a sentence."""

import importlib

from signalbook.kit import errors
from signalbook.kit.errors import AppError
from tests.architecture.tree import SRC, complaint, files


def error_classes() -> list[type[AppError]]:
    for file in files():
        if "AppError" in file.text or "kit.errors" in file.text:
            parts = file.path.relative_to(SRC.parent).with_suffix("").parts
            importlib.import_module(".".join(parts))
    return sorted(descendants(AppError), key=lambda error: error.__name__)


def descendants(error: type[AppError]) -> set[type[AppError]]:
    return {error}.union(*(descendants(child) for child in error.__subclasses__()))


def test_every_error_tells_a_person_what_is_wrong_in_a_sentence():
    broken = [
        f"{error.__module__}: {error.__name__}: give it a docstring whose first line is a sentence"
        for error in error_classes()
        if not (doc := error.__dict__.get("__doc__"))
        or not doc.strip().splitlines()[0].endswith((".", "}"))
    ]
    assert not broken, complaint(broken)


def test_no_two_errors_share_a_code():
    codes = [error.code() for error in error_classes()]
    assert len(codes) == len(set(codes)), sorted(code for code in codes if codes.count(code) > 1)


def test_an_error_names_the_fact_and_not_that_it_is_an_error():
    broken = [
        f"{error.__module__}: {error.__name__}: state the fact, as EmailTaken does"
        for error in error_classes()
        if error.__name__.endswith(("Error", "Exception")) and error is not AppError
    ]
    assert not broken, complaint(broken)


def test_every_error_that_can_be_raised_has_a_kind():
    kinds = {kind for kind in vars(errors).values() if isinstance(kind, type)}
    broken = [
        f"{error.__module__}: {error.__name__}: derive it from Invalid, NotFound, Conflict, …"
        for error in error_classes()
        if not error.kind and error not in kinds
    ]
    assert not broken, complaint(broken)
