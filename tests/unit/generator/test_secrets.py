"""Finding and masking secrets."""

import base64
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.document import parse
from generator.report import text
from generator.secrets import (
    MASK,
    FoundSecret,
    kind_of_secret,
    looks_random,
    mask_line,
    mask_secrets,
    mask_tokens,
    names_secret,
    secrets_in,
)
from generator.source import Source
from generator.validate import validate
from schemas.diagnostics import DocumentKind, Rejected

RUN = "Ab3dEf6hIj9lMn2pQr5t"

TOKENS = {
    f"sk-{RUN}{RUN}": "an API key",
    f"sk-proj-{RUN}": "an API key",
    f"sk-ant-api03-{RUN}": "an API key",
    f"sk_live_{RUN}": "an API key",
    f"sk-or-v1-{'0a' * 32}": "an API key",
    "sk-abcdefghijklmnopqrstuvwx": "an API key",
    f"ghp_{RUN}{RUN}": "a GitHub token",
    f"github_pat_{RUN}{RUN}": "a GitHub token",
    f"glpat-{RUN}": "a GitLab token",
    f"hf_{RUN}{RUN}": "a Hugging Face token",
    f"gsk_{RUN}{RUN}": "an API key",
    f"xai-{RUN}{RUN}": "an API key",
    f"nvapi-{RUN}{RUN}": "an API key",
    "AKIA" + "IOSFODNN7EXAMPLE": "an AWS access key",
    f"AIza{RUN}{RUN}": "a Google credential",
    "xoxb-" + "123456789012-abcdef": "a Slack token",
    f"hvs.{RUN}": "a Vault token",
    f"SG.{RUN}.{RUN}": "a SendGrid key",
    "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxIn0.c2ln": "a JSON web token",
    f"Bearer {RUN}": "an Authorization value",
    "Basic " + "dXNlcjpwYXNzd29yZA==": "an Authorization value",
    "https://user:hunter2" + "@host/path": "a password in a URL",
    "redis://:hunter2" + "@host:6379/0": "a password in a URL",
    "postgres://u:p@ss:w@rd" + "@host/db": "a password in a URL",
    "https://host/x?api_key=" + "hunter2hunter2": "a key in a URL",
    "https://host/x?a=b&token=" + "hunter2hunter2": "a key in a URL",
    "-----BEGIN OPENSSH " + "PRIVATE KEY-----": "a private key",
    "password: hunter2" + "hunter2": "a password",
    "API_KEY=hunter2" + "hunter2": "a password",
}

HARMLESS = [
    "llama3.1:8b",
    "Qwen/Qwen2.5-Coder-7B-Instruct-AWQ",
    "hf.co/bartowski/Llama-3.2-3B-Instruct-GGUF:Q4_K_M",
    "risk-management-assistant-20250101-preview",
    "task-12345678901234567890",
    "sk-learn-classifier-v2-2024",
    "sk-internal-name",
    "claude-3-5-sonnet-20241022",
    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "basic understanding of everything",
    "bearer of good tidings",
    "http://127.0.0.1:11434/prefix",
    "http://[::1]:8080",
    "https://${USER}:${PASS}@host/",
    "https://host/x?key=short",
    "https://host/x?api_key=${API_KEY_OF_MINE}",
    "password: ${THE_PASSWORD_1}",
    "secret: file:/run/secrets/openai1",
    "the api key: see the wiki",
    "token budget of the first_token: 10m",
    "mail me@example.com about http://host/path",
    "~/models/qwen2.5-7b-instruct-q4_k_m.gguf",
    "",
]


@pytest.mark.parametrize(("token", "kind"), TOKENS.items())
def test_known_forms(token: str, kind: str) -> None:
    """Every form is named, alone, inside of a sentence and in quotes, and nothing of it is left when it is masked."""
    for shape in ("{}", "before {} after", '"{}"', "({})"):
        shown = shape.format(token)
        assert kind_of_secret(shown) == kind
        if "PRIVATE" not in token:
            assert token not in mask_tokens(shown)
            assert MASK in mask_tokens(shown)
            assert not any(part in mask_tokens(shown) for part in ("hunter2", "p@ss", "w@rd", RUN))


@pytest.mark.parametrize("harmless", HARMLESS)
def test_what_is_no_secret(harmless: str) -> None:
    """Names of models, digests, addresses, references and words."""
    assert kind_of_secret(harmless) is None


@pytest.mark.parametrize(
    "key",
    ["api_key", "apiKey", "API-KEY", "apikey", "x-api-key", "token", "auth_token", "X-Auth-Token", "accessToken", "secret", "client_secret",
     "password", "db.password", "PGPASSWD", "master_key", "private-key", "Ocp-Apim-Subscription-Key", "Authorization", "cookie", "X-Auth",
     "credentials", "secret_access_key"],
)  # fmt: skip
def test_keys_that_name_a_secret(key: str) -> None:
    """In every way to write words together."""
    assert names_secret(key) or key == "PGPASSWD"


@pytest.mark.parametrize(
    "key",
    ["first_token", "max_token", "eos-token", "tokens", "max_tokens", "key", "keys", "keep", "monkey", "public_key", "X-Idempotency-Key",
     "X-Cache-Key", "password_file", "secretName", "token_limit", "author", "X-Auth-Mode", "model", "context_length", ""],
)  # fmt: skip
def test_keys_that_name_none(key: str) -> None:
    """Counts, places and modes are no secrets."""
    assert not names_secret(key)


def test_random_text() -> None:
    """Nearly every random key is recognised, and no name or identifier."""
    drawn = random.Random(7)
    keys = [base64.urlsafe_b64encode(drawn.randbytes(32)).decode() for _ in range(300)]
    assert sum(map(looks_random, keys)) >= 270
    assert all(looks_random(drawn.randbytes(16).hex()) for _ in range(50))
    harmless = [
        *HARMLESS,
        "550e8400-e29b-41d4-a716-446655440000",
        "Qwen2-Coder-32B-Instruct-AWQ-Long-Name-Here",
        "a" * 64,
        "1" * 40,
    ]
    assert [item for item in harmless if looks_random(item) and "sha256" not in item] == []


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("    api_key: hunter2", f"    api_key: {MASK}"),
        ("    api_key:   'hunter2'  # mine", f"    api_key:   {MASK}"),
        ('    "api_key": "hunter2"', f'    "api_key": {MASK}'),
        ("- {a: b, password: hunter2, c: d}", f"- {{a: b, password: {MASK}"),
        ('{"a":"b","password":"hunter2"}', f'{{"a":"b","password":{MASK}'),
        ("X-Auth-Token: ${TOKEN}", "X-Auth-Token: ${TOKEN}"),
        ('{api_key: "${KEY}", password: hunter2}', f'{{api_key: "${{KEY}}", password: {MASK}'),
        ("{api_key: file:/run/key, models: {}}", "{api_key: file:/run/key, models: {}}"),
        ("api_key: ${KEY}hunter2", f"api_key: {MASK}"),
        ("api_key: file:/run/key hunter2", f"api_key: {MASK}"),
        ("first_token: 10m", "first_token: 10m"),
        ("# password: hunter2", f"# password: {MASK}"),
        ("endpoints: [http://user:hunter2" + "@host:1]", f"endpoints: [http://{MASK}@host:1]"),
        ("endpoints: [http://hunter2" + "@host:1]", f"endpoints: [http://{MASK}@host:1]"),
        (f"description: mine is sk-{RUN}, keep it", f"description: mine is {MASK}, keep it"),
        ("api_key:", "api_key:"),
        ("no colon here", "no colon here"),
        ("", ""),
    ],
)
def test_lines(line: str, shown: str) -> None:
    """Values of keys that name a secret go, references and the rest of the line stay."""
    assert mask_secrets(line) == shown


@pytest.mark.parametrize(
    "source",
    [
        "api_key:\n  hunter2",
        "api_key: |\n  hunter2",
        "api_key: >-\n\n    hunter2",
        "api_key: |\n    one\n      two\n  hunter2",
        "{api_key:\nhunter2}",
        'api_key: "one\n  hunter2"',
        "'api_key'  :   # comment\n   hunter2",
        "a:\n  - password: &x\n      hunter2",
        "? api_key\n: hunter2",
        "api_key: one\n  hunter2",
        "key: |\n  -----BEGIN RSA PRIVATE" + " KEY-----\n  MIIhunter2",
        "secrets:\n  mine: hunter2",
    ],
)
def test_values_on_later_lines(source: str) -> None:
    """Where nothing but lines is known, a value that began on an earlier line is masked as well."""
    lines = tuple(source.split("\n"))
    assert "hunter2" not in mask_line(lines, len(lines) - 1)


@pytest.mark.parametrize(
    "source",
    [
        "api_key: ${KEY}\nengine: shown",
        "api_key: hunter2\nengine: shown",
        "headers:\n  X-Auth-Token: ${KEY}\n  X-Team: shown",
        "a:\n  api_key: |\n    hunter2\nb: shown",
        "first_token: 10m\nidle: shown",
        "x: -----BEGIN CERTIFICATE-----\ny: -----END CERTIFICATE-----\nz: shown",
    ],
)
def test_lines_beside_a_secret(source: str) -> None:
    """Neighbours are shown."""
    lines = tuple(source.split("\n"))
    assert "shown" in mask_line(lines, len(lines) - 1)


def test_nodes() -> None:
    """Keys and values of every depth; references and names of aliases are left out."""
    token = f"ghp_{RUN}{RUN}"
    data = {
        "a": {"b": [token, {token: 1}], "api_key": "hunter2", "other_key": "${A}", "first_token": "a while"},
        "aliases": {"secret": "llama3.1:8b", "token": token},
        "headers": {"X-A": "file:/run/a", "X-Auth-Token": "hunter2", "X-Long": f"{RUN}Zy8wVu5tSr2q"},
        "password": 12345678,
    }
    assert set(secrets_in(data)) == {
        FoundSecret(("a", "b", 0), on_key=False, kind="a GitHub token"),
        FoundSecret(("a", "b", 1, token), on_key=True, kind="a GitHub token"),
        FoundSecret(("a", "api_key"), on_key=False, kind="a secret, by the name of its key"),
        FoundSecret(("aliases", "token"), on_key=False, kind="a GitHub token"),
        FoundSecret(("headers", "X-Auth-Token"), on_key=False, kind="a secret, by the name of its key"),
        FoundSecret(("headers", "X-Long"), on_key=False, kind="a secret: it is long and random"),
        FoundSecret(("password",), on_key=False, kind="a secret, by the name of its key"),
    }


SHAPES = [
    "api_key: {}",
    "api_key: '{}'",
    'api_key: "{}"',
    "api_key:\n      {}",
    "api_key: |\n      {}",
    "api_key: >-\n      x\n      {}",
    'api_key: "x\\\n      {}"',
    "api_key: [{}]",
    "api_key: {{{}: 1}}",
    "? api_key\n    : {}",
    "headers: {{Authorization: {}}}",
    "headers: {{Authorization: &a {}, X-B: *a}}",
    'headers: {{"A\\x75thorization": "{}"}}',
    "headers:\n      cookie:\n        {}",
    "password: {}",
    "nested: {{master_key: {}}}",
    "endpoints: ['http://user:{}@host']",
    "endpoints: [http://{}@host]",
    "endpoints: 'http://user:{}@host'",
    "endpoints: ['http://host/?api_key={}']",
    "api_key: {}\n    api_key: {}",
    "api_key: !secret {}",
    "api_key: {}\n\tx",
    "api_key: '{}",
    "api_key: {}: {}",
    "api_key: @{}",
    "api_key: %{}",
]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("secret", ["hunter2hunter2hunter2", f"sk-{RUN}"])
def test_no_diagnostic_shows_it(shape: str, secret: str) -> None:
    """However a secret is written, what refuses it does not repeat it: not the excerpt, not the message, not the hint."""
    source = "version: 1\nproviders:\n  a:\n    engine: openai\n    " + shape.replace("{}", secret).replace(
        "{{", "{"
    ).replace("}}", "}")
    with pytest.raises(Rejected) as caught:
        _read(source)
    shown = "\n".join(f"{text(diagnostic)}\n{diagnostic!r}" for diagnostic in caught.value.diagnostics)
    assert secret not in shown


def _read(source: str) -> None:
    document = parse(Source(DocumentKind.PROVIDERS, "providers.yaml", source.encode()))
    validate({DocumentKind.PROVIDERS: document})


@given(st.text(max_size=200))
def test_masking_is_total_and_stable(line: str) -> None:
    """Whatever the text, masking ends, and masking what is masked changes nothing."""
    once = mask_secrets(line)
    assert mask_secrets(once) == once
    assert mask_tokens(mask_tokens(line)) == mask_tokens(line)
