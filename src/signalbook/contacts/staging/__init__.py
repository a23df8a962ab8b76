"""Contacts in bulk: rows are staged, and whole chunks of them applied by a few statements.

It is the batch verb (`contacts.actions.apply`) for rows by the million. What most rows are, a new
contact or other values for a known one, is written from the staging table without passing through
Python; a row that needs a decision (an opt-out, a changed identifier, a deletion) goes through the
verb itself, in the same transaction. Both ways come to the same, which a property test holds them
to (`tests/integration/contacts/test_staging_agrees.py`). Decision 0020 has the measurements.
"""
