"""GET /v1/models and /v1/models/{id}."""

import pytest

from tests.envoy.conftest import Lab


@pytest.mark.parametrize("path", ["/v1/models", "/models", "/v1/models?limit=5"])
def test_the_list_holds_every_model_and_alias(lab: Lab, path: str) -> None:
    """Sorted by id, in OpenAI's shape."""
    listing = lab.client.get(path).json()
    ids = [entry["id"] for entry in listing["data"]]
    assert listing["object"] == "list"
    assert ids == sorted(ids)
    assert {"llama", "cloudy", "gpt-4o", "org/model:tag", "ünï cödé"} <= set(ids)
    assert all({"id", "object", "created", "owned_by", "portico"} == set(entry) for entry in listing["data"])


def test_an_entry_says_what_is_known(lab: Lab) -> None:
    """From the configuration alone."""
    assert lab.client.get("/v1/models/llama").json() == {
        "id": "llama",
        "object": "model",
        "created": 0,
        "owned_by": "a",
        "portico": {
            "aliases": ["gpt-4o"],
            "apis": ["/v1/chat/completions", "/v1/completions", "/v1/responses", "/v1/messages"],
            "capabilities": ["chat", "completion"],
            "description": "A model",
            "lanes": ["direct"],
            "tags": ["fast"],
        },
    }


def test_an_alias_says_what_it_stands_for(lab: Lab) -> None:
    """And is otherwise like the model."""
    entry = lab.client.get("/models/gpt-4o-cloud").json()
    assert (entry["id"], entry["owned_by"]) == ("gpt-4o-cloud", "cloud")
    assert (entry["portico"]["alias_of"], entry["portico"]["lanes"]) == ("cloudy", ["litellm"])


@pytest.mark.parametrize(
    "path", ["org/model:tag", "org%2Fmodel:tag", "org%2fmodel%3Atag", "%C3%BCn%C3%AF%20c%C3%B6d%C3%A9"]
)
def test_ids_may_be_escaped(lab: Lab, path: str) -> None:
    """Slashes and colons are part of names, and clients escape them or not."""
    answer = lab.client.get(f"/v1/models/{path}")
    assert answer.status_code == 200
    assert answer.json()["owned_by"] == "c"


def test_a_name_only_a_pattern_knows_has_an_entry(lab: Lab) -> None:
    """Made from the request; a percent sign in a description stays one."""
    entry = lab.client.get("/v1/models/raw/x%22y").json()
    assert (entry["id"], entry["owned_by"]) == ('raw/x"y', "c")
    assert entry["portico"] == {
        "pattern": "pattern-1",
        "lanes": ["direct", "litellm"],
        "description": "100 % raw",
    }


def test_head_has_no_body(lab: Lab) -> None:
    """The same headers without the list."""
    answer = lab.client.head("/v1/models")
    assert (answer.status_code, answer.content) == (200, b"")
