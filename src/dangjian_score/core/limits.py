"""How much of anything is read: what is larger is refused by name before work is done on it."""

from typing import Final

MAX_FILES: Final = 20_000
"""Files of a folder, or that match a pattern."""
MAX_EVIDENCE: Final = 1_000_000_000
"""Bytes of all files of evidence together, and of all rosters."""

MAX_RESULT: Final = 100_000_000
"""Bytes of a result file: ten thousand units of a regulation with some twenty items."""
MAX_JSON_VALUES: Final = 500_000
JSON_DENSITY: Final = 10
"""Values of a JSON text: so many, and one more for so many bytes; a result has one for 18 bytes or more."""
MAX_JSON_TEXT: Final = 1_000_000
"""Bytes of one text in a JSON text."""
MAX_JSON_DEPTH: Final = 64
"""Levels of a JSON text; a result has two for each level of nodes, of which a rubric holds 15 at most."""

MAX_PARTS: Final = 10_000
"""Parts of an archive: of documents, workbooks and packs."""
MAX_RATIO: Final = 200
"""How many times its size an archive may unpack to; results of units that are all alike reach 115."""
MAX_PACK: Final = 200_000_000
"""Bytes of all files of a pack together, unpacked."""
MAX_MANIFEST: Final = 8_000_000
"""Bytes of the manifest of a pack."""
