"""GET /metrics: what Prometheus scrapes. It is read from the database, so that any web process tells it all."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from importlib.metadata import PackageNotFoundError, version

import structlog
from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from actions.access import METRICS
from actions.ports import Deps, StoreUnavailableError
from actions.pulse import Pulse, pulse
from actions.statistics import Gauge, gauges
from web.address import is_loopback
from web.callers import caller
from web.errors import Problem
from web.health import redis_answers
from web.parts import parts

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
PATIENCE_S = 8.0
log = structlog.get_logger(__name__)


async def on_metrics(request: web.Request) -> web.Response:
    """Answers to a key with the scope, and to a scraper on this machine where no proxy stands before it."""
    known = caller(request)
    if not (known is not None and METRICS in known.scopes) and not _from_this_machine(request):
        raise Problem(HTTPStatus.UNAUTHORIZED, "key_needed", headers={"WWW-Authenticate": "Bearer"})
    here = parts(request)
    families = [*_built(), _up("redis", await redis_answers(here)), *await _from_database(here.deps)]
    registry = CollectorRegistry()
    registry.register(_Told(families))
    return web.Response(
        body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE, "Cache-Control": "no-store"}
    )


class _Told(Collector):
    """Families that are known already."""

    def __init__(self, families: Iterable[Metric]) -> None:
        merged: dict[str, Metric] = {}
        for family in families:
            merged.setdefault(family.name, family)
            if merged[family.name] is not family:
                merged[family.name].samples.extend(family.samples)
        self._families = merged.values()

    def collect(self) -> Iterator[Metric]:
        """Gives them."""
        yield from self._families


def _from_this_machine(request: web.Request) -> bool:
    """Tells whether the scraper runs here; behind a proxy everybody seems to, and then nobody is believed."""
    return parts(request).scraped_here and is_loopback(request) and "X-Forwarded-For" not in request.headers


async def _from_database(deps: Deps) -> list[Metric]:
    try:
        async with asyncio.timeout(PATIENCE_S):
            found, figures, replica = await pulse(deps), await gauges(deps), await deps.store.replica()
    except (StoreUnavailableError, TimeoutError) as fault:
        log.warning("metrics without the database", fault=type(fault).__name__)
        return [_up("database", False)]
    told = [_up("database", True), *_queues(found), *_beats(found), *_leases(found), *_figures(figures)]
    if replica is not None:
        told.append(_up("replica", replica.usable))
        told.append(_one("replica_behind_seconds", "For how long the replica has lacked something.", replica.behind_s))
    return told


def _queues(found: Pulse) -> Iterator[Metric]:
    told = {
        "inbox": ("updates that were kept and wait to be handled", found.inbox),
        "jobs": ("jobs that wait for a worker", found.jobs),
        "messages": ("messages that should have left", found.messages),
    }
    for name, (what, depth) in told.items():
        yield _one(f"{name}_waiting", f"How many {what}.", depth.waiting)
        yield _one(f"{name}_oldest_seconds", f"How long the oldest of the {what}.", found.age_s(depth.oldest_at))
        yield _one(f"{name}_dead", f"How many {name} were set aside; `whistle dead list`.", depth.dead)
    by_verb = [({"verb": verb}, float(n)) for verb, n in found.jobs_by_verb.items()]
    yield _family("jobs_waiting_by_verb", "Jobs that wait, by what is to be done.", by_verb)
    yield _one("inbox_latest_seconds", "How long ago the last update was kept.", found.age_s(found.latest_update_at))


def _beats(found: Pulse) -> Iterator[Metric]:
    yield _one("messages_sent_5m", "Messages sent in the last five minutes.", found.beats.sent)
    yield _one("cards_sent_5m", "Cards of cases among them.", found.beats.cards)
    yield _one(
        "clocks_overdue", "Clocks of open cases that run although their time is over.", found.beats.clocks_overdue
    )
    yield _one("steps_late", "Ladder steps that nobody took within five minutes.", found.beats.steps_late)


def _leases(found: Pulse) -> Iterator[Metric]:
    held = [({"duty": duty, "owner": lease.owner}, 1.0) for duty, lease in found.leases.items()]
    left = [({"duty": duty}, (lease.until - found.at).total_seconds()) for duty, lease in found.leases.items()]
    yield _family("lease_held", "Which process does a duty of which there is one.", held)
    yield _family("lease_left_seconds", "How long its lease lasts; below zero nobody does the duty.", left)


def _figures(figures: Iterable[Gauge]) -> Iterator[Metric]:
    cases = [({"figure": g.name, "district": g.labels.get("district", "")}, g.value) for g in figures if not _rate(g)]
    yield _family("cases", "The board's figures of cases, now and of today, by district where that is known.", cases)
    rates = [({"rate": g.name}, g.value) for g in figures if _rate(g)]
    yield _family("rate_percent", "The board's rates of thirty days.", rates)


def _rate(gauge: Gauge) -> bool:
    return "district" not in gauge.labels and gauge.name not in ("registered", "cleared_in_period")


def _built() -> Iterator[Metric]:
    try:
        number = version("whistle")
    except PackageNotFoundError:
        number = "unknown"
    yield InfoMetricFamily("whistle_build", "Which version answers.", value={"version": number})


def _up(part: str, there: bool) -> Metric:
    return _family("up", "Whether a part answers.", [({"part": part}, float(there))])


def _one(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(f"whistle_{name}", what, value=float(value))


def _family(name: str, what: str, told: Iterable[tuple[Mapping[str, str], float]]) -> Metric:
    samples = list(told)
    family = GaugeMetricFamily(f"whistle_{name}", what, labels=list(samples[0][0]) if samples else ["none"])
    for labels, value in samples:
        family.add_metric(list(labels.values()), value)
    return family
