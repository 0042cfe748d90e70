"""Sends faults to Sentry and spans to an OpenTelemetry collector where the operator set one, else imports neither.

What leaves is scrubbed of tokens, and bears no local variables: names and telephone numbers stand in them.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Any

from config.logging import scrub

NEEDS = {
    "sentry_dsn": ("sentry_sdk", "sentry-sdk"),
    "otlp_endpoint": (
        "opentelemetry.exporter.otlp.proto.http",
        "opentelemetry-sdk opentelemetry-exporter-otlp-proto-http",
    ),
}
"""Which package each setting needs, and how it is installed."""
_tracer: Any = None


def missing(name: str) -> str | None:
    """Says in one sentence what a setting needs that is not installed; None when all is there."""
    module, package = NEEDS[name]
    try:
        there = find_spec(module) is not None
    except ModuleNotFoundError:
        there = False
    return None if there else f"WHISTLE_{name.upper()} needs a package that is not there: pip install {package}"


def watch(process: str, *, environment: str, sentry_dsn: str = "", otlp_endpoint: str = "") -> None:
    """Starts what is set, in the process that is to be watched and not before a fork."""
    if sentry_dsn:
        import sentry_sdk  # type: ignore[import-not-found,unused-ignore]

        sentry_sdk.init(
            sentry_dsn,
            environment=environment,
            release=f"whistle@{release()}",
            server_name=process,
            send_default_pii=False,
            include_local_variables=False,
            before_send=lambda event, _hint: scrubbed(event),
            before_breadcrumb=lambda crumb, _hint: scrubbed(crumb),
        )
    if otlp_endpoint:
        _start_spans(process, environment, otlp_endpoint)


def _start_spans(process: str, environment: str, endpoint: str) -> None:
    global _tracer
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # type: ignore[import-not-found,unused-ignore]
    from opentelemetry.sdk.resources import Resource  # type: ignore[import-not-found,unused-ignore]
    from opentelemetry.sdk.trace import TracerProvider  # type: ignore[import-not-found,unused-ignore]
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # type: ignore[import-not-found,unused-ignore]

    facts = {"service.name": "whistle", "service.version": release(), "service.instance.id": process}
    provider = TracerProvider(resource=Resource.create(facts | {"deployment.environment": environment}))
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter))
    _tracer = provider.get_tracer("whistle")


@contextmanager
def span(name: str, **facts: str | int) -> Iterator[None]:
    """Measures a piece of work for the collector, and does nothing where none is set."""
    if _tracer is None:
        yield
        return
    with _tracer.start_as_current_span(name, attributes=facts):
        yield


def scrubbed(value: Any) -> Any:
    """Takes tokens out of every text of what is about to leave."""
    match value:
        case str():
            return scrub(value)
        case Mapping():
            return {key: scrubbed(item) for key, item in value.items()}
        case list() | tuple():
            return [scrubbed(item) for item in value]
    return value


def release() -> str:
    """Names the version that runs."""
    try:
        return version("whistle")
    except PackageNotFoundError:
        return "unknown"
