"""Members of a body that LiteLLM takes as orders to itself: no client gives it any."""

import json

import pytest

from tests.engines.scripted_control import received
from tests.gateway.caller import error_of, user
from tests.gateway.lab import ENGINE_KEY, Lab

PATH = "/v1/chat/completions"
ORDERS = {
    "api_base": "http://127.0.0.1:9",
    "base_url": "http://127.0.0.1:9",
    "api_key": "sk-of-the-client",  # pragma: allowlist secret
    "extra_headers": {"authorization": "Bearer injected", "x-injected": "1"},
    "headers": {"x-injected": "1"},
    "extra_body": {"model": "llamacpp/tiny"},
    "fallbacks": ["llamacpp/tiny"],
    "mock_response": "never asked",
    "custom_llm_provider": "openai",
    "user_config": {"model_list": []},
    "model_list": [],
    "input_cost_per_token": 0,
}


@pytest.mark.parametrize("order", ORDERS)
def test_orders_are_refused(lab: Lab, order: str) -> None:
    """400 that names the parameter, and the engine is not asked."""
    body = {"model": "scripted-indirect", "messages": user("ping"), order: ORDERS[order]}
    error = error_of(lab.gateway.http.post(PATH, json=body), 400)
    assert (error["param"], error["code"]) == (order, "unsupported_parameter")
    assert received(lab.scripted, PATH) == []


def test_an_order_with_escapes_in_its_name_is_refused(lab: Lab) -> None:
    """However the member is written."""
    body = b'{"model": "scripted-indirect", "messages": [], "extra\\u005fheaders": {"x-injected": "1"}}'
    assert error_of(lab.gateway.http.post(PATH, content=body), 400)["param"] == "extra_headers"


def test_the_same_words_elsewhere_are_no_orders(lab: Lab) -> None:
    """Inside of messages, as values, in nested objects: they arrive."""
    body = {
        "model": "scripted-indirect",
        "messages": user('{"extra_headers": {}, "api_base": 1} \u0041 "fallbacks":'),
        "user": "api_key",
        "chat_template_kwargs": {"mock_response": True, "headers": {}},
    }
    assert lab.gateway.http.post(PATH, json=body).status_code == 200
    (request,) = received(lab.scripted, PATH)
    assert json.loads(request.body)["chat_template_kwargs"] == {"mock_response": True, "headers": {}}
    assert request.header("authorization") == f"Bearer {ENGINE_KEY}"


@pytest.mark.parametrize("order", ORDERS)
def test_on_the_direct_lane_they_are_the_engines_affair(lab: Lab, order: str) -> None:
    """The bytes arrive, and mean there what they mean."""
    body = {"model": "scripted", "messages": user("ping"), order: ORDERS[order]}
    assert lab.gateway.http.post(PATH, json=body).status_code == 200
    (request,) = received(lab.scripted, PATH)
    assert json.loads(request.body)[order] == ORDERS[order]
    assert request.header("x-injected") is None


def test_litellm_as_the_last_resort_takes_no_orders_either(lab: Lab) -> None:
    """What the engine would have taken is not held against the client: it is told that the engine is away."""
    body = {"model": "down", "messages": user("ping"), "extra_headers": {"x-injected": "1"}}
    assert error_of(lab.gateway.http.post(PATH, json=body), 503)["code"] == "no_provider_answered"
