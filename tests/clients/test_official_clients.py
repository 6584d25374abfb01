"""The official Python clients against the gateway: what a user's own program does, on both lanes.

The `ollama` client speaks Ollama's own /api/*, which is not on the gateway's surface: it must be told so readably. That it
works with what stands for Ollama here is shown in tests/contract/test_engine_processes.py.
"""

import asyncio
from collections.abc import Iterator
from typing import cast

import anthropic
import ollama
import openai
import pytest
from openai.types.chat import ChatCompletionToolParam

from tests.gateway.caller import WEATHER
from tests.gateway.lab import Lab
from tests.gateway.running import Gateway

MODELS = ("llamacpp", "llamacpp-indirect", "ollama", "ollama-indirect")
EXACT = {"temperature": 0}
"""Anthropic's client has no parameter for it any more."""
TOOL = cast(ChatCompletionToolParam, WEATHER)


@pytest.fixture(params=["/v1", ""])
def openai_client(gateway: Gateway, request: pytest.FixtureRequest) -> Iterator[openai.OpenAI]:
    """OpenAI's client with and without `/v1` in its base URL, as it is when nobody configures retries."""
    url = gateway.url.replace("127.0.0.1", "localhost") + request.param
    with openai.OpenAI(base_url=url, api_key="a client's own") as client:
        yield client


@pytest.fixture
def anthropic_client(gateway: Gateway) -> Iterator[anthropic.Anthropic]:
    """Anthropic's client; it adds `/v1/messages` itself."""
    with anthropic.Anthropic(base_url=gateway.url, api_key="a client's own") as client:
        yield client


@pytest.mark.parametrize("model", MODELS)
def test_openai_chat(openai_client: openai.OpenAI, model: str) -> None:
    """A chat, plain and streamed with usage."""
    plain = openai_client.chat.completions.create(
        model=model, messages=[{"role": "user", "content": "ping"}], temperature=0
    )
    assert plain.choices[0].message.content == "pong"
    assert plain.usage is not None
    with openai_client.chat.completions.create(
        model=model,
        messages=[{"role": "user", "content": "ping"}],
        temperature=0,
        stream=True,
        stream_options={"include_usage": True},
    ) as stream:
        chunks = list(stream)
    assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == "pong"
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens == plain.usage.completion_tokens


@pytest.mark.parametrize("model", MODELS)
def test_openai_stream_accumulator(openai_client: openai.OpenAI, model: str) -> None:
    """The client's own accumulator, which checks every chunk, puts a streamed tool call together."""
    with openai_client.chat.completions.stream(
        model=model,
        messages=[{"role": "user", "content": "What is the weather in Paris?"}],
        tools=[TOOL],
        temperature=0,
    ) as stream:
        choice = stream.get_final_completion().choices[0]
    assert choice.finish_reason == "tool_calls"
    assert choice.message.tool_calls is not None
    (call,) = choice.message.tool_calls
    assert call.function.name == "get_weather"
    assert "Paris" in call.function.arguments


@pytest.mark.parametrize("model", MODELS)
def test_openai_responses(openai_client: openai.OpenAI, model: str) -> None:
    """A response, plain and streamed.

    The client's accumulator (`responses.stream`) is not used: it needs `content_index`, which llama.cpp does not send.
    """
    assert openai_client.responses.create(model=model, input="ping", temperature=0).output_text == "pong"
    with openai_client.responses.create(model=model, input="ping", temperature=0, stream=True) as stream:
        events = list(stream)
    assert "".join(event.delta for event in events if event.type == "response.output_text.delta") == "pong"
    assert events[-1].type == "response.completed"
    assert events[-1].response.output_text == "pong"


@pytest.mark.parametrize("model", MODELS)
def test_openai_embeddings_and_completions(openai_client: openai.OpenAI, model: str) -> None:
    """Embeddings, which the client asks for in base64, and completions."""
    embedded = openai_client.embeddings.create(model=model, input=["ping", "Hello"])
    assert [len(entry.embedding) for entry in embedded.data] == [64, 64]
    assert openai_client.completions.create(model=model, prompt="ping", max_tokens=5).choices[0].text


def test_openai_models(openai_client: openai.OpenAI) -> None:
    """The list, and one model whose name has slashes and a colon, which the client escapes."""
    assert {"llamacpp", "org/Scripted-7B:latest", "gpt-4o"} <= {
        model.id for model in openai_client.models.list()
    }
    assert openai_client.models.retrieve("org/Scripted-7B:latest").id == "org/Scripted-7B:latest"
    with pytest.raises(openai.NotFoundError, match="does not exist"):
        openai_client.models.retrieve("nothing/like:it")


def test_openai_errors(openai_client: openai.OpenAI) -> None:
    """Errors arrive as the client's own exceptions, with code, parameter and a message that helps."""
    with pytest.raises(openai.NotFoundError, match="did you mean 'llamacpp'") as raised:
        openai_client.chat.completions.create(model="llamacp", messages=[{"role": "user", "content": "ping"}])
    assert raised.value.code == "model_not_found"
    assert raised.value.param == "model"
    once = openai_client.with_options(max_retries=0)
    with pytest.raises(openai.InternalServerError, match="no provider of model 'down' answered"):
        once.chat.completions.create(model="down", messages=[{"role": "user", "content": "ping"}])


def test_openai_async(gateway: Gateway) -> None:
    """Twenty chats at the same time, half of them streamed, over both lanes."""

    async def one(client: openai.AsyncOpenAI, number: int) -> str:
        model = MODELS[number % 2]
        if number % 4 < 2:
            answer = await client.chat.completions.create(
                model=model, messages=[{"role": "user", "content": "ping"}], temperature=0
            )
            return answer.choices[0].message.content or ""
        stream = await client.chat.completions.create(
            model=model, messages=[{"role": "user", "content": "ping"}], temperature=0, stream=True
        )
        return "".join([chunk.choices[0].delta.content or "" async for chunk in stream if chunk.choices])

    async def all_of_them() -> list[str]:
        async with openai.AsyncOpenAI(base_url=gateway.url, api_key="-") as client:
            return await asyncio.gather(*(one(client, number) for number in range(20)))

    assert asyncio.run(all_of_them()) == ["pong"] * 20


@pytest.mark.parametrize("model", MODELS)
def test_anthropic_messages(anthropic_client: anthropic.Anthropic, model: str) -> None:
    """A message, plain and through the client's own stream accumulator."""
    message = anthropic_client.messages.create(
        model=model, max_tokens=20, messages=[{"role": "user", "content": "ping"}], extra_body=EXACT
    )
    assert message.content[0].type == "text"
    assert message.content[0].text == "pong"
    assert message.usage.output_tokens > 0
    with anthropic_client.messages.stream(
        model=model, max_tokens=20, messages=[{"role": "user", "content": "ping"}], extra_body=EXACT
    ) as stream:
        assert "".join(stream.text_stream) == "pong"
        assert stream.get_final_message().stop_reason == "end_turn"


def test_anthropic_errors(anthropic_client: anthropic.Anthropic) -> None:
    """Anthropic's client finds the message and the type in the gateway's errors."""
    with pytest.raises(anthropic.NotFoundError, match="did you mean 'llamacpp'") as raised:
        anthropic_client.messages.create(
            model="llamacp", max_tokens=20, messages=[{"role": "user", "content": "ping"}]
        )
    assert isinstance(raised.value.body, dict)
    assert raised.value.body["type"] == "error"


def test_anthropic_async(gateway: Gateway) -> None:
    """The asynchronous client over both lanes."""

    async def ask(model: str) -> str:
        async with anthropic.AsyncAnthropic(base_url=gateway.url, api_key="-") as client:
            message = await client.messages.create(
                model=model, max_tokens=20, messages=[{"role": "user", "content": "ping"}], extra_body=EXACT
            )
        assert message.content[0].type == "text"
        return message.content[0].text

    assert [asyncio.run(ask(model)) for model in MODELS[:2]] == ["pong", "pong"]


def test_ollama_against_the_gateway(gateway: Gateway) -> None:
    """Ollama's own API is not served here: its client gets a clean 404 that it can show, whatever it tries."""
    messages = [{"role": "user", "content": "ping"}]
    with ollama.Client(host=gateway.url) as client:
        attempts = (
            client.list,
            client.ps,
            lambda: client.chat("ollama", messages=messages),
            lambda: client.generate("ollama", "ping"),
            lambda: client.embed("ollama", "ping"),
            lambda: list(client.chat("ollama", messages=messages, stream=True)),
        )
        for attempt in attempts:
            with pytest.raises(ollama.ResponseError, match="there is nothing at this path") as raised:
                attempt()
            assert raised.value.status_code == 404


def test_ollama_beside_the_gateway(lab: Lab) -> None:
    """The same client goes on working with Ollama itself while the gateway uses it."""
    with ollama.Client(host=lab.ollama.url) as client:
        messages = [{"role": "user", "content": "ping"}]
        answer = client.chat("tiny", messages=messages, options={"temperature": 0})
    assert answer.message.content == "pong"
