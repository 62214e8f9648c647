"""What all models of the language share: they are frozen, refuse unknown keys, and tell editors what goes together."""

from typing import Any, ClassVar, Final

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from dangjian_score.diagnostics import Code
from dangjian_score.rubric import shapes
from dangjian_score.rubric.fields import problem

TAG = "<{}>"
"""Tags of unions show up in pydantic's error locations; the brackets tell them from keys of the YAML."""


class Model(BaseModel):
    """A frozen part of the language; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    NEEDS: ClassVar[shapes.Needs] = {}
    """Keys that say nothing without another one: by key, the ones of which one is due."""
    SOME: ClassVar[shapes.Some] = ()
    """Groups of keys, of each of which one at least is due."""

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> shapes.Shape:
        """Say to editors what validators say to us: which keys come together."""
        shape = handler(schema)
        known = handler.resolve_ref_schema(shape)
        known.update(shapes.together(known["properties"], cls.NEEDS, cls.SOME))
        return shape

    def check_needs(self) -> None:
        """Refuse a key without the one it needs; for models whose keys are called as their fields."""
        for key, others in self.NEEDS.items():
            if getattr(self, key) is not None and all(getattr(self, other) is None for other in others):
                raise problem(Code.KEY_MISSING, key=others[0], at=key)


class _Listed:
    """Takes one for a list of one, and says so to editors."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(_listed, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> shapes.Shape:
        many = handler(schema)
        return {"anyOf": [many["items"], many]}


def _listed(raw: object) -> object:
    return raw if isinstance(raw, list) else [raw]


LISTED: Final = _Listed()
"""In the annotation of a list: one member may stand for it."""
