"""Which encoding a text is in that should be UTF-8."""

from codecs import BOM_UTF16_BE, BOM_UTF16_LE


def is_utf16(data: bytes) -> bool:
    """Return whether a text starts as UTF-16: with its mark, or with zeros beside its first characters."""
    start = data[:4]
    return start.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) or (b"\0" in start and start != b"\0" * 4)


def is_gbk(data: bytes) -> bool:
    """Return whether a text that is not UTF-8 can be read as GBK."""
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return False
    return True
