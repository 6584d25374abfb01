"""Stage 3: every fault of shape has a code, words, a place and, where something can be done, a hint."""

import pytest

from generator.document import parse
from generator.source import Source
from generator.validate import validate
from schemas.diagnostics import Diagnostic, DocumentKind, Rejected
from schemas.gateway import GatewayFile

MINIMAL = {
    DocumentKind.PROVIDERS: "version: 1\nproviders: {}\n",
    DocumentKind.MAPPINGS: "version: 1\nmodels: {}\n",
}


def faults(**texts: str) -> list[Diagnostic]:
    """What is wrong with the documents, given by the names of `DocumentKind` in lower case."""
    given = MINIMAL | {DocumentKind[name.upper()]: text for name, text in texts.items()}
    documents = {kind: parse(Source(kind, kind.value, text.encode())) for kind, text in given.items()}
    try:
        validate(documents)
    except Rejected as rejected:
        return list(rejected.diagnostics)
    return []


def marked(diagnostic: Diagnostic) -> str:
    """The characters that a diagnostic's caret stands under."""
    place = diagnostic.place
    return "" if place is None else place.excerpt[place.column - 1 : place.column - 1 + place.width]


def of_provider(text: str) -> Diagnostic:
    """The one fault of a provider `p` with these further keys, in flow style."""
    (found,) = faults(providers=f"version: 1\nproviders:\n  p: {{engine: vllm, {text}}}\n")
    return found


def of_mappings(text: str) -> Diagnostic:
    """The one fault of a model-mappings.yaml with these keys after its version."""
    (found,) = faults(mappings=f"version: 1\n{text}\n")
    return found


def of_gateway(text: str) -> Diagnostic:
    """The one fault of a gateway.yaml with these keys after its version."""
    (found,) = faults(gateway=f"version: 1\n{text}\n")
    return found


def test_a_configuration_of_the_right_shape_is_returned() -> None:
    """Files that may be absent have their defaults; numbers written as such are kept."""
    documents = {kind: parse(Source(kind, kind.value, text.encode())) for kind, text in MINIMAL.items()}
    config = validate(documents)
    assert config.gateway == GatewayFile(version=1)
    assert config.ports is None


@pytest.mark.parametrize(
    ("text", "message", "hint", "at"),
    [
        ("endpoint: []", "`endpoint` is not a key of `p`", "did you mean `endpoints`?", "endpoint"),
        ("API-Key: x", "`API-Key` is not a key of `p`", "did you mean `api_key`?", "API-Key"),
        (
            "models: {m: {capabilites: []}}",
            "`capabilites` is not a key of `m`",
            "did you mean `capabilities`?",
            "capabilites",
        ),
        (
            "health: {zzz: 1}",
            "`zzz` is not a key of `health`",
            "known keys: healthy_threshold, interval, path",
            "zzz",
        ),
    ],
)
def test_an_unknown_key_is_told_with_the_one_that_was_meant(
    text: str, message: str, hint: str, at: str
) -> None:
    """Or with all that there are."""
    found = of_provider(text)
    assert (found.code, found.message, marked(found)) == ("unknown-key", message, at)
    assert (found.hint or "").startswith(hint)


def test_a_key_of_another_file_is_sent_there() -> None:
    """Four files are easily confused."""
    found = of_gateway("aliases: {}")
    assert found.hint == "it belongs in model-mappings.yaml"
    assert marked(found) == "aliases"


def test_a_key_of_a_list_item_is_told_as_such() -> None:
    """An item has no name of its own."""
    found = of_mappings("models: {m: {targets: [{provider: p, model: m, wieght: 1}]}}")
    assert found.message == "`wieght` is not a key of an item of `targets`"
    assert found.hint == "did you mean `weight`?"


def test_a_missing_key_is_told_at_its_owner_with_an_example() -> None:
    """In the file, in a mapping and in an item of a list."""
    (found,) = faults(mappings="models: {}\n")
    assert (found.message, found.hint) == ("`version` is missing from the file", "add `version: 1`")
    (found,) = faults(providers="version: 1\nproviders: {p: {}}\n")
    assert (found.message, found.hint, marked(found)) == (
        "`engine` is missing from `p`",
        "add it, as `engine: ollama`",
        "p",
    )
    found = of_mappings("models: {m: {targets: [{provider: p}]}}")
    assert found.message == "`model` is missing from an item of `targets`"
    assert marked(found) == "{provider: p}"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("status: Active", "`Active` is not a choice for `status`", "did you mean `active`?"),
        (
            "status: on-hold",
            "`on-hold` is not a choice for `status`",
            "choose one of: active, disabled, template",
        ),
        ("status: [x]", "a list is not a choice for `status`", "choose one of: active, disabled, template"),
        ("status: true", "`true` is not a choice for `status`", "choose one of: active, disabled, template"),
        (
            "models: {m: {capabilities: [embeddings]}}",
            "`embeddings` is not a choice for `capabilities`",
            "did you mean `embedding`?",
        ),
    ],
)
def test_an_unknown_choice_is_told_with_the_closest_or_all(text: str, message: str, hint: str) -> None:
    """Items of lists as well."""
    found = of_provider(text)
    assert (found.code, found.message, found.hint) == ("unknown-choice", message, hint)


@pytest.mark.parametrize(
    ("version", "hint"), [("2", "write `version: 1`"), ('"1"', "write `version: 1`, without quotes")]
)
def test_another_version_is_refused(version: str, hint: str) -> None:
    """The number is a promise about everything below it."""
    (found,) = faults(gateway=f"version: {version}\n")
    assert found.message.startswith("the format of this file is version 1, not `")
    assert found.hint == hint


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        (
            "endpoints: http://a:1",
            "`endpoints` must be a list, not text",
            "write `- ` before each item, or the items in [ ]",
        ),
        (
            "endpoints: [1]",
            "an item of `endpoints` must be text, not a whole number",
            "write it as http://127.0.0.1:11434",
        ),
        ("endpoints: ", "`endpoints` must be a list, and has no value", "write a value, or remove the key"),
        ("models: [m]", "`models` must be a mapping of keys to values, not a list", None),
        (
            "models: ",
            "`models` must be a mapping of keys to values, and has no value",
            "write `{}` where there are none",
        ),
        ("models: {m: 1}", "`m` must be a mapping of keys to values, not `1`", "its keys: capabilities"),
        (
            "models: {m: {context_length: 8k}}",
            "`context_length` must be a whole number, not text",
            "write digits only",
        ),
        (
            "models: {m: {context_length: '8'}}",
            "`context_length` must be a whole number, not text",
            "remove the quotes",
        ),
        ("models: {m: {context_length: 8.5}}", "`context_length` must be a whole number, not `8.5`", None),
        ("models: {m: {context_length: true}}", "`context_length` must be a whole number, not `true`", None),
        ("models: {m: {cost: {input: x}}}", "`input` must be a number, not text", "write digits only"),
        ("description: 5", "`description` must be text, not a whole number", "put the value in quotes"),
        ("description: true", "`description` must be text, not true or false", "put the value in quotes"),
        ("description: [a]", "`description` must be text, not a list", None),
        (
            "health: {interval: 10}",
            "`interval` must be text, not a whole number",
            "write it as 500ms, 30s, 10m or 1h",
        ),
        ("headers: {X: 1}", "`X` must be text, not a whole number", "put the value in quotes"),
    ],
)
def test_a_value_of_another_type_is_told_with_what_to_write(
    text: str, message: str, hint: str | None
) -> None:
    """Nothing is converted, and the words are YAML's, not Python's."""
    found = of_provider(text)
    assert (found.code, found.message) == ("wrong-type", message)
    assert (found.hint or "").startswith(hint or "")
    assert (found.hint is None) == (hint is None)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("listen: {port: 0}", "`port` must be at least 1, not `0`"),
        ("listen: {port: 70000}", "`port` must be at most 65535, not `70000`"),
        (f"listen: {{port: {10**30}}}", f"`port` must be at most 65535, not `{10**30}`"),
        ("litellm: {workers: -1}", "`workers` must be at least 0, not `-1`"),
        (
            "embedded: {context_length: 100000000}",
            "`context_length` must be at most 10000000, not `100000000`",
        ),
        ("log: {max_size: 20 MB}", "`max_size` is not a size of at least 1kB"),
        ("listen: {address: localhost}", "`address` is not an IP address"),
        ("embedded: {model_file: ''}", "`model_file` must not be empty"),
    ],
)
def test_a_value_out_of_range_is_told_with_the_bound(text: str, message: str) -> None:
    """And with what was given."""
    found = of_gateway(text)
    assert (found.code, found.message) == ("bad-value", message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("models: {m: {targets: []}}", "`targets` must not be empty"),
        ("models: {m: {targets: [{provider: p, model: ''}]}}", "`model` must not be empty"),
        ("models: {}\naliases: {a: ''}", "`a` must not be empty"),
        (
            f"models: {{}}\npatterns: [{{match: {'x' * 501}, provider: p}}]",
            "`match` has 501 characters; 500 is the most",
        ),
        (
            "models: {}\nunknown_model: {answer: default}",
            "`unknown_model` needs `model` with `answer: default`, and only then",
        ),
        (
            "models: {}\nunknown_model: {model: m}",
            "`unknown_model` needs `model` with `answer: default`, and only then",
        ),
    ],
)
def test_what_is_empty_too_long_or_incomplete_is_told(text: str, message: str) -> None:
    """Rules over several keys point at the mapping that holds them."""
    found = of_mappings(text)
    assert (found.code, found.message) == ("bad-value", message)


def test_too_many_headers_are_counted() -> None:
    """A mapping has entries, not characters."""
    headers = ", ".join(f"X-{index}: a" for index in range(17))
    assert of_provider(f"headers: {{{headers}}}").message == "`headers` has 17 entries; 16 is the most"


@pytest.mark.parametrize(
    ("duration", "message", "hint"),
    [
        ("10 s", "`idle` is not a duration", "write a whole number and a unit, as 500ms, 30s, 10m or 1h"),
        ("1.5h", "`idle` is not a duration", "write a whole number and a unit, as 500ms, 30s, 10m or 1h"),
        ("0s", "`idle` is not between 1ms and 168h", None),
        ("169h", "`idle` is not between 1ms and 168h", None),
    ],
)
def test_a_duration_needs_a_number_and_a_unit(duration: str, message: str, hint: str | None) -> None:
    """And a length that a request can have."""
    found = of_gateway(f"timeouts: {{idle: {duration}}}")
    assert (found.code, found.message, found.hint) == ("bad-duration", message, hint)


@pytest.mark.parametrize(
    ("text", "message", "hint", "at"),
    [
        ("tags: [a b]", "`a b` does not fit `tags`", "use up to 63 letters, digits", "a b"),
        ("health: {path: health}", "`health` does not fit `path`", "start with `/`", "health"),
        (
            "models: {m: {size: 8 billion}}",
            "`8 billion` does not fit `size`",
            "write a number and K, M, B or T",
            "8 billion",
        ),
        (
            "models: {m: {quantisation: Q4 K}}",
            "`Q4 K` does not fit `quantisation`",
            "use up to 32 letters",
            "Q4 K",
        ),
    ],
)
def test_text_of_another_form_is_told_in_words(text: str, message: str, hint: str, at: str) -> None:
    """A regular expression is no hint."""
    found = of_provider(text)
    assert (found.code, found.message, marked(found)) == ("bad-format", message, at)
    assert (found.hint or "").startswith(hint)


@pytest.mark.parametrize(
    ("name", "better"), [("My GPU", "my-gpu"), ("a/b", "a-b"), ("-x", "x"), ("A" * 80, "a" * 63)]
)
def test_a_name_that_cannot_be_one_is_told_with_one_that_can(name: str, better: str) -> None:
    """At the key."""
    (found,) = faults(providers=f"version: 1\nproviders: {{{name}: {{engine: vllm}}}}\n")
    assert found.code == "bad-format"
    assert marked(found) == name
    assert (found.hint or "").endswith(f", as `{better}`")


@pytest.mark.parametrize(
    ("url", "hint"),
    [
        ("localhost:11434", "did you mean `http://localhost:11434`?"),
        ("gpu.example/v", "did you mean `http://gpu.example/v`?"),
        ("http://a:1/x?y=1", "leave out what follows `?` or `#`"),
        ("http://a:99999", "a port is between 1 and 65535"),
        ("http://a:0/x", "a port is between 1 and 65535"),
        ("http://[::::]:1", "write scheme, host and port"),
        ("ftp://a:1", "write scheme, host and port"),
        ("http://a b", "write scheme, host and port"),
    ],
)
def test_an_endpoint_that_is_none_is_told_with_what_is_wrong(url: str, hint: str) -> None:
    """Addresses in brackets must be IPv6 addresses."""
    found = of_provider(f"endpoints: ['{url}']")
    assert (found.code, found.message) == ("bad-endpoint", f"`{url}` is not an endpoint")
    assert (found.hint or "").startswith(hint)


@pytest.mark.parametrize("url", ["http://me:swordfish@a:1", "http://swordfish@a:1"])
def test_credentials_in_an_endpoint_are_not_repeated(url: str) -> None:
    """Neither in the message nor in the excerpt."""
    found = of_provider(f"endpoints: ['{url}']")
    assert found.message == "an endpoint has credentials in it"
    assert "swordfish" not in f"{found}"


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        ("swordfish-2000", "write ${NAME} for an environment variable, or file:/path"),
        ("$OPENAI_API_KEY", "did you mean `${OPENAI_API_KEY}`?"),
        ("os.environ/OPENAI_API_KEY", "did you mean `${OPENAI_API_KEY}`?"),
        ("'{{ OPENAI_API_KEY }}'", "did you mean `${OPENAI_API_KEY}`?"),
    ],
)
def test_a_secret_is_refused_and_not_repeated(value: str, hint: str) -> None:
    """The notations of other tools for a variable are understood, in the hint only."""
    found = of_provider(f"api_key: {value}")
    assert (found.code, found.hint) == ("secret-inline", hint)
    assert "swordfish" not in f"{found}"


def test_a_number_for_a_secret_is_not_repeated() -> None:
    """It may be one."""
    found = of_provider("api_key: 314159265358979")
    assert found.message == "`api_key` must be text, not a whole number"
    assert "314159265358979" not in f"{found}"


@pytest.mark.parametrize(
    ("headers", "code", "at"),
    [
        ("{X-Team: a, Host: b}", "bad-value", "Host"),
        ("{X-Team: a, 'X Y': b}", "bad-value", "'X Y'"),
        ("{x-envoy-retry-on: 5xx}", "bad-value", "x-envoy-retry-on"),
        ('{X-Team: "a\\nb"}', "bad-value", '"a\\nb"'),
        ("{X-Team: a, Authorization: swordfish}", "secret-inline", "••••••••"),
    ],
)
def test_a_header_that_cannot_be_set_is_pointed_at(headers: str, code: str, at: str) -> None:
    """At its name or its value, whichever is wrong."""
    found = of_provider(f"headers: {headers}")
    assert found.code == code
    assert marked(found).startswith(at)
    assert "swordfish" not in f"{found}"


def test_rules_of_ports_yaml_are_told_at_their_mapping() -> None:
    """A health path without HTTP, and a range that ends before it starts."""
    found = faults(
        ports="version: 1\nservices: {a: {port: 1, health: /x}}\nranges: {r: {first: 2, last: 1}}\n"
    )
    assert [(d.message, marked(d)) for d in found] == [
        ("`a` has a health path, which needs `protocol: http` or `https`", "{port: 1, health: /x}"),
        ("`r` has `first` above `last`", "{first: 2, last: 1}"),
    ]


def test_all_faults_of_all_files_are_told_in_their_order() -> None:
    """Files in the order of `DocumentKind`, lines as they stand."""
    found = faults(
        gateway="version: 1\nlog: {keep: 0}\nlisten: {port: 0}\n",
        providers="version: 1\nproviders:\n  b: {zzz: 1}\n  a: {engine: 1}\n",
        mappings="version: 1\nzzz: 1\nmodels: []\n",
    )
    places = [(d.place.path, d.place.line) for d in found if d.place is not None]
    assert places == [
        ("providers.yaml", 3),
        ("providers.yaml", 3),
        ("providers.yaml", 4),
        ("model-mappings.yaml", 2),
        ("model-mappings.yaml", 3),
        ("gateway.yaml", 2),
        ("gateway.yaml", 3),
    ]


def test_values_are_shortened_in_messages() -> None:
    """A pasted file does not fill the terminal."""
    found = of_provider(f"status: {'x' * 500}")
    assert len(found.message) < 120


def test_a_mistyped_key_is_told_once() -> None:
    """Not as unknown and, under its right name, as missing; another missing key is still told."""
    found = faults(providers="version: 1\nproviders:\n  p: {engin: vllm}\n")
    assert [(d.code, d.hint) for d in found] == [("unknown-key", "did you mean `engine`?")]
    found = faults(mappings="models:\n  m: {targets: [{provder: p}]}\n")
    assert [d.code for d in found] == ["missing-key", "missing-key", "unknown-key"]


def test_a_fault_that_aliases_repeat_is_told_once() -> None:
    """It stands in the file once; the same fault in two places is told twice."""
    text = "version: 1\nproviders:\n  p: {engine: vllm, models: {a: &x {size: big}, b: *x, c: *x}}\n"
    (found,) = faults(providers=text)
    assert marked(found) == "big"
    assert len(faults(providers=text.replace("b: *x", "b: {size: big}"))) == 2


def test_a_reference_inside_a_longer_value() -> None:
    """It would be sent as it is written; for a bearer token there is a key that says the same."""
    found = of_provider("headers: {X-Team: 'a ${TEAM}'}")
    assert (found.message, found.hint) == (
        "`headers` has a reference inside a longer value of `X-Team`",
        "let the variable hold the whole value",
    )
    found = of_provider("headers: {Authorization: 'Bearer ${KEY}'}")
    assert found.code == "secret-inline"
    assert found.hint is not None
    assert "`api_key: ${KEY}`" in found.hint
