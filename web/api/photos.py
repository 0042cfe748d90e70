"""POST /api/v1/photos takes a picture in; GET /api/v1/photos/{media_id} gives one out, whole or small."""

from datetime import datetime
from http import HTTPStatus
from typing import Literal

from aiohttp import web

from actions import browse, media
from actions.access import READ, WRITE
from actions.views import MediaView
from models.rules.errors import BadPhoto
from web.access import need
from web.answers import as_bytes
from web.api.operation import FORM, Call, Nothing, Operation, Query, Shape
from web.errors import Problem
from web.parts import parts

A_DAY = "private, max-age=86400"


class PhotoQuery(Query):
    """How large."""

    size: Literal["whole", "thumb"] = "whole"


class PhotoOut(Shape):
    """A picture that was taken in, cleaned of what a camera writes into it; that is told here once."""

    media_id: int
    href: str
    width: int | None
    height: int | None
    taken_at: datetime | None
    latitude: float | None
    longitude: float | None


class PhotosOut(Shape):
    """The pictures of one call, in its order."""

    items: list[PhotoOut]


def operations() -> list[Operation]:
    """Lists the declarations."""
    return [
        Operation(
            name="upload_photos",
            tag="photos",
            method="POST",
            path="/api/v1/photos",
            handler=on_upload,
            answer=PhotosOut,
            status=201,
            scope=WRITE,
            uploads=True,
            media_types=(FORM, "image/jpeg", "image/png"),
            refuses={413: "too_large", 422: "refused"},
        ),
        Operation(
            name="get_photo",
            tag="photos",
            method="GET",
            path=r"/api/v1/photos/{media_id:\d{1,15}}",
            raw=on_photo,
            query=PhotoQuery,
            answer="image/jpeg",
            refuses={404: "no_such_media"},
        ),
    ]


async def on_upload(call: Call[Nothing, None]) -> PhotosOut:
    """Takes pictures in."""
    if not call.taken:
        raise BadPhoto(why="empty")
    return PhotosOut(items=[shown(view) for view in call.taken])


async def on_photo(request: web.Request) -> web.StreamResponse:
    """Gives a picture of a case that the caller may see, or one of their own."""
    known = need(request, READ)
    deps, media_id = parts(request).deps, int(request.match_info["media_id"])
    await browse.photo_of(deps, known.actor, known.area_code, media_id)
    try:
        data = await media.photo(deps, media_id, thumb=request.query.get("size") == "thumb")
    except FileNotFoundError as fault:
        raise Problem(HTTPStatus.NOT_FOUND, "no_such_media", {"given": str(media_id)}) from fault
    return as_bytes(request, data, content_type="image/jpeg", cache=A_DAY)


def shown(view: MediaView) -> PhotoOut:
    """Shows a picture that was just taken in."""
    return PhotoOut(
        media_id=view.media_id,
        href=f"/api/v1/photos/{view.media_id}",
        width=view.width,
        height=view.height,
        taken_at=view.taken_at,
        latitude=view.latitude,
        longitude=view.longitude,
    )
