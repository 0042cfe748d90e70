"""Draws invite cards on A4: ten a page, each with the name, the post, the code to type and its QR to scan."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO

import segno
from fpdf import FPDF

from config import fonts
from config.texts import Texts

COLUMNS, ROWS = 2, 5
WIDE_MM, HIGH_MM = 90.0, 54.0
LEFT_MM, TOP_MM = 15.0, 13.5
QR_MM = 32.0
PAD_MM = 4.0
INK, GREY, LINE = (20, 30, 45), (110, 118, 130), (190, 196, 204)


@dataclass(frozen=True, slots=True)
class Invitation:
    """What one card says; `link` is what its QR opens."""

    name: str
    role: str
    area: str
    code: str
    link: str
    language: str


def drawn(
    cards: Sequence[Invitation], texts: Texts, over_on: date, *, done: Callable[[int], None] = lambda _: None
) -> bytes:
    """Draws the cards as one PDF, good until the day given; raises `NoFontError`."""
    page = FPDF(orientation="portrait", unit="mm", format="A4")
    page.set_auto_page_break(False)
    path, number = fonts.face("zh_CN")
    page.add_font("body", fname=path, collection_font_number=number)
    page.set_title(texts.of("zh_CN")("invite.title"))
    for at, card in enumerate(cards):
        place = at % (COLUMNS * ROWS)
        if place == 0:
            page.add_page()
        row, column = divmod(place, COLUMNS)
        _card(page, card, texts, over_on, LEFT_MM + column * WIDE_MM, TOP_MM + row * HIGH_MM)
        done(1)
    return bytes(page.output())


def _card(page: FPDF, card: Invitation, texts: Texts, over_on: date, x: float, y: float) -> None:
    t = texts.of(card.language)
    page.set_draw_color(*LINE)
    page.set_dash_pattern(dash=1, gap=1)
    page.rect(x, y, WIDE_MM, HIGH_MM)
    page.set_dash_pattern()
    page.image(_qr(card.link), x + WIDE_MM - PAD_MM - QR_MM, y + PAD_MM, QR_MM, QR_MM)
    beside, below = WIDE_MM - 3 * PAD_MM - QR_MM, WIDE_MM - 2 * PAD_MM
    lines = (
        (t("invite.title"), 9.0, GREY, 6.0, beside),
        (card.name, 16.0, INK, 15.0, beside),
        (card.role, 9.0, INK, 21.5, beside),
        (card.area, 9.0, INK, 27.0, beside),
        (card.code, 15.0, INK, 42.0, below),
        (t("invite.how"), 7.5, GREY, 47.0, below),
        (t("invite.until", day=f"{over_on:%Y-%m-%d}"), 7.5, GREY, 51.0, below),
    )
    for words, points, ink, down_mm, room_mm in lines:
        page.set_font("body", size=points)
        # A long name is written smaller: half a name is no name.
        page.set_font_size(points * min(1.0, room_mm / max(page.get_string_width(words), 1.0)))
        page.set_text_color(*ink)
        page.text(x + PAD_MM, y + down_mm, words)


def _qr(link: str) -> BytesIO:
    """Draws a QR that is still read when a fifth of it is worn off."""
    image = BytesIO()
    segno.make(link, error="m", micro=False).save(image, kind="png", scale=4, border=1)
    image.seek(0)
    return image
