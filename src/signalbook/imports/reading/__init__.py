"""What is in a file: its kind, encoding, header and rows; runs in the child process only.

`inspecting.inspect` finds out how a file is to be read, `batches.rows` reads it that way. Both see
bytes that anybody may have made: what they cannot read is `Unreadable`, with a sentence; what makes
a library below them fall over is caught by the limits of the process (`imports/limits.py`).
"""
