"""What stages 1 to 3 refuse: the codes of diagnostics that come from no check, with words for the reference."""

from dataclasses import dataclass

from schemas.diagnostics import Severity


@dataclass(frozen=True, slots=True)
class Refusal:
    """One code of reading, parsing or validating. Its fields are those of a `Check` that the reference needs."""

    code: str
    summary: str
    """One sentence: what is wrong."""
    remedy: str
    """One or two sentences: why it matters and what to do."""
    severity: Severity = Severity.ERROR


REFUSALS = (
    Refusal(
        "missing-file",
        "A configuration directory lacks providers.yaml or model-mappings.yaml.",
        "Both are needed. Name the directory that holds them with `--config`.",
    ),
    Refusal(
        "unreadable-file",
        "A configuration file cannot be read.",
        "Make it a file that you are allowed to read.",
    ),
    Refusal(
        "file-too-large",
        "A configuration file is larger than 16 MiB.",
        "No configuration needs that much; the file is most likely another one.",
    ),
    Refusal("not-utf8", "A file is not UTF-8 text.", "Save it as UTF-8."),
    Refusal(
        "byte-order-mark",
        "A file starts with a byte order mark.",
        "Some readers take it for a part of the first key. Save the file as UTF-8 without it.",
    ),
    Refusal(
        "empty-file",
        "A file has no content but comments.",
        "Start it with `version: 1`, or delete an optional file.",
    ),
    Refusal(
        "yaml-syntax",
        "A file is not YAML.",
        "The message is the YAML parser's. A frequent cause is a tab; indent with spaces.",
    ),
    Refusal(
        "not-a-mapping",
        "A file's top level is not a mapping of keys to values.",
        "Start it with `version: 1`, and put the rest under keys.",
    ),
    Refusal(
        "too-deep", "Values are nested deeper than 40 levels.", "No key of a configuration lies that deep."
    ),
    Refusal(
        "too-many-nodes",
        "A file has more than 500,000 values, those of YAML aliases counted each time.",
        "A few lines of aliases of aliases can fill the memory. Write fewer of them.",
    ),
    Refusal(
        "duplicate-key",
        "A key is given twice in one mapping.",
        "YAML readers disagree about which one counts. Keep one.",
    ),
    Refusal(
        "disguised-boolean",
        "A plain `yes`, `no`, `on` or `off`, which YAML 1.1 readers take for a boolean.",
        "Write `true` or `false` for a boolean, and quotes around text.",
    ),
    Refusal(
        "yaml-tag",
        "A value has a YAML tag such as `!include` or `!!str`.",
        "Tags mean something to one program only. Write the value itself.",
    ),
    Refusal("yaml-key", "A key is a list or a mapping.", "Keys are text."),
    Refusal(
        "yaml-merge-key",
        "A merge key (`<<`), which YAML 1.2 does not have.",
        "Repeat the keys, or use an alias (`*name`) for a whole value.",
    ),
    Refusal(
        "not-a-number", "A value is `.inf` or `.nan`.", "No setting takes an infinite or undefined number."
    ),
    Refusal(
        "ambiguous-number",
        "A plain number starts with 0, such as `010`, which some YAML readers take for octal.",
        "Write it without leading zeros, or in quotes where it is text.",
    ),
    Refusal(
        "unknown-key",
        "A key that the file's format does not have.",
        "It would have no effect. Correct its name, or remove it.",
    ),
    Refusal("missing-key", "A key that has no default is missing.", "Add it."),
    Refusal(
        "wrong-type",
        "A value is of another type than the key takes.",
        'Nothing is converted: `"8080"` is text and `8080` a number.',
    ),
    Refusal(
        "unknown-choice",
        "A value is not one of the few that the key takes.",
        "The hint names the closest, or all of them.",
    ),
    Refusal(
        "bad-duration",
        "A length of time is not written as one.",
        "Write a whole number and a unit: `500ms`, `30s`, `10m`, `1h`.",
    ),
    Refusal(
        "bad-format",
        "Text does not have the form that the key asks for.",
        "The hint says what it may consist of.",
    ),
    Refusal(
        "bad-endpoint",
        "An endpoint is not a URL with scheme, host and, where needed, port and path prefix.",
        "Write the root of the server, as `http://127.0.0.1:8000`, without credentials and query.",
    ),
    Refusal(
        "bad-value",
        "A value is out of range, empty, too long, or does not go with its neighbours.",
        "The message says what is allowed.",
    ),
)
"""Every code of stages 1 to 3, in their order; but `secret-inline`, which a check of the same code describes."""
