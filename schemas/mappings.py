"""model-mappings.yaml: the model names clients see, and where their requests go."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.fields import Strict, Tag, Text, Version

ModelName = Annotated[
    str, Field(min_length=1, description="A public model, or an alias of one.", examples=["llama3.1:8b"])
]


class LaneChoice(StrEnum):
    """Which data path a public model's requests take."""

    AUTO = "auto"
    DIRECT = "direct"
    LITELLM = "litellm"


class Target(Strict):
    """A model on a provider that a public model's requests go to."""

    provider: Annotated[str, Field(examples=["ollama"])]
    """A name from providers.yaml."""
    model: Annotated[str, Field(min_length=1, examples=["llama3.1:8b"])]
    """The engine's own name for the model, as listed under that provider."""
    weight: Annotated[int, Field(ge=0, le=1_000)] = 1
    """Share of the requests, relative to the other targets; 0 keeps a target out."""


class ModelMapping(Strict):
    """One public model."""

    targets: Annotated[list[Target], Field(min_length=1)]
    """Where its requests go. Several targets share the load by weight, and stand in for each other after a failure."""
    fallbacks: list[ModelName] = []
    """Other public models, tried in this order when no target answers."""
    lane: LaneChoice = LaneChoice.AUTO
    """auto: direct where the engine speaks the API itself, else through LiteLLM. direct or litellm: always that lane."""
    description: Text | None = None
    """For people; shown by `portico models` and `/v1/models`."""
    tags: list[Tag] = []
    """Labels; shown by `portico models` and `/v1/models`."""


class NamePattern(Strict):
    """A family of names that go to one provider."""

    match: Annotated[str, Field(min_length=1, max_length=500, examples=["ollama/(.+)"])]
    """RE2 regular expression over the whole name. Models and aliases are looked up first, then patterns in order."""
    provider: Annotated[str, Field(examples=["ollama"])]
    """A name from providers.yaml."""
    model: Annotated[str, Field(min_length=1, max_length=500, examples=["\\1"])] | None = None
    """The engine's name for the model, with \\1 for the first group. Default: the name passes through as it is."""
    description: Text | None = None
    """For people; shown by `portico models`."""


class UnknownAnswer(StrEnum):
    """What a request for an unknown model gets."""

    REJECT = "reject"
    DEFAULT = "default"


class UnknownModel(Strict):
    """What happens to a name that no model, alias or pattern knows."""

    model_config = ConfigDict(
        json_schema_extra={
            "if": {"properties": {"answer": {"const": "default"}}, "required": ["answer"]},
            "then": {"properties": {"model": {"type": "string"}}, "required": ["model"]},
            "else": {"properties": {"model": {"type": "null"}}},
        }
    )

    answer: UnknownAnswer = UnknownAnswer.REJECT
    """reject: 404 with the closest names. default: the request goes to `model`."""
    model: Annotated[ModelName, Field(examples=["llama3.1:8b"])] | None = None
    """The public model that serves unknown names; only with `answer: default`."""

    @model_validator(mode="after")
    def _model_goes_with_default(self) -> Self:
        if (self.answer is UnknownAnswer.DEFAULT) != (self.model is not None):
            raise PydanticCustomError("unknown-model", "needs `model` with `answer: default`, and only then")
        return self


class MappingsFile(Strict):
    """model-mappings.yaml: what clients see."""

    version: Version
    """Version of this file's format."""
    models: dict[str, ModelMapping]
    """Every public model, by the name clients send."""
    aliases: Annotated[dict[str, ModelName], Field(examples=[{"gpt-4o": "fast"}])] = {}
    """Other names for public models: alias, then the model (or another alias) it stands for."""
    patterns: list[NamePattern] = []
    """Families of names, tried in order after models and aliases."""
    unknown_model: UnknownModel = UnknownModel()
    """What happens to every other name."""
