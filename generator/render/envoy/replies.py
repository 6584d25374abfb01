"""Answers that Envoy gives itself: all in the shape of OpenAI's errors, with the `type` that Anthropic's clients look for.

https://platform.openai.com/docs/guides/error-codes, https://docs.anthropic.com/en/api/errors
"""

import json
from typing import Any

from generator.render.envoy.xds import Json, extension, typed

_INVALID = "invalid_request_error"
_SERVER = "server_error"

_TOO_LARGE = "the request body is larger than 64 MiB"

_LOCAL_REPLIES: tuple[tuple[int, str, str, str], ...] = (
    (400, "the request is not valid HTTP: %RESPONSE_CODE_DETAILS%", _INVALID, "bad_request"),
    (403, "this request is not allowed", _INVALID, "forbidden"),
    (404, "there is nothing at this path", _INVALID, "not_found"),
    (408, "the request did not arrive in time", _INVALID, "request_timeout"),
    (413, _TOO_LARGE, _INVALID, "request_too_large"),
    (426, "this version of HTTP is not supported", _INVALID, "upgrade_required"),
    (429, "too many requests", "rate_limit_error", "rate_limit_exceeded"),
    (431, "the request headers are too large", _INVALID, "request_headers_too_large"),
)


def error(message: str, kind: str, code: str, param: str | None = None) -> Json:
    """The body of an error."""
    return {"type": "error", "error": {"message": message, "type": kind, "param": param, "code": code}}


def local_replies() -> Json:
    """The HTTP connection manager's `local_reply_config`.

    Direct responses and Lua's own answers have their body already. When a provider could not be reached, the answer is marked
    for outcome.lua, which knows the model and what was tried.
    """
    unwritten = "!(response.code_details in ['direct_response', 'lua_response'])"
    late = "response.code == 504"
    return {
        "mappers": [
            _mark("late", f"{unwritten} && {late} && !({_OVERLOAD})"),
            _mark("down", f"{unwritten} && response.code in [502, 503] && !({_OVERLOAD})"),
            *(
                _mapper(f"{unwritten} && response.code == {status}", error(*texts))
                for status, *texts in _LOCAL_REPLIES
            ),
            _mapper(
                unwritten, error("the gateway answered: %RESPONSE_CODE_DETAILS%", _SERVER, "gateway_error")
            ),
        ]
    }


_OVERLOAD = "response.code_details.startsWith('overload')"


def _cel(expression: str) -> Json:
    return {
        "extension_filter": extension(
            "cel", "extensions.access_loggers.filters.cel.v3.ExpressionFilter", expression=expression
        )
    }


def _mapper(expression: str, body: Json) -> Json:
    return {
        "filter": _cel(expression),
        "body_format_override": {"content_type": "application/json", "json_format": body},
    }


def _mark(answer: str, expression: str) -> Json:
    return {
        "filter": _cel(expression),
        "headers_to_add": [header("x-portico-answer", answer)],
        "body_format_override": {
            "content_type": "application/json",
            "json_format": error(
                "the gateway has no answer: %RESPONSE_CODE_DETAILS%", _SERVER, "gateway_error"
            ),
        },
    }


def header(name: str, value: str) -> Json:
    """A header to set on a response."""
    return {"header": {"key": name, "value": value}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}


def direct(status: int, body: Json, **headers: str) -> Json:
    """A route that answers at once with a fixed body. Header names are written with `_` for `-`."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return _route(status, {"body": {"inline_string": text}}, headers)


def formatted(status: int, body: Json, **headers: str) -> Json:
    """A route that answers at once with a body made from the request, in Envoy's format language."""
    return _route(status, {"body_format": {"content_type": "application/json", "json_format": body}}, headers)


def _route(status: int, answer: Json, headers: dict[str, str]) -> Json:
    added = [header("content-type", "application/json")]
    added += [header(name.replace("_", "-"), value) for name, value in sorted(headers.items())]
    return typed(
        "config.route.v3.Route",
        match={"prefix": "/"},
        direct_response={"status": status, **answer},
        response_headers_to_add=added,
    )


def fixed_answers() -> dict[str, Json]:
    """The routes for what request.lua found wrong, by the name it gives them."""
    unsupported: Any = error(
        "the model '%REQ(x-portico-model)%' is not served on this path; it is served on %REQ(x-portico-serves)%",
        _INVALID,
        "unsupported_endpoint",
        "model",
    )
    return {
        "not-found": direct(404, error("there is nothing at this path", _INVALID, "not_found")),
        "method-post": direct(
            405, error("this path takes POST only", _INVALID, "method_not_allowed"), allow="POST"
        ),
        "method-get": direct(
            405, error("this path takes GET only", _INVALID, "method_not_allowed"), allow="GET, HEAD"
        ),
        "too-large": direct(413, error(_TOO_LARGE, _INVALID, "request_too_large")),
        "bad-json": direct(
            400, error("could not parse the JSON body: it is not a JSON object", _INVALID, "invalid_json")
        ),
        "no-model": direct(
            400, error("you must provide a model parameter", _INVALID, "missing_model", "model")
        ),
        "bad-name": direct(
            400,
            error(
                "the model parameter is not a name: longer than 512 bytes or not printable",
                _INVALID,
                "invalid_model",
                "model",
            ),
        ),
        "unsupported": formatted(400, unsupported),
        "health": direct(200, {"status": "ok"}),
    }
