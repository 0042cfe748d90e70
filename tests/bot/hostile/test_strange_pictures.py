"""Pictures that are none, or more than one thing, through the real darkroom: refused with words, the draft kept."""

import io
import struct
import zlib
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from PIL import Image

from actions.darkroom import ChildDarkroom
from actions.ports import Deps
from bot.intake.photos import LARGEST_BYTES
from tests.bot.chat import Chat
from tests.bot.conftest import Street
from tests.bot.hostile.conftest import Unharmed
from tests.fakes.pictures import jpeg


@pytest.fixture
async def deps(deps: Deps) -> AsyncIterator[Deps]:
    """Develops for real, in a child with limits."""
    darkroom = ChildDarkroom()
    yield replace(deps, darkroom=darkroom)
    darkroom.close()


def png_bomb(side: int = 20_000) -> bytes:
    """Writes a small PNG that would decode to more than a gigabyte."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    packed = zlib.compressobj(9)
    row = b"\0" * (1 + 3 * side)
    pixels = b"".join(packed.compress(row) for _ in range(side)) + packed.flush()
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def many_frames() -> bytes:
    """Draws a moving picture of a thousand frames."""
    out = io.BytesIO()
    frames = [Image.new("P", (8, 8), n % 256) for n in range(1000)]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    return out.getvalue()


NO_PICTURES = {
    "nothing": b"",
    "one-byte": b"\xff",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "html": b"<html><script>alert(1)</script></html>",
    "half": jpeg(1)[:900],
    "bomb": png_bomb(),
    "gif": many_frames(),
    "heic": b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\0" * 400,
    "tiff": b"II*\x00" + b"\xff" * 400,
    "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    "zip": b"PK\x03\x04" + b"\0" * 400,
}


async def test_what_is_no_picture_is_refused_with_words_and_the_draft_goes_on(
    writing: Chat, street: Street, unharmed: Unharmed
) -> None:
    for name, data in NO_PICTURES.items():
        n_before = len(writing.bubbles)
        await writing.sends_photo(data)
        assert len(writing.bubbles) > n_before, f"{name} was not answered"

    await unharmed(writing)
    async with street.deps.store.read() as unit:
        assert await unit.media.loading() == []


async def test_a_picture_that_is_something_else_too_is_only_the_picture(writing: Chat, street: Street) -> None:
    page = b"<html><script>alert(1)</script></html>"
    await writing.sends_photo(jpeg(1) + page)

    kept = street.deps.photos.kept.values()  # type: ignore[attr-defined]
    assert kept
    assert all(b"<script>" not in data for data in kept)


async def test_a_photo_that_says_it_is_huge_is_not_even_fetched(writing: Chat, street: Street) -> None:
    photo = writing._photo(jpeg(1))
    photo["photo"][-1]["file_size"] = LARGEST_BYTES + 1
    n_calls = len(street.api.sent("getFile"))
    await street.deliver([writing._update("message", writing._content(photo))])

    assert len(street.api.sent("getFile")) == n_calls
    assert "MB" in writing.last.text
