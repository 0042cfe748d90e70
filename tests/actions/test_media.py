"""Pictures: what is kept, what is refused, and when two pictures are one."""

import io
from datetime import UTC, datetime

import pytest
from PIL import Image, ImageDraw

from actions import media
from actions.darkroom import ChildDarkroom
from actions.develop import develop, difference_hash
from actions.ports import Deps
from models.rules.errors import BadPhoto
from models.rules.evidence import same
from models.rules.facts import Picture
from tests.fakes.pictures import jpeg
from tests.make import actor_of


def scene(cleared: bool = False, shift: int = 0) -> Image.Image:
    """Draws a stairwell with or without a bicycle in it, the camera moved a little."""
    image = Image.linear_gradient("L").resize((800, 600)).convert("RGB")
    draw = ImageDraw.Draw(image)
    for step in range(8):
        draw.rectangle((100 + shift, 60 * step + 20, 700 + shift, 60 * step + 50), fill=(90 + 15 * step, 90, 80))
    if not cleared:
        draw.ellipse((250 + shift, 300, 420 + shift, 470), outline=(200, 30, 30), width=30)
        draw.ellipse((450 + shift, 300, 620 + shift, 470), outline=(200, 30, 30), width=30)
    return image


def encoded(image: Image.Image, quality: int = 88, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, **options)  # type: ignore[arg-type]
    return out.getvalue()


def as_picture(data: bytes) -> Picture:
    made = develop(data)
    return Picture(1, made.sha256, made.phash)


async def test_a_photo_sent_twice_is_kept_once(deps: Deps) -> None:
    li = await actor_of(deps, "li")
    first, second = [await media.take(deps, li.person_id, jpeg(1)) for _ in range(2)]

    assert first.media_id == second.media_id


def test_what_the_camera_knew_is_read_and_then_dropped() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8769).update({0x9003: "2026:11:23 09:15:00", 0x9011: "+08:00"})
    exif.get_ifd(0x8825).update({1: "N", 2: (39.0, 5.0, 6.0), 3: "E", 4: (117.0, 12.0, 36.0)})
    made = develop(encoded(scene(), exif=exif))

    assert made.taken_at == datetime(2026, 11, 23, 1, 15, tzinfo=UTC)
    assert made.latitude == pytest.approx(39.085)
    assert made.longitude == pytest.approx(117.21)
    assert (made.width, made.height) == (600, 800)
    assert not Image.open(io.BytesIO(made.data)).getexif()


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b"<svg onload=alert(1)>", "not_a_picture"),
        (b"GIF89a" + bytes(100), "not_a_picture"),
        (jpeg(1)[: len(jpeg(1)) // 2], "broken"),
        (bytes(21 << 20), "too_large"),
    ],
)
async def test_what_is_no_usable_picture_is_refused_by_its_reason(deps: Deps, data: bytes, why: str) -> None:
    with pytest.raises(BadPhoto) as refusal:
        await media.take(deps, None, data)
    assert refusal.value.facts["why"] == why


async def test_a_pixel_bomb_is_refused_before_it_is_decoded() -> None:
    bomb = io.BytesIO()
    Image.new("1", (13000, 13000)).save(bomb, "PNG", optimize=True)
    darkroom = ChildDarkroom()
    try:
        with pytest.raises(BadPhoto) as refusal:
            await darkroom.develop(bomb.getvalue())
        assert refusal.value.facts["why"] == "too_many_pixels"
        assert (await darkroom.develop(jpeg(1))).width == 320
    finally:
        darkroom.close()


def test_the_same_scene_saved_anew_smaller_or_worse_is_the_same_picture() -> None:
    first = as_picture(encoded(scene()))
    for copy in (encoded(scene(), 40), encoded(scene().resize((400, 300)), 70), encoded(scene().convert("L"))):
        assert same(first, as_picture(copy))


def test_the_cleared_stairwell_is_another_picture() -> None:
    assert not same(as_picture(encoded(scene())), as_picture(encoded(scene(cleared=True))))
    assert not same(as_picture(encoded(scene())), as_picture(encoded(scene(cleared=True, shift=20))))


def test_two_dark_nights_are_not_called_the_same_picture() -> None:
    nights = [Image.new("RGB", (640, 480), (n, n, n)) for n in (3, 5)]

    assert difference_hash(nights[0]) == difference_hash(nights[1])
    assert not same(*(as_picture(encoded(night)) for night in nights))
