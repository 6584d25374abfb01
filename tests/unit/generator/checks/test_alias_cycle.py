"""`alias-cycle`."""

from generator.checks.alias_cycle import CHECK
from tests.subjects import find, places, to


def test_a_cycle_is_told_once_at_its_first_alias() -> None:
    """Aliases that lead into a cycle are not told again."""
    found = find(CHECK, aliases={"in": "b", "a": "b", "b": "c", "c": "a"})
    assert places(found) == [("aliases", "b")]
    assert found[0].message.endswith("`b` → `c` → `a` → `b`")


def test_an_alias_of_itself_is_a_cycle() -> None:
    """The shortest cycle has words of its own."""
    assert [f.message for f in find(CHECK, aliases={"a": "a"})] == ["the alias `a` stands for itself"]


def test_two_cycles_are_two_findings() -> None:
    """Each cycle needs its own correction."""
    assert len(find(CHECK, aliases={"a": "b", "b": "a", "c": "d", "d": "c"})) == 2


def test_a_chain_to_a_model_or_to_nothing_is_no_cycle() -> None:
    """A chain that ends is fine; one that ends nowhere is another check's."""
    assert not find(CHECK, None, {"m": to("p/m")}, aliases={"a": "b", "b": "m", "c": "nothing"})


def test_a_long_cycle_is_shortened() -> None:
    """A message stays readable, and a chain of thousands needs no recursion."""
    found = find(CHECK, aliases={f"a{i}": f"a{(i + 1) % 5000}" for i in range(5000)})
    assert len(found) == 1
    assert len(found[0].message) < 200
