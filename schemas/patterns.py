"""Regular expressions for the JSON Schemas, in the part of their syntax that ECMA-262 and Python read alike.

They refuse what the validators refuse, so that an editor says it while the file is written.
"""


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
