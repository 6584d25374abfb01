"""The real Envoy takes what is rendered, and takes changes while it runs."""

import json
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from generator.render.envoy import render_envoy
from generator.render.envoy.flatten import flatten
from tests.envoy.example import GATEWAY, MAPPINGS, PROVIDERS
from tests.envoy.gateway import envoy_binary, free_port, running_gateway, topology_of
from tests.envoy.recording import Recording, Reply


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize(
    ("providers", "mappings"),
    [
        (PROVIDERS, MAPPINGS),
        ({}, {"models": {}}),
        (PROVIDERS, MAPPINGS | {"unknown_model": {"answer": "default", "model": "chat"}}),
    ],
)
def test_envoy_validates_the_flattened_files(
    tmp_path: Path, providers: Any, mappings: Any, workers: int
) -> None:
    """With everything, with nothing, and with a model for unknown names; no other file is needed."""
    topology = topology_of(providers, mappings, {**GATEWAY, "litellm": {"workers": workers}})
    (tmp_path / "flat.json").write_bytes(flatten(render_envoy(topology)))
    command = [str(envoy_binary()), "--mode", "validate", "-c", "flat.json", "-l", "warning"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")


def test_a_default_model_takes_unknown_names_and_releases_change_under_load(tmp_path: Path) -> None:
    """A stream that began before its cluster and route changed ends whole; new requests see the new files."""
    gateway_file = {
        "listen": {"port": free_port()},
        "control": {"port": free_port()},
        "litellm": {"workers": 0},
    }

    def files(engine: Recording, model: str) -> Any:
        providers = {
            "p": {"engine": "vllm", "endpoints": [f"http://127.0.0.1:{engine.port}"], "models": {model: {}}}
        }
        models = {"known": {"targets": [{"provider": "p", "model": model}]}}
        unknown = {"answer": "default", "model": "known"}
        return topology_of(providers, {"models": models, "unknown_model": unknown}, gateway_file)

    with Recording("old") as old, Recording("new") as new:
        chunks = [b"data: %d\n\n" % number for number in range(12)]
        old.behave = lambda _: Reply(chunks=chunks, pause=0.1)
        with running_gateway(files(old, "first"), tmp_path) as gateway, gateway.client() as client:
            with client.stream(
                "POST", "/v1/chat/completions", json={"model": "anything", "stream": True}
            ) as answer:
                assert answer.headers["x-portico-model"] == "known"
                received = answer.iter_raw()
                seen = [next(received)]
                rendered = render_envoy(files(new, "second"))
                for name in ("cds", "rds"):
                    data = rendered[f"envoy/xds/{name}.json"]
                    gateway.replace(f"xds/{name}.json", data)
                    gateway.wait_for(json.loads(data)["version_info"])
                with gateway.client() as other:
                    assert other.post("/v1/chat/completions", json={"model": "known"}).status_code == 200
                seen += received
            assert b"".join(seen) == b"".join(chunks)
        assert old.bodies == [b'{"model":"first","stream":true}']
        assert new.bodies == [b'{"model":"second"}']


def test_unknown_fields_are_refused_and_the_old_file_keeps_serving(tmp_path: Path) -> None:
    """The flag for dynamic files is part of how Envoy is started."""
    gateway_file = {
        "listen": {"port": free_port()},
        "control": {"port": free_port()},
        "litellm": {"workers": 0},
    }
    with (
        running_gateway(topology_of({}, {"models": {}}, gateway_file), tmp_path) as gateway,
        gateway.client() as client,
    ):
        broken = json.loads((tmp_path / "xds" / "rds.json").read_bytes())
        broken["resources"][0]["virtual_hosts"][0]["no_such_field"] = 1
        gateway.replace("xds/rds.json", json.dumps(broken).encode())
        deadline = time.monotonic() + 5
        while "http.main.rds.main.update_rejected: 1" not in gateway.admin("/stats?filter=update_rejected"):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert client.get("/health").status_code == 200
