"""What looks like a secret, so that it can be refused in a config file and masked wherever text is shown.

Forms of credentials are those their issuers document (GitHub: https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/,
AWS: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html); the rest goes by the name of the key a value
stands under, and by how random it looks.
"""

import itertools
import math
import re
from collections import Counter
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from typing import Any

from schemas.diagnostics import KeyPath
from schemas.fields import SECRET_REFERENCE

MASK = "••••••••"

_FORMS = (
    # A run of 12 with a digit in it, or of 20, keeps words such as `sk-learn-classifier-v2` out.
    (
        "api_key",
        "an API key",
        r"(?:sk|pk|rk|csk|pplx|fw|pa)[-_](?=[\w-]*?(?:[A-Za-z0-9]{20}|(?=[A-Za-z]*[0-9])[A-Za-z0-9]{12}))[\w-]{16,}",
    ),
    ("github", "a GitHub token", r"gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{30,}"),
    ("gitlab", "a GitLab token", r"gl(?:pat|rt|dt|cbt)-[\w-]{20,}"),
    ("hugging_face", "a Hugging Face token", r"hf_[A-Za-z0-9]{20,}"),
    (
        "provider",
        "an API key",
        r"(?:gsk_|xai-|r8_|nvapi-|tgp_v1_|jina_|lsv2_[a-z]+_|dapi|dop_v1_|npm_|pypi-)[\w-]{20,}",
    ),
    ("aws", "an AWS access key", r"A(?:KIA|SIA)[A-Z0-9]{16}(?![A-Za-z0-9])"),
    ("google", "a Google credential", r"AIza[\w-]{30,}|GOCSPX-[\w-]{20,}|ya29\.[\w-]{20,}"),
    ("slack", "a Slack token", r"xox[abeoprs]-[A-Za-z0-9-]{10,}"),
    ("vault", "a Vault token", r"hv[sbr]\.[\w-]{20,}"),
    ("sendgrid", "a SendGrid key", r"SG\.[\w-]{16,}\.[\w-]{16,}"),
    ("age", "an age key", r"AGE-SECRET-KEY-1[A-Z0-9]{20,}"),
    ("jwt", "a JSON web token", r"eyJ[\w-]{8,}\.eyJ[\w-]{8,}(?:\.[\w-]*)?"),
    ("bearer", "an Authorization value", r"(?i:bearer|basic)\s+(?=[\w+/.~-]*[0-9=])[\w+/.~-]{12,}={0,2}"),
)
_TOKEN = re.compile(
    r"(?<![A-Za-z0-9])(?:" + "|".join(f"(?P<{name}>{form})" for name, _, form in _FORMS) + ")", re.ASCII
)
_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY")
_USERINFO = re.compile(r"(?<=://)(?![^\s@]*\$\{)[^/\s:@]*:[^/\s]+(?=@)")
_QUERY = re.compile(
    r"(?i)(?<=[?&])(?:api[_-]?key|key|(?:access[_-]?)?token|sig|signature|password)=(?!\$\{)[^&\s\"']{8,}"
)
_SAID = re.compile(
    r"(?i)(?<![a-z])(?:api[_-]?key|password|passwd|secret)\s*[=:]\s*(?!\$\{|file:)(?=\S*[0-9])\S{8,}"
)
_SHOWN_USERINFO = re.compile(r"(?<=://)[^\s\"']+(?=@)")
_KINDS = {name: kind for name, kind, _ in _FORMS}
_SHORTEST = 12

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")
_SECRET_WORDS = frozenset({"password", "passwd", "passphrase", "pwd", "secret", "secrets", "authorization", "cookie",
                           "credential", "credentials", "apikey", "bearer"})  # fmt: skip
_NOT_THE_SECRET = frozenset(
    {"file", "path", "name", "id", "url", "env", "ref", "policy", "mode", "type", "length", "limit", "ttl"}
)
_COUNTED = frozenset({"first", "last", "next", "max", "min", "per", "stop", "eos", "bos", "pad", "unk"})
_OPEN_KEYS = frozenset(
    {
        "public",
        "cache",
        "idempotency",
        "routing",
        "partition",
        "shard",
        "sharding",
        "sort",
        "primary",
        "foreign",
    }
)
_KEY = re.compile(r"""(?P<key>[A-Za-z][\w.-]*)["']?[ \t]*:(?!//)[ \t]*(?P<value>.*)""")
_REFERENCE = re.compile(
    r"""["']?(?:\$\{[A-Za-z_][A-Za-z0-9_]*\}|file:[^\s"',}]+|""" + MASK + r""")["']?[ \t]*(?=$|[,}\]#])"""
)
_LAST_KEY = re.compile(r"""(?P<key>[A-Za-z][\w.-]*)["']?[ \t]*:(?=[ \t]|$)""")
_RUN = re.compile(r"[A-Za-z0-9+/_=-]{32,}")
_UUID = re.compile(r"(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_HEX = re.compile(r"(?i)(?=.*[0-9])(?=.*[a-f])[0-9a-f]{32,}")


@dataclass(frozen=True, slots=True)
class FoundSecret:
    """A node of a document that holds a secret. `kind` is what it looks like, never what it is."""

    keys: KeyPath
    on_key: bool
    kind: str


def kind_of_secret(text: str) -> str | None:
    """What a text that holds a credential of a known form looks like, such as `a GitHub token`; None where it holds none."""
    if len(text) < _SHORTEST:
        return None
    if match := _TOKEN.search(text):
        return _KINDS[match.lastgroup or ""]
    if "://" in text and _USERINFO.search(text):
        return "a password in a URL"
    if "=" in text and _QUERY.search(text):
        return "a key in a URL"
    if "-----BEGIN" in text and _PRIVATE_KEY.search(text):
        return "a private key"
    return "a password" if (":" in text or "=" in text) and _SAID.search(text) else None


def looks_random(text: str) -> bool:
    """Whether a run of 32 or more characters looks drawn by chance: mixed letters and digits, and no words."""
    return any(_is_random(run[0]) for run in _RUN.finditer(_UUID.sub("", text)))


def _is_random(run: str) -> bool:
    if _HEX.fullmatch(run):
        return True
    # Separators are rare in encoded bytes and frequent between words.
    longest = max(re.split("[-_]", run), key=len)
    classes = ["d" if c.isdigit() else "u" if c.isupper() else "l" for c in longest]
    changes = sum(a != b for a, b in itertools.pairwise(classes))
    return (
        len(longest) >= 16
        and {"d", "u", "l"} <= set(classes)
        and changes >= 0.35 * len(longest)
        and _bits(run) >= 4.0
    )


def _bits(text: str) -> float:
    """Shannon entropy per character."""
    return -sum(n / len(text) * math.log2(n / len(text)) for n in Counter(text).values())


@lru_cache(maxsize=1024)
def names_secret(key: str) -> bool:
    """Whether the value under a key of this name is a secret: `api_key`, `X-Auth-Token`, `password`; but not `first_token`."""
    words = [word.lower() for word in _WORD.findall(key)]
    if not words or words[-1] in _NOT_THE_SECRET:
        return False
    before = words[-2] if len(words) > 1 else ""
    if words[-1] == "token":
        return before not in _COUNTED
    if words[-1] == "key":
        return before != "" and before not in _OPEN_KEYS
    return words[-1] == "auth" or not _SECRET_WORDS.isdisjoint(words)


def secrets_in(data: Any) -> list[FoundSecret]:
    """Every key and value of a document that looks like a secret, in its order; references do not."""
    return _inside(data, ())


def _inside(data: Any, parents: KeyPath) -> list[FoundSecret]:
    """`parents` are the outermost key and the nearest one, which is all that a verdict needs; paths are made for what is found."""
    found: list[FoundSecret] = []
    for key, value in (
        data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    ):
        if isinstance(key, str) and len(key) >= _SHORTEST and (kind := kind_of_secret(key)):
            found.append(FoundSecret((key,), on_key=True, kind=kind))
        if isinstance(value, dict | list):
            inner = _inside(value, (*parents[:1], key))
            found += [FoundSecret((key, *secret.keys), secret.on_key, secret.kind) for secret in inner]
        elif (
            value is not None and not isinstance(value, bool) and (kind := _kind_at(key, parents, str(value)))
        ):
            found.append(FoundSecret((key,), on_key=False, kind=kind))
    return found


def _kind_at(key: str | int, parents: KeyPath, text: str) -> str | None:
    kind = kind_of_secret(text) if len(text) >= _SHORTEST else None
    # The keys of `aliases` are names of models, which may be called anything.
    if (
        kind is None
        and len(text) >= 6
        and isinstance(key, str)
        and parents[:1] != ("aliases",)
        and names_secret(key)
    ):
        kind = "a secret, by the name of its key"
    if kind is None and parents[-1:] == ("headers",) and looks_random(text):
        kind = "a secret: it is long and random"
    return None if kind is None or SECRET_REFERENCE.fullmatch(text) else kind


def mask_tokens(text: str) -> str:
    """A text, such as a message, with credentials of a known form masked."""
    masked = _TOKEN.sub(MASK, text)
    for form in (_SHOWN_USERINFO, _QUERY, _SAID):
        masked = form.sub(MASK, masked)
    return masked


def mask_secrets(line: str) -> str:
    """A source line as it may be shown: credentials, and values of keys that name one, are masked."""
    position = 0
    while match := _KEY.search(line, position):
        position = match.start("value")
        if not names_secret(match["key"]) or not match["value"]:
            continue
        reference = _REFERENCE.match(line, position)
        if reference is None:
            return mask_tokens(line[:position]) + MASK
        position = reference.end()
    return mask_tokens(line)


def mask_line(lines: tuple[str, ...], index: int) -> str:
    """Line `index` as it may be shown where nothing is known but the lines: also masked where it goes on with a value whose key,
    on a line before, names a secret, or stands inside a private key."""
    line = lines[index]
    if _continues_secret(lines, index):
        return line[: _indent(line)] + MASK
    return mask_secrets(line)


_LOOK_BACK = 200


def _continues_secret(lines: tuple[str, ...], index: int) -> bool:
    outermost = _indent(lines[index])
    nearest = True
    for line in reversed(lines[max(0, index - _LOOK_BACK) : index]):
        if not line.strip():
            continue
        if _PRIVATE_KEY.search(line) or "-----END" in line:
            return "-----END" not in line
        if nearest and (_is_explicit_key(line) or _opening(line) is _Open.ANY_INDENT):
            return True
        if _indent(line) < outermost:
            if _opening(line) is not None:
                return True
            outermost = _indent(line)
        nearest = False
    return False


class _Open(Enum):
    """Where a value that is still open at the end of a line goes on."""

    ANY_INDENT = auto()
    DEEPER = auto()


def _opening(line: str) -> _Open | None:
    """How the value of a line's last key goes on, where that key names a secret."""
    last = None
    for match in _LAST_KEY.finditer(line):
        last = match
    if last is None or not names_secret(last["key"]):
        return None
    value = line[last.end() :].strip()
    if not value or (value[0] in "\"'" and (len(value) == 1 or not value.endswith(value[0]))):
        return _Open.ANY_INDENT
    return None if _REFERENCE.match(value) else _Open.DEEPER


def _is_explicit_key(line: str) -> bool:
    return line.lstrip().startswith("?") and names_secret(line)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
