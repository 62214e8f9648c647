"""The book of codes: one file a code in `codes/`, read when it is needed.

Each file holds, in both languages, the sentence, why the finding matters and how to mend it, and then an example
before and after.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

from dangjian_score.diagnostics import Code

Language = Literal["zh", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Explained:
    """What is to be said of a code in one language.

    `says` is a template: see `Words.fill`. `before` holds the mistake and `after` is mended; both are empty where
    nothing can be shown in text.
    """

    says: str
    why: str = ""
    mend: str = ""
    before: str = ""
    after: str = ""


@cache  # the files are part of the program and do not change while it runs
def explained(code: Code, language: Language) -> Explained:
    """Look a code up."""
    import yaml  # noqa: PLC0415  a run without findings does without it

    text = (files(__package__) / "codes" / f"{code}.yaml").read_text("utf-8")
    data: dict[str, Any] = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  safe loaders both
    return Explained(**data.pop(language), before=data.get("before", ""), after=data.get("after", ""))
