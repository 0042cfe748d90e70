"""Takes pictures in: developed in the darkroom, kept outside the database, known by their hashes."""

import hashlib
from collections.abc import Awaitable, Callable

from actions.ports import Deps, Developed
from actions.views import MediaView
from models.rules.errors import BadPhoto, NoSuchItem
from models.store.rows import MediaRow


async def take(deps: Deps, person_id: int | None, data: bytes, *, file_id: str | None = None) -> MediaView:
    """Keeps a picture; raises `BadPhoto`. The bytes are stored before the row that names them.

    The same picture of the same person is kept once.
    """
    if not data:
        raise BadPhoto(why="empty")
    developed = await deps.darkroom.develop(data)
    key = await _keep(deps, developed)
    async with deps.store.begin() as unit:
        media_id = await unit.media.add(
            person_id=person_id,
            file_id=file_id,
            key=key,
            developed=_columns(developed),
            now=deps.clock(),
        )
    return _view(media_id, developed)


async def take_later(deps: Deps, person_id: int | None, *, file_id: str) -> MediaView:
    """Keeps the name of a picture whose bytes could not be fetched, and a job that tries again."""
    async with deps.store.begin() as unit:
        media_id = await unit.media.add_loading(person_id=person_id, file_id=file_id, now=deps.clock())
        await unit.jobs.add("fetch_media", {"media_id": media_id})
        unit.after_commit(deps.hint)
    return MediaView(media_id, loading=True)


async def fetch(deps: Deps, media_id: int, download: Callable[[str], Awaitable[bytes]]) -> MediaView:
    """Fetches what was taken for later; does nothing when it is here. A bad picture is marked so."""
    async with deps.store.read() as unit:
        row = await unit.media.get(media_id)
    if row is None:
        raise NoSuchItem(what="media", name=str(media_id))
    if row.status != "loading" or row.file_id is None:
        return _seen(row)
    data = await download(row.file_id)
    try:
        developed = await deps.darkroom.develop(data)
    except BadPhoto as refusal:
        async with deps.store.begin() as unit:
            await unit.media.set_refused(media_id, str(refusal.facts.get("why", "broken")))
        raise
    key = await _keep(deps, developed)
    async with deps.store.begin() as unit:
        await unit.media.set_ready(media_id, key=key, developed=_columns(developed))
    return _view(media_id, developed)


async def photo(deps: Deps, media_id: int, *, thumb: bool = False) -> bytes:
    """Reads a picture or its thumbnail; raises `NoSuchItem` while its bytes are not here."""
    async with deps.store.read() as unit:
        row = await unit.media.get(media_id)
    if row is None or row.key is None:
        raise NoSuchItem(what="media", name=str(media_id))
    return await deps.photos.get(_thumb_key(row.key) if thumb else row.key)


async def forget(deps: Deps, key: str) -> None:
    """Deletes the bytes of a picture in both sizes."""
    await deps.photos.delete(_thumb_key(key))
    await deps.photos.delete(key)


async def _keep(deps: Deps, developed: Developed) -> str:
    """Stores both sizes under the hash of what is stored, so that a repeat overwrites itself."""
    digest = hashlib.sha256(developed.data).hexdigest()
    key = f"{digest[:2]}/{digest}.jpg"
    await deps.photos.put(key, developed.data)
    await deps.photos.put(_thumb_key(key), developed.thumb)
    return key


def _thumb_key(key: str) -> str:
    return key.removesuffix(".jpg") + ".thumb.jpg"


def _columns(developed: Developed) -> dict[str, object]:
    """Names what the row keeps of a picture."""
    return {
        "sha256": developed.sha256,
        "phash": developed.phash,
        "mime": developed.mime,
        "n_bytes": len(developed.data),
        "width": developed.width,
        "height": developed.height,
        "taken_at": developed.taken_at,
        "taken_latitude": developed.latitude,
        "taken_longitude": developed.longitude,
    }


def _view(media_id: int, developed: Developed) -> MediaView:
    return MediaView(
        media_id,
        loading=False,
        width=developed.width,
        height=developed.height,
        taken_at=developed.taken_at,
        latitude=developed.latitude,
        longitude=developed.longitude,
    )


def _seen(row: MediaRow) -> MediaView:
    return MediaView(
        row.media_id,
        loading=row.status == "loading",
        width=row.width,
        height=row.height,
        taken_at=row.taken_at,
        latitude=row.taken_latitude,
        longitude=row.taken_longitude,
    )
