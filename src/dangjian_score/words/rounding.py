"""How a regulation rounds, in one sentence for everybody who shows it."""

from fractions import Fraction

from dangjian_score.points import plain
from dangjian_score.rubric.model import Rubric
from dangjian_score.words.say import Words


def rounding_policy(rubric: Rubric, said: Words) -> str:
    """Say what is rounded, how, and what goes by it (“总分四舍五入保留两位小数，各项得分不取舍；名次按取舍后…”)."""
    rounding = rubric.rounding

    def kept(what: str, places: int) -> str:
        count, step = said.label("policy counts")[places - 1], plain(Fraction(1, 10**places))
        to = said.label("policy decimals", count=count, step=step) if places else said.label("policy whole")
        return said.label(f"policy {what}", how=said.label(f"policy {rounding.mode}", to=to))

    total = kept("total", rubric.total_places)
    said_of = (("lines", rounding.places), ("sections", rounding.sections))
    others = said.label("policy and").join(kept(what, places) for what, places in said_of if places is not None)
    whole = said.label("policy also", others=others, total=total) if others else said.label("policy exact", total=total)
    ranked = said.label("policy ranks grades" if rubric.grades else "policy ranks")
    return said.label("policy", kept=whole, ranked=ranked)
