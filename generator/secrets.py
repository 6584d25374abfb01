"""What looks like a secret, so that it can be refused in a config file and masked wherever text is shown."""

import re

from schemas.fields import SECRET_REFERENCE

MASK = "••••••••"

_TOKEN = re.compile(
    r"(?:sk|pk|rk)-[A-Za-z0-9_-]{16,}"  # OpenAI, Anthropic, OpenRouter, Stripe-like
    r"|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,}"
    r"|hf_[A-Za-z0-9]{20,}|gsk_[A-Za-z0-9]{20,}|xai-[A-Za-z0-9]{20,}|r8_[A-Za-z0-9]{20,}|nvapi-[A-Za-z0-9_-]{20,}"
    r"|A(?:KIA|SIA)[A-Z0-9]{16}|AIza[A-Za-z0-9_-]{30,}|xox[abprs]-[A-Za-z0-9-]{10,}"
    r"|eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|(?i:bearer|basic)\s+[A-Za-z0-9+/._=-]{12,}"
)
_USERINFO = re.compile(r"(?<=://)[^/\s:@]*:[^/\s@]+(?=@)")
_SECRET_KEY = re.compile(
    r"""(?ix) ^ (?P<lead> [\s{,-]* ["']? [\w-]* (?: api[_-]?key | secret | password | passwd | token | authorization | cookie )
    ["']? \s* : \s* ) (?P<value> \S.* ) $"""
)
_COUNT = re.compile(r"(?i)^[\s{,-]*[\"']?[\w-]*(?:first_token|max_tokens|tokens)[\"']?\s*:")


def find_secret(text: str) -> str | None:
    """The first part of `text` that looks like a credential of a known form, or None."""
    match = _TOKEN.search(text) or _USERINFO.search(text)
    return match[0] if match else None


def mask_secrets(line: str) -> str:
    """A source line as it may be shown: credentials, and values of keys that name one, are masked."""
    masked = _USERINFO.sub(MASK, _TOKEN.sub(MASK, line))
    match = _SECRET_KEY.match(masked)
    if match is None or _COUNT.match(masked):
        return masked
    value = match["value"].strip().strip("\"'")
    return masked if SECRET_REFERENCE.fullmatch(value) else match["lead"] + MASK
