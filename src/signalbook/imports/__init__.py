"""Files in: any spreadsheet becomes changes to contacts, and every row is accounted for.

A file is inspected and parsed in a child process with limits, its rows are checked, normalised and
staged, what they would do is shown, and they are applied in chunks that commit with their
checkpoint. An import can add an opt-out and never lifts one; what it did can be undone.
"""
