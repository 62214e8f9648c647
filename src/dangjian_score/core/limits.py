"""How much of anything is read: what is larger is refused by name before work is done on it."""

from typing import Final

# Rubrics
MAX_RUBRIC: Final = 1_000_000
"""Bytes."""
MAX_YAML_NODES: Final = 16_000
"""Values and keys of a file: twenty times those of the longest regulation that ships, or 800 items."""
MAX_YAML_DEPTH: Final = 32

# Evidence and rosters
MAX_FILES: Final = 20_000
"""Files of a folder, or that match a pattern."""
MAX_EVIDENCE: Final = 1_000_000_000
"""Bytes of all files of evidence together, and of all rosters."""
MAX_EVIDENCE_FILE: Final = 64_000_000
"""Bytes of one file; of a .parquet file also the letters of all its texts."""
MAX_CELLS: Final = 8_000_000
"""Cells that a .csv may hold: 300,000 units with 25 figures each; workbooks have a limit of their own."""
MAX_UNLIKE_CELLS: Final = 4_000_000
"""Cells of a .csv or .parquet file that are kept one by one, each some 250 bytes; those alike are mostly one."""
MAX_CELL_TEXT: Final = 32_767
"""Characters of a cell of a workbook or a .parquet file, as in Excel; the csv module takes 131,072."""

# Workbooks
MAX_BOOK_UNPACKED: Final = 1_000_000_000
"""Bytes that all parts may claim; pictures are never unpacked."""
MAX_BOOK_XML: Final = 400_000_000
"""Bytes of XML that are read."""
MAX_BOOK_MARKUP: Final = 11_000_000
MARKUP_PER_VALUE: Final = 16
"""What XML may cost: two for a tag, two more where it closes itself, one for an attribute; more for each value."""
MAX_BOOK_VALUES: Final = 4_000_000
"""Cells that hold something, and shared strings."""
MAX_BOOK_ROWS: Final = 200_000
"""Rows that hold something."""
MAX_BOOK_TEXT: Final = 16_000_000
"""Letters of all shared strings."""
MAX_BOOK_LISTED: Final = 10_000
"""Relationships of a part."""
MAX_SHEETS: Final = 1_000
MAX_STYLES: Final = 100_000
"""Styles of cells, fonts, and formats of numbers."""
MAX_MERGED_AREAS: Final = 100_000
"""Merges of one sheet."""
MAX_MERGED_CELLS: Final = 1_000_000
"""Cells of one sheet that merges may cover, counted in rows and columns that are used."""
MAX_XML_TAG: Final = 1_000_000
"""Bytes of one tag; expat would read a longer one again with each piece."""
MAX_TEXT_PIECES: Final = 64
"""Pieces, of 8 to 64 KB, that one text may have; a cell of Excel holds 32,767 characters."""

# Archives and XML of any kind
MAX_PARTS: Final = 10_000
"""Parts of an archive: of documents, workbooks and packs."""
MAX_RATIO: Final = 200
"""How many times its size a pack, or large XML, may unpack to; results of units that are all alike reach 115."""
MAX_XML_DEPTH: Final = 200
"""Elements within each other; a table in a table in a text box takes fifty."""

# Results and packs
MAX_EXACT_BITS: Final = 14_000
"""Bits of the numerator or denominator of a figure that is written exactly: 4,215 digits, and Python writes 4,300."""
MAX_EXACT: Final = 8_500
"""Characters of such a figure."""
MAX_DECIMALS: Final = 4_000
"""Decimals of a figure that is written exactly."""
MAX_RESULT: Final = 100_000_000
"""Bytes of a result file: ten thousand units of a regulation with some twenty items."""
MAX_JSON_VALUES: Final = 500_000
JSON_DENSITY: Final = 10
"""Values of a JSON text: so many, and one more for so many bytes; a result has one for 18 bytes or more."""
MAX_JSON_TEXT: Final = 1_000_000
"""Bytes of one text in a JSON text."""
MAX_JSON_DEPTH: Final = 64
"""Levels of a JSON text; a result has two for each level of nodes, of which a rubric holds 15 at most."""
MAX_PACK: Final = 200_000_000
"""Bytes of all files of a pack together, unpacked."""
MAX_MANIFEST: Final = 8_000_000
"""Bytes of the manifest of a pack."""

# Documents that rubrics are drafted from; what is said of papers below holds for .docx as well
MAX_DRAFT_TEXT: Final = 4_000_000
"""Bytes of a text; a regulation of a hundred pages takes some 200,000."""
MAX_DRAFT_COLUMNS: Final = 1_000
"""Columns of a table or sheet, from the first that holds something to the last; Word has 63 at most."""
MAX_DRAFT_CELLS: Final = 500_000
"""Cells of all tables or sheets, each cell of a merge counted."""

# Offices' documents to write into
MAX_PAPER: Final = 20_000_000
"""Bytes."""
MAX_PAPER_UNPACKED: Final = 50_000_000
"""Bytes of all parts, pictures as well."""
MAX_PAPER_PARTS: Final = 1_000
MAX_PAPER_XML: Final = 10_000_000
"""Bytes of XML; a hundred pages take one or two millions."""
MAX_PAPER_NODES: Final = 600_000
"""Tags and attributes of all XML; a hundred pages take some fifty thousand."""
MAX_PLACEHOLDERS: Final = 200
"""Placeholders in a document, those for whole texts among them."""
MAX_WHOLE_TEXTS: Final = 10
"""Placeholders for whole texts in a document."""
