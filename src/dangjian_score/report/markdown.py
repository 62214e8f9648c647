"""What the Markdown pages share."""


def escaped(text: str) -> str:
    """Keep text from being taken for Markdown or HTML."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace("\\", "\\\\")
    for mark in "|*_`[]#":
        text = text.replace(mark, f"\\{mark}")
    return text
