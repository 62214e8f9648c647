"""Whether the reader of workbooks stays upright whatever it is given: inputs that are nearly workbooks, one a number.

They are made in tests/fuzzing_workbooks.py: the intake of the tests and what ships, with bytes, words, elements,
attributes, numbers and whole parts exchanged. Each ends in sheets that hold together, or in one finding with a sentence
in both languages. Anything that raises, or takes longer than ten seconds, is saved.
"""

from benchmarks.fuzz import try_numbers
from tests.fuzzing_workbooks import judged, made

if __name__ == "__main__":
    try_numbers(__doc__, made, judged, ".xlsx")
