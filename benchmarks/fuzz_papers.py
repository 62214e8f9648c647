"""Whether any document is filled as a notice template or refused: inputs that are nearly templates, one a number.

They are made in tests/fuzzing_papers.py: templates with placeholders everywhere, in which elements, attributes, texts,
relations, types, bytes and whole parts are dropped, repeated, moved and exchanged. Each is filled, and then opens in
python-docx and is well-formed, or is refused by a finding with a sentence in both languages. Anything that raises, or
takes longer than ten seconds, is saved.
"""

from benchmarks.fuzz import try_numbers
from tests.fuzzing_papers import judged, made

if __name__ == "__main__":
    try_numbers(__doc__, made, judged, ".docx")
