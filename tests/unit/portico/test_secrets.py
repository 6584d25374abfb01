"""Secrets cannot print themselves, and are taken from where the configuration says."""

import copy
import json
import pickle
import traceback
from pathlib import Path

import pytest

from generator.topology import Secret
from portico.errors import CannotStart
from portico.secrets import REDACTED, Redactor, SecretValue, resolve

VALUE = "correct-horse-battery-staple"


def test_no_way_of_printing_shows_the_value() -> None:
    """Text, repr, format, containers, tracebacks: the mask everywhere."""
    secret = SecretValue(VALUE)
    shown = [
        str(secret),
        repr(secret),
        f"{secret}",
        f"{secret!r:>40}",
        "{}".format(secret),  # noqa: UP032 - one more way of printing
        repr([secret]),
        repr({"k": secret}),
    ]
    try:
        raise ValueError(secret)
    except ValueError as error:
        shown += traceback.format_exception(error)
    assert all(VALUE not in text for text in shown)
    assert str(secret) == REDACTED


def test_a_secret_is_not_stored() -> None:
    """Neither pickle nor copy nor JSON takes it along."""
    secret = SecretValue(VALUE)
    for store in (pickle.dumps, copy.copy, json.dumps):
        with pytest.raises(TypeError):
            store(secret)


def test_the_value_is_revealed_on_request() -> None:
    """Equality and hash are those of the value."""
    assert SecretValue(VALUE).reveal() == VALUE
    assert SecretValue(VALUE) == SecretValue(VALUE)
    assert SecretValue(VALUE) != SecretValue("x")
    assert len({SecretValue(VALUE), SecretValue(VALUE)}) == 1


def test_environment_and_file_references(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file is read relative to the configuration directory, without the space around its content."""
    monkeypatch.setenv("SOME_KEY", VALUE)
    (tmp_path / "key").write_text(f"{VALUE}\n", encoding="utf-8")
    assert resolve(Secret(environment="SOME_KEY"), tmp_path) == SecretValue(VALUE)
    assert resolve(Secret(file="key"), tmp_path) == SecretValue(VALUE)


@pytest.mark.parametrize(
    "reference", [Secret(environment="UNSET_KEY"), Secret(file="absent"), Secret(file="empty")]
)
def test_a_reference_without_a_value_is_refused(reference: Secret, tmp_path: Path) -> None:
    """The refusal names the reference."""
    (tmp_path / "empty").write_text("\n", encoding="utf-8")
    with pytest.raises(CannotStart) as refused:
        resolve(reference, tmp_path)
    assert reference.name in str(refused.value)


def test_logs_are_masked() -> None:
    """Every occurrence goes, the longer secret first where one begins like another; words too short to be secrets stay."""
    redact = Redactor(iter([SecretValue("secret"), SecretValue("secret-longer"), SecretValue("the")]))
    line = redact(b"the key secret-longer and secret, secret")
    assert line == b"the key [redacted] and [redacted], [redacted]"
