"""Atom feeds (RFC 4287): the cases of late, and the alerts of disasters with the CAP document behind each entry."""

from datetime import datetime
from http import HTTPStatus
from xml.etree.ElementTree import Element

from aiohttp import web

from actions import browse, exports
from actions.access import READ
from actions.exports import CaseAlert, CaseRow
from models.rules.calendars import SHANGHAI
from web.access import need
from web.answers import as_bytes
from web.errors import Problem
from web.exports import cap
from web.exports.asked import cases_asked
from web.exports.columns import Wording, as_text
from web.exports.xml import add, written
from web.languages import TAGS, text
from web.parts import parts

ATOM = "http://www.w3.org/2005/Atom"
GEORSS = "http://www.georss.org/georss"
MEDIA_TYPE = "application/atom+xml"
ENTRIES = 100
STATUS = web.AppKey("cap status", str)


def routes() -> list[web.AbstractRouteDef]:
    """Lists the addresses."""
    return [
        web.get("/api/v1/exports/cases.atom", on_cases),
        web.get("/api/v1/exports/alerts.atom", on_alerts),
        web.get(r"/api/v1/exports/alerts/{case_no}/{number:\d{1,6}}.xml", on_alert),
    ]


async def on_cases(request: web.Request) -> web.Response:
    """Answers with the newest cases, each with its state."""
    here = parts(request)
    wanted = cases_asked(request, limit=ENTRIES)
    wording = Wording(text(request), here.deps.catalogue)
    rows = [row async for page in exports.pages(here.deps, wanted) for row in page]
    newest = max((row.changed_at for row in rows), default=None)
    feed = _feed(request, "feed.cases", newest)
    for row in rows:
        _case(feed, request, row, wording)
    return as_bytes(request, written(feed), content_type=MEDIA_TYPE)


async def on_alerts(request: web.Request) -> web.Response:
    """Answers with the latest messages about disasters."""
    here = parts(request)
    wanted = cases_asked(request, limit=ENTRIES)
    told = (await exports.told(here.deps, wanted))[:ENTRIES]
    feed = _feed(request, "feed.alerts", told[0].alert.sent_at if told else None)
    for one in told:
        _alert(feed, request, one)
    return as_bytes(request, written(feed), content_type=MEDIA_TYPE)


async def on_alert(request: web.Request) -> web.Response:
    """Answers with one CAP document."""
    here, who = parts(request), need(request, READ)
    given = request.match_info["case_no"]
    await browse.reachable(here.deps, who.actor, who.area_code, given)
    case = await exports.one(here.deps, given)
    told = await exports.of_case(here.deps, case) if case else []
    number = int(request.match_info["number"])
    if not 1 <= number <= len(told):
        raise Problem(HTTPStatus.NOT_FOUND, "not_found")
    body = cap.document(here.deps, here.texts, told[number - 1], request.app[STATUS])
    return as_bytes(request, body, content_type=cap.MEDIA_TYPE)


def _feed(request: web.Request, title: str, updated: datetime | None) -> Element:
    here, said = parts(request), text(request)
    feed = Element("feed", {"xmlns": ATOM, "xmlns:georss": GEORSS, "xml:lang": TAGS[said.language]})
    add(feed, "id", f"urn:whistle:{here.deps.city.code}:{title}")
    add(feed, "title", said(title, city=here.deps.city.name))
    # A feed without entries was last changed when the day began; its tag must not move with every look.
    begun = here.deps.clock().astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    add(feed, "updated", as_text(updated or begun))
    add(add(feed, "author"), "name", said("cap.sender", city=here.deps.city.name))
    add(feed, "link", rel="self", href=str(request.url))
    return feed


def _case(feed: Element, request: web.Request, row: CaseRow, wording: Wording) -> None:
    said, entry = wording.said, add(feed, "entry")
    add(entry, "id", f"urn:whistle:case:{row.case_no}")
    place = "".join(name for name in (row.district, row.street, row.community) if name)
    facts = {"kind": wording.kind(row.kind), "place": place, "state": said(f"export.state.{row.state}")}
    add(entry, "title", said("feed.case", case_no=row.case_no, **facts))
    add(entry, "updated", as_text(row.changed_at))
    add(entry, "published", as_text(row.registered_at))
    add(
        entry, "link", rel="alternate", type_="application/json", href=_address(request, f"/api/v1/cases/{row.case_no}")
    )
    add(entry, "summary", said("feed.case.summary", urgency=row.urgency, **facts))
    _point(entry, row)


def _alert(feed: Element, request: web.Request, told: CaseAlert) -> None:
    here, entry = parts(request), add(feed, "entry")
    add(entry, "id", f"urn:whistle:alert:{cap.identifier(here.deps, told.case.case_no, told.alert)}")
    add(entry, "title", cap.headline(here.deps, text(request), told))
    add(entry, "updated", as_text(told.alert.sent_at))
    address = f"/api/v1/exports/alerts/{told.case.case_no}/{told.alert.number}.xml"
    add(entry, "link", rel="alternate", type_=cap.MEDIA_TYPE, href=_address(request, address))
    add(entry, "summary", cap.headline(here.deps, text(request), told))
    _point(entry, told.case)


def _point(entry: Element, row: CaseRow) -> None:
    if row.latitude is not None and row.longitude is not None:
        add(entry, "georss:point", f"{row.latitude:.6f} {row.longitude:.6f}")


def _address(request: web.Request, path: str) -> str:
    return str(request.url.origin().with_path(path))
