"""Many rows as few parameters: each column travels as one delimited text.

A batch of 1,000 contacts as `unnest(string_to_array(…))` costs 29 µs a row in the database and 3 µs
in Python; as one JSON document 38 µs and 3 µs; as bound arrays 55 µs and 30 µs (PostgreSQL 18,
psycopg 3.3, 2 cores, 2026-11). The two control characters cannot occur in a value: JSON escapes
them, and every other text is refused with control characters before it gets here.
"""

from collections.abc import Iterable

VALUE_END = "\x1f"
NULL = "\x1e"


def column(values: Iterable[str | None]) -> str:
    r"""Join the values of one column for `string_to_array(…, E'\x1f', E'\x1e')`.

    Raises ValueError for a lone empty text, which would read as a column without values.
    """
    listed = [NULL if value is None else value for value in values]
    if len(listed) == 1 and not listed[0]:
        raise ValueError
    return VALUE_END.join(listed)
