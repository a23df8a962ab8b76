"""Every odd file of the corpus comes out with its columns, its rows and their numbers."""

import pytest

from tests.corpus import odd_documents, odd_tables, odd_texts, odd_values, odd_workbooks
from tests.corpus.reading import differences

ODD = [
    *odd_texts.ENCODINGS, *odd_texts.LINE_ENDS, *odd_tables.DELIMITERS, *odd_tables.QUOTES,
    *odd_tables.HEADERS, *odd_tables.RAGGED, *odd_values.VALUES, *odd_values.PACKED,
    *odd_documents.DOCUMENTS, *odd_workbooks.WORKBOOKS,
]  # fmt: skip


@pytest.mark.parametrize("case", ODD, ids=lambda case: case.name)
def test_an_odd_file_is_read_as_a_person_would(case, tmp_path):
    path = case.write(tmp_path)

    assert differences(case, path) == []


def test_there_are_enough_of_them_and_none_twice():
    names = [case.name for case in ODD]

    assert len(names) == len(set(names)) >= 120
