"""Rows come in order, with their numbers, in a memory that does not grow with the file."""

import json
import tracemalloc

import pytest

from signalbook.imports.errors import Unreadable
from signalbook.imports.model import Hints, Source
from signalbook.imports.reading import batches, dialects, encodings, headers, inspecting


def written(tmp_path, text):
    path = tmp_path / "source"
    path.write_text(text, encoding="utf-8")
    return path


def read(path, source):
    return [row for batch in batches.rows(path, source) for row in batch.cells]


def test_what_comes_before_an_unreadable_row_is_given_first(tmp_path):
    path = written(tmp_path, "email,name\n" + "a@x.com,A\n" * 2_500 + 'b@x.com,"B\n')
    rows = batches.rows(path, inspecting.inspect(path, "c.csv", Hints()))
    got = [len(next(rows).cells) for _ in range(3)]

    with pytest.raises(Unreadable, match="row 2,502"):
        next(rows)

    assert sum(got) == 2_500


def test_what_cannot_be_read_among_the_first_rows_is_told_at_inspection(tmp_path):
    path = written(tmp_path, 'email,name\na@x.com,"A\n')

    with pytest.raises(Unreadable, match="row 2 "):
        inspecting.inspect(path, "c.csv", Hints())


def test_a_batch_tells_how_far_in_the_file_it_is(tmp_path):
    path = written(tmp_path, "email,name\n" + "ada@example.com,Ada Lovelace\n" * 50_000)
    source = inspecting.inspect(path, "c.csv", Hints())

    positions = [batch.read_bytes for batch in batches.rows(path, source)]

    assert positions == sorted(positions)
    assert positions[0] < 1 << 20
    assert positions[-1] == path.stat().st_size


def test_replaced_bytes_are_counted_where_they_are_met(tmp_path):
    path = tmp_path / "source"
    path.write_bytes(b"email,name\n" + "a@x.com,Zoë\n".encode() * 40_000 + b"b@x.com,\xff\n")
    source = inspecting.inspect(path, "c.csv", Hints())

    mended = [batch.mended for batch in batches.rows(path, source) if batch.mended]

    assert mended == [{"bytes_replaced": 1}]


def test_a_json_key_that_comes_late_is_named_with_its_batch(tmp_path):
    people = [{"email": f"p{n}@x.com"} for n in range(1_500)] + [{"email": "z@x.com", "city": "L"}]
    path = written(tmp_path, json.dumps(people))
    source = inspecting.inspect(path, "c.json", Hints())

    first, second = batches.rows(path, source)

    assert source.columns == first.columns == ["email"]
    assert second.columns == ["email", "city"]
    assert second.cells[-1] == ["z@x.com", "L"]
    assert second.cells[0] == ["p1000@x.com"]


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_memory_does_not_grow_with_the_file(tmp_path, kind):
    path = tmp_path / "source"
    with path.open("w", encoding="utf-8") as file:
        file.write("[" if kind == "json" else "email,name\n")
        long = "x" * 1_000
        row = f'{{"email":"a@x.com","name":"{long}"}},' if kind == "json" else f"a@x.com,{long}\n"
        file.writelines([row * 1_000] * 40)
        file.write('{"email":"z@example.com","name":"Z"}]' if kind == "json" else "")
    source = inspecting.inspect(path, "c", Hints())
    tracemalloc.start()
    tracemalloc.reset_peak()

    rows = sum(len(batch.cells) for batch in batches.rows(path, source))

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert rows >= 40_000  # and 40 MB
    assert peak < 12 << 20


def test_a_source_reads_the_same_after_a_trip_through_json(tmp_path):
    import msgspec

    path = written(tmp_path, 'x;y\r\nemail;name\r\na@x.com;"A;B"\r\n')
    source = inspecting.inspect(path, "c.csv", Hints(header_row=2))

    again = msgspec.json.decode(msgspec.json.encode(source), type=Source)

    assert again == source
    assert read(path, again) == [["a@x.com", "A;B"]]


def test_the_preview_has_twenty_rows_and_the_samples_fifty_texts(tmp_path):
    path = written(tmp_path, "email,note\n" + "".join(f"p{n}@x.com,\n" for n in range(3_000)))

    source = inspecting.inspect(path, "c.csv", Hints())

    assert [row.number for row in source.preview] == list(range(2, 22))
    assert [len(texts) for texts in source.samples] == [50, 0]
    assert source.rows_estimate == 3_000


def test_an_estimate_knows_of_quoted_line_ends(tmp_path):
    path = written(tmp_path, "email,note\n" + 'p@x.com,"a\nb\nc"\n' * 5_000)

    source = inspecting.inspect(path, "c.csv", Hints())

    assert source.rows_estimate == pytest.approx(5_000, rel=0.01)


def test_an_encoding_that_is_none_is_said_so():
    for name in ("klingon", "rot13", "zip", ""):
        with pytest.raises(Unreadable, match="no encoding"):
            encodings.known(name)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (["email", "name"], False), (["ada@example.com", "Ada"], True), (["1", "2", "x"], True),
        (["Ada <ada@example.com>", "x"], True), (["name", "2023"], False), ([""], False),
    ],
)  # fmt: skip
def test_a_row_of_values_is_no_header(row, expected):
    assert headers.looks_like_values(row) is expected


def test_a_delimiter_that_a_person_chose_is_taken_even_if_another_fits_better():
    source = dialects.find("a,b;c\nd,e;f\n", Source(kind="csv"), ";")

    assert source.delimiter == ";"
