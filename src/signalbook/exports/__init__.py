"""Contacts as a file: any filter, chosen columns, as CSV, JSON lines, XLSX or in the SES layout.

The database writes the rows, in stretches of ids, each committed with how far the file is: an
export that was interrupted goes on, every contact that was there when it began is in it once, and
memory does not grow with it. What a spreadsheet would run as a formula is marked, and an import
takes the mark away again. And everything that is known of one person, for whoever asks for it.
"""
