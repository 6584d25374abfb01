"""Regular expressions for the JSON Schemas, in the part of their syntax that ECMA-262 and Python read alike.

They refuse what the validators refuse, so that an editor says it while the file is written.
"""

_BYTE = r"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
IPV4 = rf"{_BYTE}(?:\.{_BYTE}){{3}}"
"""An IPv4 address in its usual form."""

_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?"
HOST_NAME = rf"(?:{_LABEL}\.)*(?=[0-9]*[A-Za-z_-]){_LABEL}\.?"
"""A host's name: its last part is no number, which would make it an address (https://url.spec.whatwg.org/#host-parsing)."""


def up_to(limit: int) -> str:
    """Whole numbers from 1 to `limit`, without leading zeros."""
    digits = str(limit)
    choices = [f"[1-9][0-9]{{0,{len(digits) - 2}}}"] if len(digits) > 1 else []
    for position, digit in enumerate(digits):
        lowest = 1 if position == 0 else 0
        if int(digit) > lowest:
            rest = len(digits) - position - 1
            choices.append(
                digits[:position]
                + f"[{lowest}-{int(digit) - 1}]"
                + ("[0-9]" if rest == 1 else f"[0-9]{{{rest}}}" if rest else "")
            )
    return "(?:" + "|".join([*choices, digits]) + ")"


def in_any_case(word: str) -> str:
    """A word whose letters may be of either case; the syntax has no flag for it."""
    return "".join(f"[{c.upper()}{c}]" if c.isalpha() else c for c in word.lower())
