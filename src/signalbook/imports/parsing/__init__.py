"""Rows of a file become staged rows here: read, checked and written as COPY text; no I/O.

It runs in the child process that reads the file (`imports/child.py`), and speed is its point: a
million rows in about ten seconds. So a batch is worked column by column, values that come again
are remembered in the form in which they are written, and only what is out of the ordinary is
looked at one by one.
"""
