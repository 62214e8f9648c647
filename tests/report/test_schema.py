"""The JSON Schema: what it refuses, that it never refuses a good rubric, and that every key is explained."""

import json
import re
from collections.abc import Iterator
from inspect import get_annotations
from random import Random
from typing import Any, get_args

import pytest
import yaml
from check_jsonschema import main as check_jsonschema  # type: ignore[import-untyped]
from click.testing import CliRunner
from jsonschema import Draft7Validator
from pydantic import BaseModel, ValidationError

from dangjian_score.api.files import shipped_rubrics
from dangjian_score.rubric.fields import all_models
from dangjian_score.rubric.kinds import RULE_KINDS
from dangjian_score.rubric.kinds.base import RuleBase
from dangjian_score.rubric.model import Rubric
from dangjian_score.words.keybook import key_texts
from dangjian_score.words.say import LANGUAGES, Language
from tests.carriers.generate import RubricWriter
from tests.editor import refusals, schema
from tests.scenes import CLAUSE_HEAD
from tests.support import HEAD, ROOT
from tests.test_docs import SCENES, SHOWN

RULE = "sections: [{title: 甲, max: 5, rules: [%s]}]\n"
NODE = "sections: [{title: 甲, max: 5, %s, rules: [{deduct: 1, if: 缺}]}]\n"
GOOD = NODE % "id: A"
REFUSED = {
    "unknown key on top": f"sectoins: []\n{GOOD}",
    "unknown key of a node": NODE % "maks: 5",
    "unknown key of a rule": RULE % "{deduct: 1, iff: 缺}",
    "unknown key of a condition": RULE % "{deduct: 1, if: {次数: {atleast: 3}}}",
    "unknown key of a measure": f"measures: {{甲: {{typ: count}}}}\n{GOOD}",
    "missing title of a node": "sections: [{max: 5, rules: [{deduct: 1, if: 缺}]}]\n",
    "missing sections": "total: 5\n",
    "a node without content": "sections: [{title: 甲, max: 5}]\n",
    "wrong choice": NODE % "kind: 加分",
    "wrong choice of a rule": RULE % "{deduct: 1, per: 次数, every: 2, steps: half}",
    "text for a number": NODE % "ceiling: 五分",
    "a list for a number": NODE % "ceiling: [5]",
    "text for an amount": RULE % "{deduct: 一分, if: 缺}",
    "a word for a table's key": RULE % "{award: {九成: 5}, at_least: 率}",
    "an amount for a table": RULE % "{award: 5, at_least: 率}",
    "an empty table": RULE % "{award: {}, at_least: 率}",
    "an empty table of levels": RULE % "{award: {}, by: 等次}",
    "a rule without a verb": RULE % "{per: 次数}",
    "a rule without what its basis needs": RULE % "{deduct: 1, per_missing: 次数}",
    "two bases": RULE % "{deduct: 1, per: 次数, ratio: 分}",
    "a forfeit with a basis": RULE % "{forfeit: true, per: 次数}",
    "a forfeit that is none": RULE % "{forfeit: false}",
    "a condition of two": RULE % "{deduct: 1, if: {甲: 1, 乙: 2}}",
    "a comparison of nothing": RULE % "{deduct: 1, if: {甲: {}}}",
    "all of what is no list": RULE % "{deduct: 1, if: {all: 缺}}",
    "an empty list": RULE % "{deduct: 1, each: []}",
    "three levels": RULE % "{deduct: {甲: 1}, by: [一, 二, 三]}",
    "a mistake deep below": NODE % "items: [{title: 乙, items: [{title: 丙, maks: 1, rules: [{award: 1}]}]}]",
    "one round": f"rounds: {{年终: 100%}}\n{GOOD}",
    "a weight that is no share": f"rounds: {{平时: 0.1, 年终: 90%}}\n{GOOD}",
    "one name of a round": f"rounds: {{names: [1月], combine: mean}}\n{GOOD}",
    "a grade without its least total": f"grades: {{优秀: {{unless: 缺}}, 差: 0}}\n{GOOD}",
    "a year of five digits": f"period: 20245\n{GOOD}",
    "a day of a schedule that is none": RULE % "{deduct: 1, per_missing: 次数, of: {2024-06-30: 2, 年底: 4}}",
    "text for an amount of a schedule": RULE % "{deduct: 1, per_missing: 次数, of: {2024-06-30: 两次}}",
    "a schedule of nothing": RULE % "{deduct: 1, per_missing: 次数, of: {}}",
    "a schedule where nothing is set against it": RULE % "{deduct: 1, per: {2024-06-30: 2}}",
    "a day that is none": NODE % "due: 6月30日",
    "a year for the day of a rule": RULE % "{deduct: 1, unless: 缺, due: 2024}",
    "days to be due on": NODE % "due: [2024-06-30]",
    "a span of one round": f"spans: {{一季度: [1月]}}\n{GOOD}",
    "a span that is no list": f"spans: {{一季度: 1月}}\n{GOOD}",
    "spans without names": f"spans: [[1月, 2月]]\n{GOOD}",
    "half a span": f"period: {{from: 2024-01-01}}\n{GOOD}",
}
UNSEEN = {
    "min-of-a-formula.yaml": "what is entered may have any least; that of a formula can only be 0",
    "weight-missing.yaml": "averaged rounds have no weights; that weighted ones need theirs is a check of the whole",
}
"""Bad rubrics that only `validate` can tell, and why."""

MISSHAPEN = {
    path.name: text
    for path in sorted((ROOT / "tests" / "bad").glob("*.yaml"))
    if re.search("# expect: E0(08|10|13)", text := path.read_text("utf-8"))
}
"""Bad rubrics with an unknown key, a missing key or no choice."""
CLAUSES = [
    clause["rubric"]
    for path in sorted((ROOT / "tests" / "clauses").glob("*.yaml"))
    for clause in yaml.load(path.read_text("utf-8"), Loader=yaml.CBaseLoader)  # noqa: S506
]


def test_it_is_a_schema_of_draft_7() -> None:
    for language in LANGUAGES:
        made = schema(language)
        Draft7Validator.check_schema(made)
        assert made["$schema"] == "http://json-schema.org/draft-07/schema#"


def test_it_uses_what_editors_know() -> None:
    """What yaml-language-server reads of draft 7 and of its own; no `oneOf`, whose messages help nobody."""
    known = {"$schema", "$ref", "definitions", "title", "description", "examples", "errorMessage", "enumDescriptions"}
    known |= {"type", "properties", "required", "additionalProperties", "propertyNames", "dependencies", "items"}
    known |= {"minItems", "maxItems", "minProperties", "maxProperties", "minimum", "maximum", "pattern", "enum"}
    known |= {"anyOf", "allOf", "not"}
    assert set(keywords(schema())) <= known


def keywords(shape: Any) -> Iterator[str]:
    if isinstance(shape, list):
        for one in shape:
            yield from keywords(one)
    if isinstance(shape, dict):
        yield from shape
        for key, one in shape.items():
            named = key in ("properties", "definitions", "dependencies")
            if key not in ("examples", "enum"):
                yield from keywords(list(one.values()) if named else one)


@pytest.mark.parametrize("case", REFUSED)
def test_what_it_refuses(case: str) -> None:
    assert refusals(HEAD + GOOD) == []
    assert refusals(HEAD + REFUSED[case])


@pytest.mark.parametrize("name", MISSHAPEN)
def test_mistakes_of_shape_are_seen_while_typing(name: str) -> None:
    assert bool(refusals(MISSHAPEN[name])) == (name not in UNSEEN)


def test_it_takes_every_rubric_that_ships() -> None:
    """As a user would check them, with the schema that lies beside them, and without a network."""
    paths = [str(path) for path in shipped_rubrics()]
    beside = str(ROOT / "rubrics" / "rubric.schema.json")
    ran = CliRunner().invoke(check_jsonschema, ["--schemafile", beside, *paths])
    assert (ran.exit_code, ran.output) == (0, "ok -- validation done\n")
    assert all(refusals(path.read_text("utf-8")) == [] for path in shipped_rubrics())


def test_every_rubric_that_ships_names_it() -> None:
    first = {path.read_text("utf-8").split("\n", 1)[0] for path in shipped_rubrics()}
    assert first == {"# yaml-language-server: $schema=rubric.schema.json"}


def test_it_takes_everything_the_page_shows() -> None:
    assert [found for rule, _ in SHOWN for found in refusals(HEAD + RULE % rule)] == []
    assert [found for sections, _ in SCENES for found in refusals(CLAUSE_HEAD + sections)] == []
    first = re.search(r"```yaml\n(dangjian: 1.*?)```", (ROOT / "docs" / "rubric-language.md").read_text("utf-8"), re.S)
    assert first
    assert refusals(first[1].replace("sections: []", GOOD.strip()).replace("rounds: {}", "")) == []


def test_it_takes_every_clause() -> None:
    assert len(CLAUSES) > 60
    assert [found for clause in CLAUSES for found in refusals(CLAUSE_HEAD + clause)] == []


def test_it_takes_random_rubrics() -> None:
    assert [found for seed in range(40) for found in refusals(RubricWriter(Random(seed)).text())] == []  # noqa: S311


TAKEN = {
    "scalars that look like something else": NODE % "id: 3.10, criterion: true, inspect: null, highest_per: 2024-03-05",
    "numbers in quotes": NODE % "ceiling: ' 5 ', floor: '1/3'",
    "levels that are numbers": RULE % "{deduct: {1: 2, 是: all}, by: 等次}",
    "a table in a table": RULE % "{award: {国家: {一等: 3}}, by: [级别, 等次]}",
    "one for a list of one": RULE % "{deduct: 1, per: 次数, only: {类型: 村}, for_each: 人员}",
    "a long number": RULE % "{deduct: {0.00000001: 1}, at_least: 率}",
    "conditions in conditions": RULE % "{deduct: 1, if: {not: {any: [甲, {all: [{乙: 1}, {丙: {one_of: [1, 二]}}]}]}}}",
    "operands": RULE % "{deduct: 1, per_over: [甲, 2, {median: 丙}], of: 80%, every: 1%}",
    "factors": RULE % "{deduct: 1, per: 次, times: {甲: 0.5, 乙: {主: 1}, 丙: value}}",
    "a range": RULE % "{award: {from: 1, to: 3}, judge: 分}",
    "a year of a span": f"period: {{from: 2024-01-01, to: 2024-12-31}}\n{GOOD}",
    "rounds with spans": f"rounds: {{平时: {{weight: 10%, from: 2024-01-01, to: 2024-06-30}}, 年终: 90%}}\n{GOOD}",
    "named rounds with spans": f"rounds: {{names: {{1月: {{}}, 2月: {{}}}}, combine: sum}}\n{GOOD}",
    "a blank that is a number": f"measures: {{缺: {{blank: 0}}}}\n{GOOD}",
    "days on which something is due": NODE % "due: 2024-06-30",
    "a day in quotes": RULE % "{deduct: 1, unless: 有计划, due: '2024-06-30'}",
    "a schedule": RULE % "{deduct: 1, per_missing: 次数, of: {2024-06-30: 2, '2024-12-31': 4}}",
    "a schedule of per cents": RULE % "{award: 5, ratio: 进度, of: {2024-06-30: 50%, 2024-12-31: 100%}}",
    "a schedule of one day": RULE % "{deduct: 1, per_over: 次数, of: {2024-06-30: 1/2}}",
    "spans": f"rounds: {{1: 50%, 2月: 50%}}\nspans: {{2024: [1, 2月]}}\n{GOOD}",
    "grades both ways": f"grades: {{1: 90, 差: {{at_least: 0, sections: {{1: 80%}}}}}}\n{GOOD}",
}


@pytest.mark.parametrize("case", TAKEN)
def test_what_it_takes(case: str) -> None:
    assert refusals(HEAD + TAKEN[case]) == []


def models(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """Walk from the rubric through the types of all fields, by pydantic's own account of them."""
    seen: dict[str, type[BaseModel]] = {}
    waiting = [model]
    while waiting:
        one = waiting.pop()
        if one.__name__ not in seen:
            seen[one.__name__] = one
            waiting += [inner for field in one.model_fields.values() for inner in inside(field)]
    yield from seen.values()


def inside(part: Any) -> Iterator[type[BaseModel]]:
    if part is RuleBase:  # a rule is of one of the kinds
        yield from RULE_KINDS
    elif isinstance(part, type) and issubclass(part, BaseModel):
        yield part
    for attribute in ("annotation", "__value__"):
        if attribute in dir(part):
            yield from inside(getattr(part, attribute))
    for argument in (*get_args(part), *getattr(part, "metadata", ())):
        yield from inside(argument)


def named(model: type[BaseModel]) -> Iterator[tuple[str, tuple[type[BaseModel], str]]]:
    """Name the keys of a model as the book does: after the class that writes them down."""
    for name, field in model.model_fields.items():
        owner = next(one for one in model.__mro__ if name in get_annotations(one))
        key = field.alias or name
        yield f"{owner.__name__}.{key}", (model, key)


FIELDS = {name: place for model in models(Rubric) for name, place in named(model)}


def test_every_kind_of_rule_is_in_the_list() -> None:
    below = {kind for kind in all_models(RuleBase) if not kind.__subclasses__()}
    assert set(RULE_KINDS) == below


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_is_explained_and_nothing_else_is(language: Language) -> None:
    told = key_texts(language)
    assert set(told) == FIELDS.keys() | {model.__name__ for model in models(Rubric)}
    definitions = schema(language)["definitions"]
    assert FIELDS.keys() == {name for name in definitions if "." in name}
    for name in FIELDS:
        shown = definitions[name]
        assert (shown["title"], shown["description"]) == (told[name].title, told[name].says)
        assert shown["title"]
        assert shown["description"]


def test_languages_differ_in_words_alone() -> None:
    chinese, english = key_texts("zh"), key_texts("en")
    assert all(re.search("[\u4e00-\u9fff]", one.title + one.says) for one in chinese.values())
    quoted = re.compile("单位|不适用|1月|[次天分]")
    assert not [name for name, one in english.items() if re.search("[\u4e00-\u9fff]", quoted.sub("", one.says))]
    assert {name: one.examples for name, one in chinese.items()} == {n: one.examples for n, one in english.items()}


@pytest.mark.parametrize("name", FIELDS)
def test_examples_are_examples(name: str) -> None:
    """By the schema of their key, and by our own reader."""
    whole = schema()
    examples = whole["definitions"][name]["examples"]
    assert examples
    sub = Draft7Validator({"$ref": f"#/definitions/{name}", "definitions": whole["definitions"]})
    for one in examples:
        sub.validate(one)
        assert faults(*FIELDS[name], as_text(one)) == []


def faults(model: type[BaseModel], key: str, value: object) -> list[object]:
    """List what our reader minds about one key; an unknown one beside it keeps it from asking what goes together."""
    try:
        model.model_validate({key: value, "?": ""})
    except ValidationError as error:
        return [one for one in error.errors(include_url=False) if one["loc"] and one["loc"][0] == key]
    return []


def as_text(data: Any) -> Any:
    """Give a value as our own reader sees it: all scalars are text."""
    match data:
        case dict():
            return {as_text(key): as_text(value) for key, value in data.items()}
        case list():
            return [as_text(one) for one in data]
        case str():
            return data
        case _:
            return json.dumps(data)


def test_choices_are_explained_one_by_one() -> None:
    definitions = schema()["definitions"]
    fixed = {name: shape for name, shape in definitions.items() if "enum" in shape}
    assert "Node.if_na" in fixed
    assert all(len(shape["enumDescriptions"]) == len(shape["enum"]) for shape in fixed.values())
    told = {name: set(one.choices) for name, one in key_texts("zh").items() if one.choices}
    assert told == {name: {str(value) for value in shape["enum"]} for name, shape in fixed.items()}


def test_messages_are_ours_where_the_editor_takes_them() -> None:
    definitions = schema("en")["definitions"]
    assert definitions["Node.max"]["errorMessage"].startswith("this should be a number not below 0")
    assert definitions["RuleBase.note"]["anyOf"][0]["errorMessage"] == "this should be text"
