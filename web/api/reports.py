"""What people and systems send: GET lists and shows reports, POST files one, with its pictures if wished."""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from actions import browse, given_places, reports
from actions.access import CHANNEL, WRITE
from actions.browse import ReportRow
from actions.reports import FilingRequest, PlaceGiven
from models.rules import words
from models.rules.errors import PlaceMissing
from models.rules.kinds import Group
from models.rules.redaction import redacted
from models.rules.states import Grade
from web.api import cases, paging
from web.api.cases import Named, Point
from web.api.operation import FORM, IDEMPOTENCY, JSON, Call, Nothing, Number, Operation, Shape
from web.api.paging import PageQuery

FIRST_REPORT = "first"


class ReportsQuery(PageQuery):
    """Only one's own, or all that one may see."""

    mine: Literal["true", "false"] = "false"


class PlaceIn(Shape):
    """Where: by a point, by an area's code, or by words. The first that is given counts."""

    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)
    accuracy_m: float | None = Field(default=None, ge=0, le=100_000)
    datum: Literal["wgs84", "gcj02", "bd09"] = "wgs84"
    by_hand: bool = False
    area: str | None = Field(default=None, max_length=20)
    address: str | None = Field(default=None, max_length=500)


class ReportIn(Shape):
    """A report. Fields and figures are those of its kind; pictures are named by number, or come with the form."""

    kind: str = Field(max_length=64)
    text: str = Field(default="", max_length=4000)
    place: PlaceIn | None = None
    fields: dict[str, float | str | list[str]] = Field(default_factory=dict, max_length=100)
    figures: dict[str, float | None] = Field(default_factory=dict, max_length=100)
    grade: Grade | None = None
    life_danger: bool | None = None
    before: list[Number] = Field(default_factory=list, max_length=9)
    after: list[Number] = Field(default_factory=list, max_length=9)
    joins: str | None = Field(default=None, max_length=40)


class FiledOut(Shape):
    """The receipt. An observation has no case."""

    report_no: str
    href: str
    case_no: str | None
    case_href: str | None
    joined: bool
    repeated: bool


class ReportOut(Shape):
    """A report as it was sent."""

    report_no: str
    href: str
    case_no: str | None
    channel: str
    kind: Named
    text: str
    fields: dict[str, Any]
    figures: dict[str, float | None]
    address: str | None
    point: Point | None
    accuracy_m: float | None
    place_method: str
    place_reason: str
    created_at: datetime
    reporter_id: int | None


class ReportPage(Shape):
    """Some reports, the newest first."""

    items: list[ReportOut]
    next: str | None


def operations() -> list[Operation]:
    """Lists the declarations."""
    return [
        Operation(
            name="list_reports",
            tag="reports",
            method="GET",
            path="/api/v1/reports",
            handler=on_reports,
            query=ReportsQuery,
            answer=ReportPage,
        ),
        Operation(
            name="get_report",
            tag="reports",
            method="GET",
            path="/api/v1/reports/{report_no}",
            handler=on_report,
            answer=ReportOut,
            refuses={404: "no_such_report"},
        ),
        Operation(
            name="file_report",
            tag="reports",
            method="POST",
            path="/api/v1/reports",
            handler=on_filing,
            body=ReportIn,
            answer=FiledOut,
            status=201,
            scope=WRITE,
            uploads=True,
            media_types=(JSON, FORM),
            refuses={404: "no_such_kind", 409: "refused", 413: "too_large", 422: "refused"},
        ),
    ]


async def on_reports(call: Call[ReportsQuery, None]) -> ReportPage:
    """Answers with the reports that the caller may see."""
    limit, after = call.query.limit, paging.by_number(call.query.cursor)
    mine = call.query.mine == "true"
    found = await browse.reports(call.deps, call.actor, call.bound, mine=mine, after=after, limit=limit + 1)
    shown = found[:limit]
    more = paging.pack(shown[-1].report_id) if len(found) > limit else None
    names = await _names(call, shown)
    return ReportPage(items=[_report(call, row, names) for row in shown], next=more)


async def on_report(call: Call[Nothing, None]) -> ReportOut:
    """Answers with one report."""
    row = await browse.report(call.deps, call.actor, call.bound, call.path("report_no"))
    return _report(call, row, await _names(call, [row]))


async def _names(call: Call[Any, Any], rows: Sequence[ReportRow]) -> Collection[str]:
    """Gives the names that must not be read by who is no person of the roster."""
    return () if call.caller.sees_names else await browse.names_of(call.deps, rows)


async def on_filing(call: Call[Nothing, ReportIn]) -> FiledOut:
    """Files a report; it enters the same loop as one from a chat."""
    given = call.body
    if given.joins is not None:
        await browse.reachable(call.deps, call.actor, call.bound, given.joins)
    for media_id in (*given.before, *given.after):
        await browse.photo_of(call.deps, call.actor, call.bound, media_id)
    before = (*given.before, *(view.media_id for view in call.taken))
    danger = words.danger(given.text, call.deps.catalogue)
    filed = await reports.file(
        call.deps,
        call.actor,
        FilingRequest(
            kind=given.kind,
            text=given.text,
            place=_place(call),
            channel=CHANNEL,
            update_id=update_id(call.caller.name, call.request.headers.get(IDEMPOTENCY)),
            fields={code: tuple(v) if isinstance(v, list) else v for code, v in given.fields.items()},
            figures=given.figures,
            grade=given.grade,
            life_danger=bool(danger) if given.life_danger is None else given.life_danger,
            danger=danger,
            before=before,
            after=tuple(given.after),
            joins=given.joins,
            phase=FIRST_REPORT if _is_disaster(call, given.kind) else None,
        ),
    )
    return FiledOut(
        report_no=filed.report_no,
        href=f"/api/v1/reports/{filed.report_no}",
        case_no=filed.case_no,
        case_href=cases.href(filed.case_no) if filed.case_no else None,
        joined=filed.joined,
        repeated=filed.repeated,
    )


def update_id(caller: str, key: str | None) -> int:
    """Numbers a filing: by the caller's own key, so that the database too knows a repeated one, else at random."""
    if key is None:
        return secrets.randbits(62)
    return int.from_bytes(hashlib.sha256(f"{caller}\n{key}".encode()).digest()[:8]) >> 2


def _place(call: Call[Nothing, ReportIn]) -> PlaceGiven | None:
    """Reads the place; none is needed by who joins a case."""
    place = call.body.place
    if place is None:
        return None
    if place.latitude is not None and place.longitude is not None:
        return given_places.by_point(
            call.deps,
            place.latitude,
            place.longitude,
            accuracy_m=place.accuracy_m,
            datum=place.datum,
            by_hand=place.by_hand,
            address=place.address,
        )
    if place.area is not None:
        return given_places.by_area(call.deps, place.area, address=place.address)
    if place.address is not None:
        return given_places.by_words(call.deps, place.address)
    raise PlaceMissing(why="nothing_given")


def _is_disaster(call: Call[Nothing, ReportIn], code: str) -> bool:
    kind = call.deps.catalogue.kinds.get(code)
    return kind is not None and kind.group is Group.DISASTER


def _report(call: Call[Any, Any], row: ReportRow, names: Collection[str]) -> ReportOut:
    people = call.caller.sees_names

    def said(words: str | None) -> str | None:
        return words if people or words is None else redacted(words, names)

    point = None
    if row.latitude is not None and row.longitude is not None:
        point = Point(latitude=row.latitude, longitude=row.longitude)
    return ReportOut(
        report_no=row.report_no,
        href=f"/api/v1/reports/{row.report_no}",
        case_no=row.case_no,
        channel=row.channel,
        kind=cases.kind_of(call, row.kind),
        text=said(row.text) or "",
        fields={code: said(value) if isinstance(value, str) else value for code, value in row.fields.items()},
        figures=row.figures,
        address=said(row.address_text),
        point=point,
        accuracy_m=row.accuracy_m,
        place_method=row.place_method,
        place_reason=row.place_reason,
        created_at=row.created_at,
        reporter_id=row.person_id if people else None,
    )
