"""The command line: screen and exit codes. With the API it is the only room that opens files."""

from typing import Final

DONE: Final = 0
FOUND: Final = 1
"""Validation found errors, or a gate the user asked for was not met."""
USAGE: Final = 2
UNUSABLE: Final = 3
"""Input or output cannot be used; no file was written."""
DEFECT: Final = 70
"""A defect of ours."""
INTERRUPTED: Final = 130
"""By Ctrl-C, or by a signal that ends programs: the same for scripts."""
READER_GONE: Final = 141
"""The reader of a pipe went away."""
