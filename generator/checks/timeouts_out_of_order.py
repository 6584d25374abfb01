"""A time limit can never be reached, because a shorter one ends the request before."""

from collections.abc import Iterator, Mapping

from generator.checks.subject import Check, Subject, in_gateway, in_providers
from schemas.diagnostics import Finding, Pointer, Severity
from schemas.fields import milliseconds

_ORDER = (("connect", "first_token"), ("connect", "request"), ("first_token", "request"), ("idle", "request"))


def _find(subject: Subject) -> Iterator[Finding]:
    defaults = subject.config.gateway.timeouts
    gateway_wide = {key: str(getattr(defaults, key)) for key in ("connect", "first_token", "idle", "request")}
    places = {key: in_gateway("timeouts", key) for key in gateway_wide}
    in_file = frozenset(defaults.model_fields_set)
    yield from _misordered(gateway_wide, places, in_file, dict.fromkeys(gateway_wide, "the default"))
    sources = {key: "from gateway.yaml" if key in in_file else "the default" for key in gateway_wide}
    for name, entry in subject.active.items():
        own = {key: value for key in gateway_wide if (value := getattr(entry.timeouts, key)) is not None}
        here = {**places, **{key: in_providers("providers", name, "timeouts", key) for key in own}}
        yield from _misordered({**gateway_wide, **own}, here, frozenset(own), sources)
        if milliseconds(entry.health.timeout) > milliseconds(entry.health.interval):
            given = "timeout" if "timeout" in entry.health.model_fields_set else "interval"
            message = f"a probe's `timeout` ({entry.health.timeout}) is longer than its `interval` ({entry.health.interval})"
            yield Finding(
                message,
                in_providers("providers", name, "health", given),
                "let a probe end before the next begins",
            )


def _misordered(
    limits: Mapping[str, str],
    places: Mapping[str, Pointer],
    given: frozenset[str],
    sources: Mapping[str, str],
) -> Iterator[Finding]:
    """Pairs in the wrong order of which at least one is given here. It is a note where the longer one is not: the shorter acts."""
    told: set[str] = set()
    for longer, shorter in _ORDER:
        if (
            longer in told
            or not {longer, shorter} & given
            or milliseconds(limits[longer]) <= milliseconds(limits[shorter])
        ):
            continue
        told.add(longer)
        names = [
            f"`{key}` ({limits[key]}{'' if key in given else f', {sources[key]}'})"
            for key in (longer, shorter)
        ]
        at, other = (longer, shorter) if longer in given else (shorter, longer)
        related = places[other] if other in given or places[other] != places[at] else None
        yield Finding(
            f"{names[0]} can never be reached: {names[1]} ends the request before",
            places[at],
            f"give `{longer}` at most {limits[shorter]}",
            related if other in given else None,
            None if longer in given else Severity.INFO,
        )


CHECK = Check(
    code="timeouts-out-of-order",
    severity=Severity.WARNING,
    summary="A time limit is longer than one that includes it: connect, then first token, then the whole request; idle, then request.",
    remedy=(
        "The longer limit never acts, so one of the two is not what was meant. It is only a note where the longer one comes from the "
        "defaults. A probe's timeout belongs below its interval."
    ),
    find=_find,
)
