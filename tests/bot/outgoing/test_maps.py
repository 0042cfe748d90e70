"""The little map of a card, and the picture that sets before and after side by side."""

import io
from types import SimpleNamespace

import pytest
import shapely
from PIL import Image

from bot.outgoing import maps, sheets
from bot.outgoing.ground import area

HERE = (39.11, 117.21)


def outline(west: float, south: float, east: float, north: float, *, level: str = "street") -> SimpleNamespace:
    ring = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return SimpleNamespace(name="大营门街道", level=level, rings=[ring])


def test_the_pin_stands_in_the_middle_and_its_street_is_tinted() -> None:
    image = maps.draw(*HERE, [outline(117.20, 39.10, 117.22, 39.12)], pixels=480)

    assert image.size == (480, 480)
    assert image.getpixel((240, 224)) == (0xD9, 0x2D, 0x20)
    assert image.getpixel((40, 300)) == (0xFB, 0xE7, 0xC6)


def test_a_place_outside_every_street_is_still_drawn() -> None:
    assert maps.draw(*HERE, []).size == (480, 480)
    assert maps.draw(*HERE, [outline(116.0, 38.0, 116.1, 38.1)]).size == (480, 480)


def test_a_map_is_a_small_png() -> None:
    data = maps.png(maps.draw(*HERE, [outline(117.20, 39.10, 117.22, 39.12)]))

    with Image.open(io.BytesIO(data)) as image:
        assert image.format == "PNG"
    assert len(data) < 100_000


@pytest.mark.parametrize("big_endian", [True, False])
def test_outlines_are_read_as_they_were_imported(*, big_endian: bool) -> None:
    hole = shapely.Polygon(
        [(117.20, 39.10), (117.22, 39.10), (117.22, 39.12), (117.20, 39.12)],
        [[(117.209, 39.109), (117.211, 39.109), (117.211, 39.111), (117.209, 39.111)]],
    )
    island = shapely.box(117.23, 39.10, 117.24, 39.11)
    order = 0 if big_endian else 1

    both = area("both", "street", shapely.to_wkb(shapely.MultiPolygon([hole, island]), byte_order=order))
    single = area("one", "street", shapely.to_wkb(hole, byte_order=order))

    assert len(both.rings) == 3
    assert len(single.rings) == 2
    assert (both.west, both.south, both.east, both.north) == (117.20, 39.10, 117.24, 39.12)
    assert list(single.rings[1]) == list(hole.interiors[0].coords)


def test_a_line_is_no_outline() -> None:
    with pytest.raises(ValueError, match="not drawn"):
        area("line", "street", shapely.to_wkb(shapely.LineString([(0, 0), (1, 1)])))


def test_before_and_after_stand_side_by_side_each_in_its_frame() -> None:
    before, after = (_photo(colour) for colour in ((200, 30, 30), (30, 200, 30)))

    data = sheets.beside([sheets.tile(before, sheets.BEFORE), sheets.tile(after, sheets.AFTER)])

    with Image.open(io.BytesIO(data)) as sheet:
        assert sheet.size == (968, 480)
        assert sheet.getpixel((240, 240))[0] > 150  # type: ignore[index]
        assert sheet.getpixel((728, 240))[1] > 150  # type: ignore[index]


def test_a_tall_photo_is_shown_whole() -> None:
    tile = sheets.tile(_photo((10, 10, 200), size=(100, 400)))

    assert tile.size == (480, 480)
    assert tile.getpixel((240, 10))[2] > 150  # type: ignore[index]


def _photo(colour: tuple[int, int, int], size: tuple[int, int] = (640, 480)) -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", size, colour).save(kept, "JPEG")
    return kept.getvalue()
