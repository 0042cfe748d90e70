"""How do uploaded bytes become a photo or a document that both sides can fetch?"""

import asyncio
from typing import Any

from gateway import pictures, render
from gateway.store import files
from gateway.switchboard import Switchboard

FETCH_LIMIT_BYTES = 20 << 20
DOCUMENT_LIMIT_BYTES = 50 << 20


class EmptyFile(Exception):
    """A file without a single byte."""


class FileTooBig(Exception):
    """A file above the limit of its kind."""


async def keep_photo(board: Switchboard, content: bytes, sides_limit_px: int) -> list[dict[str, Any]]:
    """Stores a photo in all its sizes and returns the PhotoSize list.

    Raises EmptyFile, FileTooBig, pictures.NotAPicture or pictures.WrongDimensions.
    """
    _check_size(content, pictures.PHOTO_LIMIT_BYTES)
    async with board.picture_slots:
        sizes = await asyncio.to_thread(pictures.sizes_of, content, sides_limit_px)
        hashes = [await asyncio.to_thread(board.blobs.keep, size.content) for size in sizes]
    picture = hashes[-1]
    new = [
        files.NewFile(
            "photo",
            sha256,
            f"{picture}-{number}",
            "image/jpeg",
            len(size.content),
            picture,
            size.width,
            size.height,
        )
        for number, (size, sha256) in enumerate(zip(sizes, hashes, strict=True))
    ]
    stored = await board.database.write(lambda tx: [files.add(tx, one) for one in new])
    return render.photo_sizes(stored)


async def keep_document(board: Switchboard, content: bytes, name: str, mime: str) -> dict[str, Any]:
    """Stores a document as it is and returns its description; raises EmptyFile or FileTooBig."""
    _check_size(content, DOCUMENT_LIMIT_BYTES)
    sha256 = await asyncio.to_thread(board.blobs.keep, content)
    name = name.encode(errors="replace").decode() or "file"
    new = files.NewFile("document", sha256, name, mime or "application/octet-stream", len(content))
    stored = await board.database.write(lambda tx: files.add(tx, new))
    return render.document(stored)


def file_ids_in(body: dict[str, Any]) -> list[str]:
    """Lists the files of a message body, all sizes included."""
    described = [*body.get("photo", ()), *filter(None, (body.get("document"),))]
    return [file["file_id"] for file in described]


def _check_size(content: bytes, limit_bytes: int) -> None:
    if not content:
        raise EmptyFile
    if len(content) > limit_bytes:
        raise FileTooBig
