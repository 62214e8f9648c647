"""Why a document is not read."""

from typing import Literal

DocumentRefusal = Literal[
    "document archive", "document blank", "document cells", "document columns", "document html", "document items",
    "document nodes", "document ofd", "document odt", "document pdf", "document rtf", "document slides",
    "document text", "document unknown", "document wps", "document xml", "document xml 2003", "et", "xls",
    "paper damaged", "paper doc", "paper empty", "paper large", "paper locked", "paper part", "paper part missing",
    "paper unpacked",
]  # fmt: skip
"""Each has a sentence with a way out in `words`; workbooks, and the XML of documents, are refused for other reasons."""


class DocumentRefusedError(Exception):
    """Stops reading a document; `read_document` makes a finding of it. `part` is the part that is to blame."""

    def __init__(self, reason: DocumentRefusal, part: str = "") -> None:
        super().__init__(reason, part)
        self.reason: DocumentRefusal = reason
        self.part = part
