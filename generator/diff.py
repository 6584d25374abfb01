"""What is different between two topologies, and what it takes to bring each difference about."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from generator.topology import Topology
from generator.traits import Key, Subject, Trait, Traits, traits


class Effect(StrEnum):
    """What a change needs to take effect, the least first."""

    HOT = "hot"
    """New files for Envoy or the daemon; no process starts."""
    LITELLM = "litellm"
    """New LiteLLM processes, since LiteLLM does not read its configuration again."""
    RESTART = "restart"
    """Everything has to start again."""


class Action(StrEnum):
    """How a thing differs."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `field` is set for `CHANGED` alone; `before` and `after` are texts for people, None where nothing was."""

    subject: Subject
    name: str
    action: Action
    field: str | None
    before: str | None
    after: str | None
    effect: Effect


_HOT, _LITELLM, _RESTART = Effect.HOT, Effect.LITELLM, Effect.RESTART

# LiteLLM's file holds models, aliases, fallbacks, deployments and how to reach them. Envoy's listener is never changed while it
# serves: an update of it closes connections.
EFFECTS: Mapping[Subject, tuple[Effect, Mapping[str, Effect]]] = {
    Subject.LISTENER: (_RESTART, {"address": _RESTART}),
    Subject.CONTROL: (_RESTART, {"port": _RESTART}),
    Subject.WORKERS: (_LITELLM, {"count": _LITELLM}),
    Subject.EMBEDDED: (
        _RESTART,
        {"provider": _RESTART, "start": _RESTART, "model_file": _RESTART, "context_length": _RESTART},
    ),
    Subject.LOG: (_RESTART, {"level": _RESTART, "max_size": _RESTART, "keep": _RESTART}),
    Subject.PROVIDER: (
        _LITELLM,
        {
            "engine": _LITELLM,
            "endpoints": _LITELLM,
            "api_key": _LITELLM,
            "headers": _LITELLM,
            "health": _HOT,
            "timeouts": _LITELLM,
            "apis": _HOT,
            "any_model": _LITELLM,
            "description": _HOT,
            "tags": _HOT,
        },
    ),
    Subject.DEPLOYMENT: (
        _LITELLM,
        {
            "capabilities": _LITELLM,
            "context_length": _LITELLM,
            "max_output": _LITELLM,
            "cost": _LITELLM,
            "size": _HOT,
            "quantisation": _HOT,
            "tags": _HOT,
        },
    ),
    Subject.SECRET: (_LITELLM, {"used_by": _LITELLM}),
    Subject.MODEL: (
        _LITELLM,
        {
            "targets": _LITELLM,
            "fallbacks": _LITELLM,
            "lane": _HOT,
            "capabilities": _LITELLM,
            "context_length": _HOT,
            "max_output": _HOT,
            "lanes": _HOT,
            "routes": _HOT,
            "timeouts": _HOT,
            "description": _HOT,
            "tags": _HOT,
        },
    ),
    Subject.ALIAS: (_LITELLM, {"model": _LITELLM}),
    Subject.PATTERN: (
        _HOT,
        {
            "provider": _HOT,
            "model": _HOT,
            "lanes": _HOT,
            "routes": _HOT,
            "timeouts": _HOT,
            "description": _HOT,
        },
    ),
    Subject.PATTERN_ORDER: (_HOT, {"order": _HOT}),
    Subject.UNKNOWN_NAMES: (_HOT, {"answer": _HOT}),
    Subject.SERVICE: (
        _HOT,
        {
            "port": _HOT,
            "protocol": _HOT,
            "required": _HOT,
            "category": _HOT,
            "description": _HOT,
            "health": _HOT,
        },
    ),
}
"""For every kind of thing: what it takes to add or remove one, and to change each of its fields."""

_CAUSES_OF_ROUTES = frozenset({"targets", "fallbacks", "lane", "lanes", "provider", "model"})
"""Fields whose change says already why the routes of the same thing are others."""


def diff(before: Topology | None, after: Topology | None) -> tuple[Change, ...]:
    """Every difference, in the order of `Subject` and of names. None is nothing at all: everything is then added or removed.

    Empty exactly when both are equal; `diff(b, a)` is `diff(a, b)` with every change turned round.
    """
    old = traits(before) if before is not None else {}
    new = traits(after) if after is not None else {}
    without_litellm = all(topology is None or topology.workers == 0 for topology in (before, after))
    order = {subject: index for index, subject in enumerate(Subject)}
    return tuple(
        change
        for key in sorted(old.keys() | new.keys(), key=lambda key: (order[key[0]], key[1]))
        for change in _changes(key, old, new, without_litellm=without_litellm)
    )


def _changes(key: Key, old: Traits, new: Traits, *, without_litellm: bool) -> Iterator[Change]:
    subject, name = key
    existence, by_field = EFFECTS[subject]

    def change(
        action: Action, effect: Effect, field: str | None, before: str | None, after: str | None
    ) -> Change:
        needed = Effect.HOT if without_litellm and effect is Effect.LITELLM else effect
        return Change(subject, name, action, field, before, after, needed)

    if subject is Subject.PATTERN_ORDER:
        before, after = _kept_patterns(old, new, key)
        if before != after:
            yield change(Action.CHANGED, by_field["order"], "order", ", ".join(before), ", ".join(after))
    elif key not in old:
        yield change(Action.ADDED, existence, None, None, _headline(new[key]))
    elif key not in new:
        yield change(Action.REMOVED, existence, None, _headline(old[key]), None)
    else:
        fields = [field for field in new[key] if old[key][field].value != new[key][field].value]
        for field in fields:
            if field == "routes" and not _CAUSES_OF_ROUTES.isdisjoint(fields):
                continue
            yield change(Action.CHANGED, by_field[field], field, old[key][field].text, new[key][field].text)


def _headline(fields: Mapping[str, Trait]) -> str:
    return next(iter(fields.values())).text


def _kept_patterns(old: Traits, new: Traits, key: Key) -> tuple[list[str], list[str]]:
    """The patterns that are in both, in the order of each."""
    before, after = (_patterns(side, key) for side in (old, new))
    return [regex for regex in before if regex in after], [regex for regex in after if regex in before]


def _patterns(side: Traits, key: Key) -> tuple[str, ...]:
    order = side[key]["order"].value if key in side else ()
    return tuple(str(regex) for regex in order) if isinstance(order, tuple) else ()
