"""On the direct lane an engine receives what the client sent, byte for byte, but for the model's name."""

import json

import pytest

from tests.engines.scripted_control import ReceivedRequest, received
from tests.gateway.lab import ENGINE_KEY, Lab

PATH = "/v1/chat/completions"
ENGINE_MODEL = b'"scripted-model"'

# What a JSON library of any gateway in between would have changed.
BODIES = {
    "key order": b'{"zeta": 1, "model": "scripted", "alpha": {"y": 2, "x": 1}, "messages": []}',
    "model last": b'{"messages": [], "model": "scripted"}',
    "64-bit integers": b'{"model": "scripted", "seed": 9223372036854775807, "id": 18446744073709551615, "n": -9223372036854775808}',
    "long integers": b'{"model": "scripted", "big": 123456789012345678901234567890}',
    "unicode escapes": b'{"model": "scripted", "a": "\\u00e9\\ud83d\\ude00\\u0000\\/", "b": "\xc3\xa9\xf0\x9f\x98\x80"}',
    "lone surrogate": b'{"model": "scripted", "a": "\\ud83d"}',
    "duplicate keys": b'{"seed": 1, "model": "scripted", "seed": 2, "stop": [], "stop": ["a"]}',
    "white space": b' \t\r\n{ "model" :\t"scripted" ,\n\n  "messages"  : [ ] }\r\n\r\n',
    "line ends": b'{\r\n"model": "scripted",\r\n"messages": [\r\n]\r\n}',
    "floats": b'{"model": "scripted", "a": 0.10, "b": 1e400, "c": 1E-7, "d": 1.0, "e": -0.0, "f": 5e-324}',
    "no JSON numbers": b'{"model": "scripted", "a": NaN, "b": Infinity}',
    "no white space": b'{"model":"scripted","messages":[]}',
    "nested models": b'{"a": {"model": "scripted"}, "model": "scripted", "b": [{"model": "scripted"}], "c": "\\"model\\": \\"scripted\\""}',
    "nested models first": b'{"metadata": {"model": "other"}, "messages": [{"content": "{\\"model\\": 1}"}], "model": "scripted"}',
    "bytes that are no UTF-8": b'{"model": "scripted", "a": "\xff\xfe"}',
    "something behind": b'{"model": "scripted"} trailing',
}


def sent(lab: Lab, body: bytes, **headers: str) -> ReceivedRequest:
    """What the engine received of a request with these bytes."""
    answer = lab.gateway.http.post(
        PATH, content=body, headers={"content-type": "application/json", **headers}
    )
    assert answer.headers["x-portico-lane"] == "direct", answer.text
    (request,) = received(lab.scripted, PATH)
    return request


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_body(lab: Lab, body: bytes) -> None:
    """All bytes arrive; the one value of the outermost `model` is the engine's name."""
    before, value, after = top_level_model(body)
    assert value == b'"scripted"'
    assert sent(lab, body).body == before + ENGINE_MODEL + after


def top_level_model(body: bytes) -> tuple[bytes, bytes, bytes]:
    """A body cut around the value of its outermost `model`, found by counting brackets outside of strings."""
    depth, at = 0, 0
    while at < len(body):
        if body[at : at + 1] == b'"':
            end = at + 1
            while body[end : end + 1] != b'"':
                end += 2 if body[end : end + 1] == b"\\" else 1
            rest = body[end + 1 :].lstrip(b" \t\r\n")
            if depth == 1 and body[at : end + 1] == b'"model"' and rest.startswith(b":"):
                value = rest[1:].lstrip(b" \t\r\n")
                start = len(body) - len(value)
                return (
                    body[:start],
                    body[start : start + len(b'"scripted"')],
                    body[start + len(b'"scripted"') :],
                )
            at = end + 1
        else:
            depth += {b"{": 1, b"[": 1, b"}": -1, b"]": -1}.get(body[at : at + 1], 0)
            at += 1
    raise AssertionError(f"no model in {body!r}")


def test_body_that_has_the_engines_name_already(lab: Lab) -> None:
    """Nothing at all is changed, not even an escape in the name."""
    body = b'{"messages": [], "model": "scripted-\\u006dodel", "seed": 1.50}'
    assert sent(lab, body).body == body


def test_model_twice(lab: Lab) -> None:
    """The last of two `model` keys decides, and the engine cannot see the other name, whichever it takes."""
    body = b'{"model": "llamacpp", "seed": 1, "model": "scripted"}'
    assert sent(lab, body).body == b'{"model": "scripted-model", "seed": 1, "model": "scripted-model"}'


def test_escaped_key(lab: Lab) -> None:
    """A key with escapes in it is still `model`, and stays as it was written."""
    assert sent(lab, b'{"mod\\u0065l": "scripted"}').body == b'{"mod\\u0065l": "scripted-model"}'


@pytest.mark.parametrize("mebibytes", [1, 20])
def test_large_body(lab: Lab, mebibytes: int) -> None:
    """Long prompts and pictures arrive whole, with the model's name behind them."""
    text = b"a picture \\u00e9 \xc3\xa9 " * (mebibytes * 2**20 // 20)
    before, after = (
        b'{"messages": [{"role": "user", "content": "' + text + b'"}], "model": ',
        b', "seed": 0.10}',
    )
    request = sent(lab, before + b'"scripted"' + after)
    assert request.body == before + ENGINE_MODEL + after
    assert request.header("content-length") == str(len(request.body))


def test_name_from_a_pattern(lab: Lab) -> None:
    """A name that a pattern rewrites is written as JSON writes it, and the rest stays."""
    body = b'{"seed": 1, "model": "any/org/na\xc3\xafve \\"7b\\":q4", "messages": []}'
    assert sent(lab, body).body == b'{"seed": 1, "model": "org/na\xc3\xafve \\"7b\\":q4", "messages": []}'


def test_query_and_path(lab: Lab) -> None:
    """The query arrives as it was; a path without `/v1` arrives with it."""
    body = json.dumps({"model": "scripted", "messages": []})
    lab.gateway.http.post("/chat/completions?api-version=2024%2D10&x=%20+", content=body)
    (request,) = received(lab.scripted)[-1:]
    assert (request.path, request.query) == (PATH, "api-version=2024%2D10&x=%20+")


@pytest.mark.parametrize("model", ["scripted", "scripted-indirect"])
def test_credentials_of_the_client_stay_here(lab: Lab, model: str) -> None:
    """The engine gets the key of its provider; whatever a client sends as credentials reaches no engine on any lane."""
    headers = {
        "authorization": "Bearer the-clients-own",
        "x-api-key": "the-clients-own",
        "api-key": "the-clients-own",
        "x-goog-api-key": "the-clients-own",
        "proxy-authorization": "Basic the-clients-own",
        "cookie": "session=the-clients-own",
    }
    body = {"model": model, "messages": [{"role": "user", "content": "ping"}]}
    assert lab.gateway.http.post(PATH, json=body, headers=headers).status_code == 200
    (request,) = received(lab.scripted, PATH)
    assert request.header("authorization") == f"Bearer {ENGINE_KEY}"
    assert "the-clients-own" not in str(request.headers)


def test_credentials_of_one_provider_reach_no_other(lab: Lab) -> None:
    """An engine without a key gets none, also when it stands in for one that has a key, or for the client's."""
    body = {"model": "unruly", "messages": [{"role": "user", "content": "ping"}]}
    headers = {"authorization": "Bearer the-clients-own"}
    assert lab.gateway.http.post(PATH, json=body, headers=headers).status_code == 200
    (request,) = received(lab.unruly, PATH)
    assert request.header("authorization") is None
    assert ENGINE_KEY not in str(request.headers)


def test_other_headers(lab: Lab) -> None:
    """What a client says about its request arrives; what is between gateway and client does not."""
    request = sent(
        lab,
        b'{"model": "scripted", "messages": []}',
        **{
            "x-request-id": "trace-me.1",
            "openai-organization": "org",
            "traceparent": "00-1-2-01",
            "x-portico-model": "spoofed",
        },
    )
    assert request.header("x-request-id") == "trace-me.1"
    assert request.header("openai-organization") == "org"
    assert request.header("traceparent") == "00-1-2-01"
    assert [name for name, _ in request.headers if name.lower().startswith(("x-portico-", "x-envoy-"))] == []
    assert request.header("host") == lab.scripted.url.removeprefix("http://")
