"""Stage 7: from what runs to what is wanted, as data that can be shown before anything is done."""

from dataclasses import dataclass

from generator.diff import Action, Change, Effect, diff
from generator.topology import Topology

_SIGNS = {Action.ADDED: "+", Action.REMOVED: "-", Action.CHANGED: "~"}
_MEANING = {
    Effect.HOT: "new files are enough",
    Effect.LITELLM: "LiteLLM has to start again",
    Effect.RESTART: "the gateway has to start again",
}
_LONGEST_VALUE = 200


@dataclass(frozen=True, slots=True)
class Plan:
    """The changes that lead from one topology to another."""

    first_start: bool
    """Whether there is nothing to start from, so that everything is new."""
    changes: tuple[Change, ...]

    @property
    def effect(self) -> Effect | None:
        """The most that any change needs; None where there is none."""
        order = list(Effect)
        return max((change.effect for change in self.changes), key=order.index, default=None)


def plan(before: Topology | None, after: Topology) -> Plan:
    """What leads from `before` (None: nothing ran yet) to `after`."""
    return Plan(before is None, diff(before, after))


def text(shown: Plan) -> str:
    """A plan for a person, one change per line, without a newline at its end."""
    if shown.effect is None:
        return "no changes"
    lines = [_line(change, with_effect=not shown.first_start) for change in shown.changes]
    count = len(shown.changes)
    if shown.first_start:
        return "\n".join([*lines, "", f"first start: {count} things to set up"])
    noun = "change" if count == 1 else "changes"
    return "\n".join([*lines, "", f"{count} {noun}; {_MEANING[shown.effect]}"])


def _line(change: Change, *, with_effect: bool) -> str:
    thing = f"{change.subject.replace('-', ' ')} {change.name}".rstrip()
    effect = f"  [{change.effect}]" if with_effect else ""
    match change.action:
        case Action.CHANGED:
            what = f"{change.field}: {_short(change.before)} -> {_short(change.after)}"
        case _:
            what = _short(change.after if change.action is Action.ADDED else change.before)
    return f"{_SIGNS[change.action]} {thing}: {what}{effect}".replace("\n", " ")


def _short(value: str | None) -> str:
    text = "none" if value is None else value
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"
