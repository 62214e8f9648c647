"""Random trees with weights, groups that rescale within, the best items and products; and another way to score them.

Every item is full without faults and loses a point for each; a fault may be 不适用. What units should have is worked
out from what the language page says, node by node and without steps: points, what is carried, what counts above.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from random import Random

from msgspec import Struct, field
from msgspec.structs import replace

from dangjian_score.core.points import decimals, plain

ROUNDS: Mapping[str, Fraction] = {"上": Fraction(2, 5), "下": Fraction(3, 5)}
KINDS = ("村", "社区")
_WEIGHTS = ("70%", "30%", "12.5%", "55%")


class Branch(Struct, frozen=True):
    """A node: its maximum on its own scale, its faults (of a leaf), and what the language says about it."""

    id: str
    max: Fraction
    items: tuple["Branch", ...] = ()
    weight: str = ""
    rescale_in: bool = False
    best: int = 0
    only: str = ""
    if_na: str = ""
    kind: str = "base"
    often: bool = False
    due: str = ""

    @property
    def share(self) -> Fraction:
        """The share that counts above it."""
        return Fraction(self.weight[:-1]) / 100 if self.weight else Fraction(1)

    def text(self) -> str:
        """Write it."""
        keys = {"id": self.id, "title": f"项{self.id}", "max": plain(self.max)}
        keys |= {"weight": self.weight} if self.weight else {}
        keys |= {"rescale_in": "group"} if self.rescale_in else {}
        keys |= {"combine": f"{{best: {self.best}}}"} if self.best else {}
        keys |= {"only": f"{{类别: {self.only}}}"} if self.only else {}
        keys |= {"if_na": self.if_na} if self.if_na else {}
        keys |= {"due": self.due} if self.due else {}
        keys |= {"kind": self.kind} if self.kind != "base" else {}
        below = f"[{', '.join(item.text() for item in self.items)}]"
        rule = f"[{{{'award' if self.kind == 'bonus' else 'deduct'}: 1, per: 错{self.id}}}]"
        keys |= {"items": below} if self.items else {"rules": rule}
        return "{" + ", ".join(f"{key}: {value}" for key, value in keys.items()) + "}"

    def leaves(self) -> tuple["Branch", ...]:
        """Give the leaves."""
        return tuple(leaf for item in self.items for leaf in item.leaves()) if self.items else (self,)


class Tree(Struct, frozen=True):
    """A rubric: its sections, whether base sections are multiplied, and those scored in rounds."""

    sections: tuple[Branch, ...]
    over: int = 0
    rounds: bool = False
    places: str = ""

    @property
    def base(self) -> tuple[Branch, ...]:
        """The sections that carry points."""
        return tuple(section for section in self.sections if section.kind == "base")

    def text(self) -> str:
        """Write it behind the head of a file."""
        said = ["attributes: [类别]", "period: 2024", "grades: {好: 10, 差: 0}", "ceiling: none", "floor: none"]
        said += [f"rounding: {{places: {self.places}}}"] if self.places else []
        if self.over:
            said.append(f"total: {{product: [{', '.join(part.id for part in self.base)}], over: {self.over}}}")
        if self.rounds:
            weights = ", ".join(f"{name}: {float(share * 100):g}%" for name, share in ROUNDS.items())
            said.append(f"rounds: {{{weights}}}")
        nodes = [section.text() for section in self.sections]
        for at, section in enumerate(self.sections):
            if self.rounds and section.kind == "base" and not section.often:
                nodes[at] = f"{nodes[at][:-1]}, rounds: none}}"
        return "\n".join([*said, "sections:", *(f"  - {node}" for node in nodes)]) + "\n"


class Counted(Struct, frozen=True):
    """What a node has and carries for a unit, and would carry were nothing 不适用; also the points of all below."""

    points: Fraction
    carried: Fraction
    whole: Fraction
    below: Mapping[str, Fraction] = field(default_factory=dict)


class Oracle:
    """Scores one tree."""

    def __init__(self, tree: Tree, through: str = "") -> None:
        """Take a tree, and the day that ends what is scored of it."""
        self._tree, self._through = tree, through

    def kept(self, value: Fraction) -> Fraction:
        """Round a line half up, where the rubric says so."""
        if not self._tree.places:
            return value
        scale = 10 ** int(self._tree.places)
        sign = -1 if value < 0 else 1
        return Fraction(sign * ((2 * abs(value) * scale + 1) // 2), scale)

    def node(self, node: Branch, faults: Mapping[str, str], attribute: str, is_factor: bool = False) -> Counted:
        """Work out a node by itself."""
        if node.only and node.only != attribute:
            zero = Fraction(0)
            return Counted(zero, zero, zero, {one.id: zero for one in _all(node)})
        if not node.items:
            return self._leaf(node, faults[f"错{node.id}"])
        parts = [self.node(item, faults, attribute) for item in node.items]
        counting = [self.kept(part.points * item.share) for item, part in zip(node.items, parts, strict=True)]
        carrying = [part.carried * item.share for item, part in zip(node.items, parts, strict=True)]
        wholes = [part.whole * item.share for item, part in zip(node.items, parts, strict=True)]
        if node.best:
            present = [at for at, carried in enumerate(carrying) if carried > 0 or node.kind != "base"]
            first = sorted(present, key=lambda at: -counting[at])[: node.best]
            counting = [counting[at] for at in first]
            carrying, wholes = (sorted(values)[-node.best :] for values in (carrying, wholes))
        points, carried, whole = (sum(values, Fraction(0)) for values in (counting, carrying, wholes))
        if node.weight or node.rescale_in or is_factor:
            full = whole if self._through else node.max
            points = points if carried in (0, full) else self.kept(points * full / carried)
            points, carried = (points, full) if carried else (Fraction(0), Fraction(0))
            whole = full if whole else Fraction(0)
        points = min(points, node.max)
        below = {id_: value for part in parts for id_, value in part.below.items()}
        return Counted(points, carried, whole, {node.id: points, **below})

    def _leaf(self, leaf: Branch, said: str) -> Counted:
        if self._through and leaf.due > self._through:
            return Counted(Fraction(0), Fraction(0), Fraction(0), {leaf.id: Fraction(0)})
        if said == "不适用":
            points = leaf.max if leaf.if_na == "full" else Fraction(0)
            return Counted(points, Fraction(0) if leaf.if_na == "rescale" else leaf.max, leaf.max, {leaf.id: points})
        faults = Fraction(said)
        points = min(faults, leaf.max) if leaf.kind == "bonus" else max(leaf.max - faults, Fraction(0))
        return Counted(points, leaf.max, leaf.max, {leaf.id: points})

    def base(
        self, sections: Sequence[Branch], faults: Mapping[str, str], attribute: str
    ) -> tuple[Fraction, Fraction] | None:
        """Return the base points of sections that are scored together, and what they carry then.

        None where nothing of them applies, or nothing of a factor.
        """
        parts = [(section, self.node(section, faults, attribute, bool(self._tree.over))) for section in sections]
        counting = [self.kept(part.points * section.share) for section, part in parts]
        if self._tree.over:
            product = full = Fraction(1)
            for _, part in parts:
                if not part.carried and not self._through:
                    return None
                product, full = product * part.points, full * part.carried
            return self.kept(product / self._tree.over), full / self._tree.over
        carried = sum((part.carried * section.share for section, part in parts), Fraction(0))
        whole = sum((part.whole * section.share for section, part in parts), Fraction(0))
        points = sum(counting, Fraction(0))
        if not carried:
            return None if whole and not self._through else (points, Fraction(0))
        return points if carried == whole else self.kept(points * whole / carried), whole


def _all(node: Branch) -> list[Branch]:
    return [node, *(lower for item in node.items for lower in _all(item))]


# Random trees


class Grower:
    """Grows one random tree."""

    def __init__(self, rng: Random) -> None:
        self._rng, self._number = rng, 0

    def tree(self) -> Tree:
        """Grow a rubric."""
        over = self._rng.choice((0, 0, 0, 40))
        rounds = self._rng.random() < 0.3
        often = self._rng.random() < 0.5
        base = [self._node(0, is_factor=bool(over)) for _ in range(self._rng.randint(2, 3))]
        if rounds:
            apart = [often if over else self._rng.random() < 0.5 for _ in base]
            base = [replace(section, often=one) for section, one in zip(base, apart, strict=True)]
        bonus = replace(self._leaf(Fraction(5), "", self._rng.choice(("", "50%"))), kind="bonus")
        fits = all((decimals(node.max) or 0) <= 2 for section in base for node in _all(section))
        return Tree((*base, bonus), over, rounds, self._rng.choice(("", "2")) if fits else "")

    def _node(self, depth: int, *, is_factor: bool = False) -> Branch:
        weight = "" if is_factor or self._rng.random() < 0.5 else self._rng.choice(_WEIGHTS)
        if depth and self._rng.random() < 0.4:
            return self._leaf(Fraction(self._rng.randint(2, 12)), self._rng.choice(("", "", "rescale", "full")), weight)
        style = self._rng.choice(("plain", "best", "only"))
        items, best = self._items(depth, style)
        counting = sorted((item.share * item.max for item in items), reverse=True)[: best or None]
        most = sum(counting, Fraction(0))
        if style == "only":
            most -= items[-1].share * items[-1].max  # the last two are for units of different kinds, and carry the same
        name = self._name()
        within = not weight and self._rng.random() < 0.3 and any(leaf.if_na == "rescale" for leaf in _leaves(items))
        return Branch(name, most, tuple(items), weight, rescale_in=within, best=best)

    def _items(self, depth: int, style: str) -> tuple[list[Branch], int]:
        if style == "best":
            most, count = Fraction(self._rng.randint(3, 9)), self._rng.randint(2, 4)
            items = [self._leaf(most, self._rng.choice(("", "rescale", "full"))) for _ in range(count)]
            return items, self._rng.randint(1, count - 1)
        grown = [self._node(depth + 1) if depth < 2 else self._leaf(Fraction(4), "rescale") for _ in range(2)]
        grown.append(self._leaf(Fraction(self._rng.randint(2, 9)), self._rng.choice(("", "rescale"))))
        if style == "only":
            pair = [self._six() for _ in KINDS]
            grown += [replace(leaf, only=kind) for leaf, kind in zip(pair, KINDS, strict=True)]
        return grown, 0

    def _six(self) -> Branch:
        """Grow a leaf, or a group with a scale of its own, that carries 6 points."""
        if self._rng.random() < 0.5:
            return self._leaf(Fraction(6), self._rng.choice(("", "rescale")))
        items = self._leaf(Fraction(2), ""), self._leaf(Fraction(4), "rescale")
        return Branch(self._name(), Fraction(6), items, rescale_in=True)

    def _leaf(self, most: Fraction, if_na: str, weight: str = "") -> Branch:
        return Branch(self._name(), most, weight=weight, if_na=if_na)

    def _name(self) -> str:
        self._number += 1
        return f"N{self._number}"

    def dated(self, node: Branch) -> Branch:
        """Give every leaf of a base section a day on which it is due."""
        if node.items:
            return replace(node, items=tuple(map(self.dated, node.items)))
        return replace(node, due=self._rng.choice(("2024-03-31", "2024-06-30", "2024-11-30")))

    def faults(self, tree: Tree) -> dict[str, str]:
        """Draw the faults of a unit."""
        found = {}
        for leaf in (leaf for section in tree.sections for leaf in section.leaves()):
            drops = leaf.if_na and self._rng.random() < 0.35
            found[f"错{leaf.id}"] = "不适用" if drops else str(self._rng.randint(0, int(leaf.max) + 1))
        return found


def _leaves(items: Sequence[Branch]) -> list[Branch]:
    return [leaf for item in items for leaf in item.leaves()]
