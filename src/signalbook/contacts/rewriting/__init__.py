"""Rewriting a field in all contacts: renamed, merged into another, of another type, taken away.

The registry changes at once and the contacts follow chunk by chunk, but it comes to the same as if
everything had happened in the moment it was asked for. Who writes the old name of a field writes
the new one, and takes the old value away; who gives a value to a field that is being deleted keeps
it; who writes while a type changes is held to the new one.
"""
