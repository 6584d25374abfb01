"""The same request through both lanes to the same engine: whatever differs is listed, with the reason, and still differs."""

import json

import pytest

from tests.engines.scripted_control import clear_received, clear_script, received, script
from tests.gateway.lab import Lab
from tests.lanes.allowances import Allowance, normalise, read
from tests.lanes.cases import CASES, Case
from tests.lanes.observation import Difference, Observation, differences, observe


class Comparison:
    """Runs cases, each once, and remembers which allowances were needed."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self.allowed, self.normalised = read()
        self.used: set[tuple[str, str, str]] = set()
        self.normalised_used: set[str] = set()
        self._found: dict[str, list[Difference]] = {}

    def unexpected(self, case: Case) -> list[Difference]:
        """The differences that no allowance covers."""
        if case.name not in self._found:
            direct = self._observe(case, case.direct, "direct")
            litellm = self._observe(case, case.indirect, "litellm")
            self._found[case.name] = [
                found for found in differences(direct, litellm) if not self._is_allowed(case, found)
            ]
        return self._found[case.name]

    def _is_allowed(self, case: Case, difference: Difference) -> bool:
        uses = {(a.name, *pair) for a in self.allowed for pair in a.uses(case.name, difference)}
        self.used |= uses
        return bool(uses)

    def _observe(self, case: Case, model: str, lane: str) -> Observation:
        engine = self._lab.scripted
        clear_received(engine)
        if case.script:
            script(engine, **case.script)
        try:
            reply = self._lab.gateway.http.post(case.path, json={"model": model, **case.body})
        finally:
            clear_script(engine)
        answered = reply.headers.get("x-portico-lane")
        assert answered == lane, f"{answered}: {reply.status_code} {reply.text[:500]}"
        seen = observe(reply, case.path)
        seen["engine_received"] = [
            {"path": entry.path, "body": json.loads(entry.body)}
            for entry in received(engine)
            if entry.method == "POST"
        ]
        normalised: Observation = normalise(seen, self.normalised, self.normalised_used)
        return normalised

    def unused(self) -> list[str]:
        """Every part of an allowance or normalisation that no case has needed."""
        parts = [(a.name, case, path) for a in self.allowed for case in a.cases for path in a.paths]
        cases = {(name, case) for name, case, _ in self.used}
        paths = {(name, path) for name, _, path in self.used}
        left = [f"{name}: the case {case}" for name, case, _ in parts if (name, case) not in cases]
        left += [f"{name}: the path {path}" for name, _, path in parts if (name, path) not in paths]
        for rule in self.normalised:
            left += [
                f"{rule.name}: the path {path}" for path in rule.paths if path not in self.normalised_used
            ]
        return sorted(set(left))


@pytest.fixture(scope="module")
def comparison(session_lab: Lab) -> Comparison:
    """One comparison for all tests here, so that the last knows what the others needed."""
    return Comparison(session_lab)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_lanes_agree(comparison: Comparison, case: Case) -> None:
    """Both lanes give the same answer, and ask the engine for the same, but for what is listed."""
    found = comparison.unexpected(case)
    assert not found, "\n".join(f"{d.path} {d.kind}: {d.direct!r} -> {d.litellm!r}"[:500] for d in found)


def test_every_allowance_is_needed(comparison: Comparison) -> None:
    """What does not differ any more is taken off the list."""
    for case in CASES:
        comparison.unexpected(case)
    assert comparison.unused() == []


def test_an_unused_allowance_is_told(comparison: Comparison) -> None:
    """The test above can fail: an allowance for what never happens is found."""
    invented = Allowance("invented", "changed", ("chat",), ("no.such.path",), "to be found", {})
    comparison.allowed.append(invented)
    try:
        assert comparison.unused() != []
        assert {"invented: the case chat", "invented: the path no.such.path"} <= set(comparison.unused())
    finally:
        comparison.allowed.remove(invented)


def test_a_difference_is_told() -> None:
    """The comparison itself can fail: each kind of difference is found where it is."""
    direct = {"a": 1, "b": [{"c": None}], "d": [1], "e": True}
    litellm = {"a": 1.0, "b": [{}], "d": [1, 2], "e": True, "f": 0}
    assert [(found.path, found.kind) for found in differences(direct, litellm)] == [
        ("a", "changed"),
        ("b[].c", "missing"),
        ("d", "changed"),
        ("f", "added"),
    ]


def test_the_list_is_readable() -> None:
    """Every allowance has a name of its own and a reason."""
    allowed, normalised = read()
    told = [(entry.name, entry.why) for entry in allowed] + [(entry.name, entry.why) for entry in normalised]
    assert len(dict(told)) == len(told)
    assert all(len(why) > 20 for _, why in told)
    assert {entry.kind for entry in allowed} <= {"added", "missing", "changed"}
