"""The book of codes: one file a code in `codes/`, read when it is needed.

Each file holds, in both languages, the sentence, why the finding matters and how to mend it, and then an example
before and after: a piece of a rubric, or tables of evidence, each further one below its name (`--- 台账.csv`).
"""

import re
from functools import cache
from string import Formatter
from typing import Any, Final, Literal

from msgspec import Struct

from dangjian_score.core.diagnostics import Code, Severity, severity_of

Language = Literal["zh", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")

_HOLE: Final = "…"
_CLAUSE: Final = re.compile("；|; ")
_KEY: Final = re.compile(r"\w+:")
_WORD: Final = re.compile(r"\w")


class Explained(Struct, frozen=True):
    """What is to be said of a code in one language.

    `says` is a template: see `Words.fill`. `before` holds the mistake and `after` is mended; both are empty where
    nothing can be shown in text.
    """

    says: str
    why: str
    mend: str
    before: str = ""
    after: str = ""

    @property
    def sentence(self) -> str:
        """The sentence without its values, which are “…”; empty where it has no words of its own."""
        parts = Formatter().parse(self.says.replace("[", "").replace("]", ""))
        text = "".join(words + (_HOLE if name else "") for words, name, _, _ in parts)
        return text if _WORD.search(text) else ""

    @property
    def short(self) -> str:
        """What is wrong, in short: the sentence up to its advice, or else why it matters."""
        problem, reason = (_CLAUSE.split(text)[0] for text in (self.sentence, self.why))
        return problem if _WORD.search(problem) else reason.rstrip("。.")

    @property
    def shows_rubric(self) -> bool:
        """Whether the example is a piece of a rubric, and not of evidence."""
        return _KEY.match(self.after) is not None


def order(code: Code) -> tuple[int, str]:
    """Sort codes as the book does: errors, warnings, notes."""
    return [*Severity].index(severity_of(code)), code


@cache  # the files are part of the program and do not change while it runs
def explained(code: Code, language: Language) -> Explained:
    """Look a code up."""
    from importlib.resources import files  # noqa: PLC0415  a run without findings does without these

    import yaml  # noqa: PLC0415

    text = (files(__package__) / "codes" / f"{code}.yaml").read_text("utf-8")
    data: dict[str, Any] = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  safe loaders both
    return Explained(**data.pop(language), before=data.get("before", ""), after=data.get("after", ""))
