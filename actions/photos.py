"""Keeps pictures outside the database: in a folder, or in an S3-compatible bucket by setting.

obstore serves both behind one interface, so that nothing here knows which it is.
"""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import obstore
from obstore.store import LocalStore, S3Store

if TYPE_CHECKING:
    from obstore.store import S3Config


class ObjectPhotos:
    """A `PhotoStore` over any obstore store. The folder store writes to a temporary name and renames."""

    def __init__(self, store: Any) -> None:
        self._store = store

    async def put(self, key: str, data: bytes) -> None:
        """Stores bytes; returns when the store has them."""
        await obstore.put_async(self._store, key, data)

    async def get(self, key: str) -> bytes:
        """Reads bytes; FileNotFoundError when there are none."""
        result = await obstore.get_async(self._store, key)
        return bytes(await result.bytes_async())

    async def delete(self, key: str) -> None:
        """Deletes bytes; none is fine."""
        with suppress(FileNotFoundError):
            await obstore.delete_async(self._store, key)


def open_photos(target: str, **options: str) -> ObjectPhotos:
    """Opens a folder, which is made, or `s3://bucket/prefix` with the given options (endpoint, region, keys).

    A plain http endpoint is taken when it is named so; without options the platform's own credentials count.
    """
    if not target.startswith("s3://"):
        folder = Path(target)
        folder.mkdir(parents=True, exist_ok=True)
        return ObjectPhotos(LocalStore(folder))
    plain = options.get("endpoint", "").startswith("http://")
    config = cast("S3Config", options)
    return ObjectPhotos(S3Store.from_url(target, config=config, client_options={"allow_http": plain}))
