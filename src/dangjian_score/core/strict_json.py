"""JSON that somebody else may have changed: read within limits, and only where each key stands once."""

import json
import re
from collections import Counter
from collections.abc import Iterable
from typing import Any, Final, Literal, NoReturn

from msgspec import Struct

from dangjian_score.core import limits
from dangjian_score.core.encodings import is_gbk, is_utf16

JsonReason = Literal["no json", "utf-16 json", "gbk json", "too deep", "too many values", "long text", "key twice"]

_MARK: Final = b"\xef\xbb\xbf"
_LONG_TEXT: Final = re.compile(b'"[^"]{%d}' % limits.MAX_JSON_TEXT)


class JsonFault(Struct, frozen=True):
    """Why a text is not read as JSON; `line` and `column` where it ends to be JSON, `key` where one stands twice."""

    reason: JsonReason
    line: int | None = None
    column: int | None = None
    key: str = ""


class _TwiceError(Exception):
    """Stops the reader at an object in which a key stands twice."""


def read_json(data: bytes) -> Any | JsonFault:
    """Read a JSON text in UTF-8 or return why it is refused. Figures keep their types: 1, 1.0 and true differ."""
    if sum(map(data.count, (b",", b"[", b"{"))) > limits.MAX_JSON_VALUES + len(data) // limits.JSON_DENSITY:
        return JsonFault("too many values")
    if _LONG_TEXT.search(data):
        return JsonFault("long text")
    if is_utf16(data):
        return JsonFault("utf-16 json")
    try:
        text = data.removeprefix(_MARK).decode()
        document = json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
    except _TwiceError as error:
        return JsonFault("key twice", key=str(error))
    except json.JSONDecodeError as error:
        return JsonFault("no json", error.lineno, error.colno)
    except RecursionError:
        return JsonFault("too deep")
    except UnicodeDecodeError:
        return JsonFault("gbk json" if is_gbk(data) else "no json")
    except ValueError:  # NaN, or a number of thousands of digits
        return JsonFault("no json")
    return JsonFault("too deep") if _is_deep(document) else document


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise _TwiceError(Counter(key for key, _ in pairs).most_common(1)[0][0])
    return made


def _constant(name: str) -> NoReturn:
    """Refuse NaN and Infinity, which JSON has not."""
    raise ValueError(name)


def _is_deep(document: object) -> bool:
    """Return whether lists and objects lie in one another deeper than the limit."""
    level = [document]
    for _ in range(limits.MAX_JSON_DEPTH):
        level = [inner for outer in level for inner in _below(outer) if isinstance(inner, dict | list)]
        if not level:
            return False
    return True


def _below(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
