"""Diagnostics as text. Findings get their places here, in the one module that knows both."""

import unicodedata
from collections.abc import Iterable

from generator.secrets import mask_tokens
from generator.validate import Documents
from schemas.diagnostics import Diagnostic, Finding, Place, Pointer, Severity

_MAX_EXCERPT = 160


def locate(finding: Finding, code: str, severity: Severity, documents: Documents) -> Diagnostic:
    """Give a finding of a check its code, severity and place in the files."""
    hint = finding.hint
    if finding.related is not None:
        related = _place(finding.related, documents)
        if related is not None:
            hint = f"{hint or 'see'} ({related.path}:{related.line})"
    place = _place(finding.at, documents)
    return Diagnostic(
        code, finding.severity or severity, mask_tokens(finding.message), place, hint and mask_tokens(hint)
    )


def _place(pointer: Pointer, documents: Documents) -> Place | None:
    document = documents.get(pointer.kind)
    return document.place(pointer.keys, on_key=pointer.on_key) if document else None


def text(diagnostic: Diagnostic) -> str:
    """One diagnostic for a person, with its source line and a caret under the place; ends without a newline."""
    lines = [f"{diagnostic.severity}[{diagnostic.code}]: {_visible(diagnostic.message)}"]
    if diagnostic.place is not None:
        lines += _excerpt(diagnostic.place)
    if diagnostic.hint is not None:
        lines.append(f"hint: {_visible(diagnostic.hint)}")
    return "\n".join(lines)


def _visible(text: str) -> str:
    """A text of which nothing acts on a terminal or hides: escape sequences, line ends, characters that turn the order round."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(ascii(character)[1:-1] if _acts(character) else character for character in text)


def _acts(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")


def _excerpt(place: Place) -> list[str]:
    number = str(place.line)
    margin = " " * len(number)
    header = f"{margin}--> {place.path}:{place.line}:{place.column}"
    if not place.excerpt.strip():
        return [header]
    start = max(0, place.column - 1 - _MAX_EXCERPT // 2) if len(place.excerpt) > _MAX_EXCERPT else 0
    shown = place.excerpt[start : start + _MAX_EXCERPT].replace("\t", " ")
    caret = min(place.column - 1 - start, len(shown))
    width = max(1, min(place.width, len(shown) - caret))
    # One character stands for one, so that the caret stays in place.
    shown = "".join("\ufffd" if _acts(character) else character for character in shown)
    return [header, f"{margin} |", f"{number} | {shown.rstrip()}", f"{margin} | {' ' * caret}{'^' * width}"]


def summary(diagnostics: Iterable[Diagnostic]) -> str:
    """Counts by severity, such as `2 errors, 1 warning`; `no problems` where there are none."""
    found = list(diagnostics)
    counts = [(severity.value, sum(d.severity is severity for d in found)) for severity in Severity]
    words = [f"{n} {word}{'s' if n != 1 and word != 'info' else ''}" for word, n in counts if n]
    return ", ".join(words) or "no problems"
