"""Every bad case gets exactly the diagnostics written below it, and every code has a case.

A case is the input files, each after a line with its name, and below a line of dashes what is said about them:

    # providers.yaml
    version: 1
    ...
    # model-mappings.yaml
    ...
    ----------
    error[unknown-provider]: `olama` is not a provider
    ...

It is named after the code it is about, and further cases of a code as `<code>.<what is special>.yaml`.
"""

import ast
import os
import re
from pathlib import Path

import pytest

from generator.checks import ALL_CHECKS
from generator.checks.subject import Check
from generator.faults import CODES_OF_FAULTS
from generator.refusals import REFUSALS, Refusal
from generator.report import text
from portico.build import check_directory
from schemas.diagnostics import Diagnostic, DocumentKind, Rejected

BAD = Path(__file__).parent / "bad"
CASES = sorted(path.name for path in BAD.glob("*.yaml"))
SEPARATOR = "----------\n"
DESCRIBED: list[Refusal | Check] = [*REFUSALS, *ALL_CHECKS]
CODES = {entry.code for entry in DESCRIBED}

NOT_TEXT: dict[str, dict[str, bytes]] = {
    "byte-order-mark": {"gateway.yaml": b"\xef\xbb\xbfversion: 1\n"},
    "not-utf8": {"gateway.yaml": b"version: 1 # caf\xe9\n"},
    "file-too-large": {"gateway.yaml": b"version: 1\n#" + b"x" * 2**24},
    "too-many-nodes": {
        "gateway.yaml": b"a: &a [1,1,1,1,1,1,1,1,1,1]\n"
        + b"".join(
            b"%c: &%c [%s]\n" % (98 + n, 98 + n, b",".join([b"*%c" % (97 + n)] * 10)) for n in range(7)
        )
    },
}
"""Documents that a text file cannot hold or git should not; the others of the case are empty but right."""

MINIMAL = {
    "providers.yaml": b"version: 1\nproviders: {}\n",
    "model-mappings.yaml": b"version: 1\nmodels: {}\n",
}


@pytest.fixture(autouse=True)
def _no_secret_has_a_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the caller's environment holds changes no expected text."""
    for name in list(os.environ):
        if re.search(r"KEY|TOKEN|SECRET|AUTH", name):
            monkeypatch.delenv(name)


def split(case: str) -> tuple[dict[str, str], str]:
    """The documents of a case by their names, and the expected text."""
    given, _, expected = case.partition(SEPARATOR)
    names = "|".join(re.escape(kind.value) for kind in DocumentKind)
    parts = re.split(rf"^# ({names})\n", given, flags=re.MULTILINE)
    assert not parts[0], "a case starts with the name of a document"
    return dict(zip(parts[1::2], parts[2::2], strict=True)), expected


def diagnose(
    directory: Path, documents: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> tuple[Diagnostic, ...]:
    """What stages 1 to 4 say about the documents, shown by their bare names."""
    for name, content in documents.items():
        (directory / name).write_bytes(content)
    monkeypatch.chdir(directory)
    try:
        return check_directory(Path()).diagnostics
    except Rejected as rejected:
        return rejected.diagnostics


@pytest.mark.parametrize("name", CASES)
def test_a_bad_case_gets_exactly_the_diagnostics_below_it(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, update_golden: bool
) -> None:
    """All diagnostics of the stage that refuses are compared, and one of them is what the case is about."""
    case = (BAD / name).read_text(encoding="utf-8")
    documents, expected = split(case)
    found = diagnose(tmp_path, {kind: content.encode() for kind, content in documents.items()}, monkeypatch)
    said = "\n\n".join(text(diagnostic) for diagnostic in found) + "\n"
    if update_golden:
        (BAD / name).write_text(case.partition(SEPARATOR)[0] + SEPARATOR + said, encoding="utf-8")
    else:
        assert said == expected
    assert name.partition(".")[0] in {diagnostic.code for diagnostic in found}


@pytest.mark.parametrize("code", NOT_TEXT)
def test_bytes_that_are_no_text_are_refused(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cases that cannot be kept as text get their code, and no other."""
    found = diagnose(tmp_path, MINIMAL | NOT_TEXT[code], monkeypatch)
    assert [diagnostic.code for diagnostic in found] == [code]


def test_a_directory_in_place_of_a_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is there and cannot be read is told apart from what is not there."""
    (tmp_path / "gateway.yaml").mkdir()
    found = diagnose(tmp_path, MINIMAL, monkeypatch)
    assert [diagnostic.code for diagnostic in found] == ["unreadable-file"]


def test_every_code_has_a_case() -> None:
    """A code without a case could say anything."""
    covered = {name.partition(".")[0] for name in CASES} | set(NOT_TEXT) | {"unreadable-file"}
    assert covered == CODES


def test_codes_are_unique_and_described() -> None:
    """The reference has one section for each code, made of its summary and remedy."""
    assert len(CODES) == len(DESCRIBED)
    for entry in DESCRIBED:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", entry.code)
        assert entry.summary.endswith(".")
        assert entry.remedy.endswith((".", "Syntax"))


@pytest.mark.parametrize("module", ["generator/document.py", "generator/faults.py", "portico/files.py"])
def test_every_code_in_the_source_of_the_first_stages_is_described(module: str, root: Path) -> None:
    """The table of refusals cannot fall behind the code: every code these modules pass on stands in it."""
    tree = ast.parse((root / module).read_text(encoding="utf-8"))
    emitted = {
        argument.value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and ast.unparse(call.func).split(".")[-1] in ("refuse", "_rejection", "Diagnostic")
        for argument in call.args[:3]
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
        if re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", argument.value)
    }
    if module.endswith("faults.py"):
        emitted |= CODES_OF_FAULTS
    assert emitted
    assert emitted <= CODES
