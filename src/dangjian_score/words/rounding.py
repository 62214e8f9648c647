"""How a regulation rounds, in one sentence for everybody who shows it."""

from dangjian_score.rubric.model import Rubric
from dangjian_score.words.say import Words


def rounding_policy(rubric: Rubric, said: Words) -> str:
    """Say what is rounded, how, and what goes by it (“总分四舍五入保留两位小数，各项得分不取舍；名次按取舍后…”)."""
    rounding = rubric.rounding

    def kept(what: str, places: int) -> str:
        return said.label(f"policy {what}", how=rounding_of(rubric, places, said))

    total = kept("total", rubric.total_places)
    before = (("lines", rounding.places), ("sections", rounding.sections))
    others = said.label("policy and").join(kept(what, places) for what, places in before if places is not None)
    whole = said.label("policy also", others=others, total=total) if others else said.label("policy exact", total=total)
    if rubric.grades and rubric.grades_on == "base":
        return said.label("policy on base", kept=whole)
    return said.label(
        "policy", kept=whole, ranked=said.label("policy ranks grades" if rubric.grades else "policy ranks")
    )


def rounding_of(rubric: Rubric, places: int, said: Words) -> str:
    """Say how figures are rounded to so many decimals (“四舍五入保留两位小数”)."""
    return said.label(f"policy {rubric.rounding.mode}", to=said.label(f"policy {places}"))
