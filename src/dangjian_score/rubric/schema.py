"""The models as one JSON Schema, draft 7, without words: what an editor may accept where.

Keys, aliases, required keys, choices and lengths come from the models; what a scalar looks like to an editor comes from
the readers (`shapes`). The schema never refuses what `load` accepts; it does not have to find all that `load` refuses.
"""

from inspect import get_annotations
from typing import Any, Final

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from dangjian_score.rubric import fields
from dangjian_score.rubric.fields import Model, all_models
from dangjian_score.rubric.kinds import BASES
from dangjian_score.rubric.model import Rubric

DIALECT: Final = "http://json-schema.org/draft-07/schema#"
_REF: Final = "#/definitions/{model}"


class _Draft7(GenerateJsonSchema):
    """Differs from pydantic: optional keys are not null, unions are `anyOf`, keys of mappings have a pattern."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def tagged_union_schema(self, schema: core_schema.TaggedUnionSchema) -> JsonSchemaValue:
        return self.get_flattened_anyof([self.generate_inner(choice) for choice in schema["choices"].values()])

    def literal_schema(self, schema: core_schema.LiteralSchema) -> JsonSchemaValue:
        return fields.choices(*schema["expected"])

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        keys = fields.mapping_keys(self.generate_inner(schema["keys_schema"]))
        shape = {"type": "object", "additionalProperties": self.generate_inner(schema["values_schema"])}
        self.update_with_validations(shape, schema, self.ValidationsMapping.object)
        return {**shape, "propertyNames": keys} if keys else shape

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002  titles are words
        return False

    def sort(self, value: JsonSchemaValue, parent_key: str | None = None) -> JsonSchemaValue:  # noqa: ARG002
        return value  # keys stand in the order of the models


def structure() -> fields.Shape:
    """Return the schema of a rubric; `definitions` holds models by name and their keys as `Model.key`, each once."""
    made = Rubric.model_json_schema(schema_generator=_Draft7, ref_template=_REF)
    definitions: dict[str, Any] = made.pop("$defs")
    by_name = {model.__name__: model for model in all_models()}
    for name, shape in [*definitions.items(), (Rubric.__name__, made)]:
        if name in by_name:
            for unwanted in ("title", "description"):
                shape.pop(unwanted, None)
            definitions |= _apart(by_name[name], shape)
    definitions["Rule"] = _rule(definitions["Node.rules"]["items"])
    definitions["Node.rules"]["items"] = _reference("Rule")
    return {"$schema": DIALECT, **made, "definitions": dict(sorted(definitions.items()))}


def _reference(name: str) -> fields.Shape:
    return {"$ref": _REF.format(model=name)}


def _rule(kinds: fields.Shape) -> fields.Shape:
    """Add every basis as a property: for a rule without one, editors would only offer the keys of a flat rule."""
    bases = {basis: _reference(f"{kind.__name__}.{basis}") for basis, kind in BASES.items()}
    return {"type": "object", "properties": bases, **kinds}


def _apart(model: type[Model], shape: fields.Shape) -> dict[str, fields.Shape]:
    """Move the keys of a model into definitions, named after the class that defines the key; leave references."""
    keys: dict[str, fields.Shape] = {}
    for name, field in model.model_fields.items():
        key = field.alias or name
        owner = next(base for base in model.__mro__ if name in get_annotations(base))
        called = f"{owner.__name__}.{key}"
        keys[called] = shape["properties"][key]
        shape["properties"][key] = _reference(called)
    return keys
