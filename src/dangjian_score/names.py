"""When two written names are the same."""

import unicodedata


def fold(text: str) -> str:
    """Reduce a name to what tells it from others: NFKC (full and half width are one), no white space."""
    return "".join(unicodedata.normalize("NFKC", text).split())
