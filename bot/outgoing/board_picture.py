"""The board of one area as a picture and three sentences, for `/board` and the morning brief.

Drawn by Pillow and not by the chart library: at eight o'clock every street's supervisor gets one at once.
"""

from __future__ import annotations

import asyncio
import hashlib
from datetime import timedelta
from io import BytesIO
from typing import Any, Final

from PIL import Image, ImageDraw

from actions import statistics
from actions.ports import Deps
from actions.statistics import DayFigures, Figures, Question
from actions.views import Member
from bot.outgoing.content import Button, Content, Loaded, Picture, fits_caption
from bot.outgoing.maps import font_of
from bot.outgoing.wording import Say, escaped
from models.rules.measures import Spread

TEMPLATE: Final = "board"
DAYS: Final = 14
WIDTH, HEIGHT, EDGE = 1080, 760, 48
GROUND, INK, MUTED, LINE = "#ffffff", "#14211c", "#5b6c65", "#dfe8e3"
REGISTERED, CLEARED, DANGER, WARN = "#a9bab2", "#0d7a5f", "#c4342d", "#a65b00"


async def of_member(deps: Deps, reader: Member) -> Figures:
    """Counts the last two weeks of the reader's street, of their district, or of the city."""
    last = statistics.today(deps)
    known = deps.index.areas if deps.index is not None else {}
    homes = [code for code in (reader.home_street_code, *reader.home_codes) if code in known]
    area = next((code for code in homes if code and known[code].level.value not in statistics.INNER), None)
    asked = Question(from_on=last - timedelta(days=DAYS - 1), to_on=last, level="city", area_code=area)
    return await statistics.figures(deps, asked)


def content(found: Figures, t: Say, button: Button | None) -> Content:
    """Lays out the picture and the three sentences."""
    now, total = found.total.standing, found.total
    name = total.name or found.city_name
    head = t(
        "street_board.now",
        area=name,
        open=now.open,
        overdue=now.overdue,
        suspended=now.suspended,
        danger=now.life_danger,
    )
    cleared = sum(day.n_cleared for day in found.days)
    before = sum(day.n_cleared for day in found.days_before)
    days = t("street_board.days", days=DAYS, registered=total.counts.registered, cleared=cleared, before=before)
    ontime = total.rates["ontime_clear_rate"]
    shown = t("street_board.x_of_y", x=f"{ontime.x:g}", y=f"{ontime.y:g}") if ontime.small else ontime.shown
    rate = t("street_board.rate", ontime=shown, median=_span(total.times["time_to_clear"], t))
    plain = "\n".join((head, days, rate))
    return Content(html=escaped(plain), plain=plain, rows=((button,),) if button else (), picture=picture(found, t))


def beside(brief: Content, found: Figures, t: Say) -> Content:
    """Puts the picture above a brief that is short enough for a caption."""
    if not fits_caption(brief.plain):
        return brief
    return Content(html=brief.html, plain=brief.plain, rows=brief.rows, picture=picture(found, t))


def picture(found: Figures, t: Say) -> Picture:
    """Names the picture by what it shows, and draws it when it is needed."""
    told = repr((found.total.name, found.total.standing, found.days, found.days_before, t.language))
    words = _words(found, t)

    async def load() -> Loaded | None:
        return Loaded(await asyncio.to_thread(draw, found, words))

    return Picture("board:" + hashlib.sha256(told.encode()).hexdigest()[:24], load)


def _words(found: Figures, t: Say) -> dict[str, str]:
    """Says everything that stands on the picture."""
    now = found.total.standing
    return {
        "title": found.total.name or found.city_name,
        "open": f"{t('street_board.picture.open')} {now.open}",
        "overdue": f"{t('street_board.picture.overdue')} {now.overdue}",
        "suspended": f"{t('street_board.picture.suspended')} {now.suspended}",
        "danger": f"{t('street_board.picture.danger')} {now.life_danger}",
        "registered": t("street_board.picture.registered"),
        "cleared": t("street_board.picture.cleared"),
        "note": t("street_board.picture.note", day=found.days[-1].day.isoformat()),
    }


def draw(found: Figures, words: dict[str, str]) -> bytes:
    """Draws the figures of this moment and the days; without a font of this machine the bars stay mute."""
    image = Image.new("RGB", (WIDTH, HEIGHT), GROUND)
    pen = ImageDraw.Draw(image)
    _write(pen, (EDGE, 70), words["title"], 52, INK)
    colours = {"open": INK, "overdue": DANGER, "suspended": WARN, "danger": DANGER}
    for number, (name, colour) in enumerate(colours.items()):
        _write(pen, (EDGE + number * 250, 140), words[name], 34, colour)
    _bars(pen, found.days)
    _legend(pen, words)
    _write(pen, (EDGE, HEIGHT - 22), words["note"], 24, MUTED)
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _bars(pen: ImageDraw.ImageDraw, days: tuple[DayFigures, ...]) -> None:
    """Draws two bars a day, registered and cleared, with their numbers where there is room."""
    top, foot = 240, HEIGHT - 110
    most = max([1, *(day.counts.registered for day in days), *(day.n_cleared for day in days)])
    room = (WIDTH - 2 * EDGE) / len(days)
    for share in (0.0, 0.5, 1.0):
        y = foot - share * (foot - top)
        pen.line((EDGE, y, WIDTH - EDGE, y), fill=LINE, width=2)
    for number, day in enumerate(days):
        left = EDGE + number * room
        for offset, n, colour in ((0.12, day.counts.registered, REGISTERED), (0.5, day.n_cleared, CLEARED)):
            height = (foot - top) * n / most
            x = left + offset * room
            pen.rectangle((x, foot - height, x + room * 0.34, foot), fill=colour)
            if n:
                _write(pen, (x + room * 0.17, foot - height - 6), str(n), 18, MUTED, anchor="mb")
        if (len(days) - 1 - number) % 3 == 0:
            _write(pen, (left + room / 2, foot + 28), f"{day.day.month}-{day.day.day}", 22, MUTED, anchor="mm")


def _legend(pen: ImageDraw.ImageDraw, words: dict[str, str]) -> None:
    for number, (name, colour) in enumerate((("registered", REGISTERED), ("cleared", CLEARED))):
        left = EDGE + number * 220
        pen.rectangle((left, 186, left + 24, 210), fill=colour)
        _write(pen, (left + 34, 198), words[name], 26, MUTED, anchor="lm")


def _write(pen: ImageDraw.ImageDraw, at: tuple[float, float], said: str, size: int, fill: str, **more: Any) -> None:
    found = font_of(size)
    if found is not None:
        pen.text(at, said, fill=fill, font=found, anchor=more.get("anchor", "ls"))


def _span(taken: Spread, t: Say) -> str:
    minutes = taken.median_minutes
    if minutes is None:
        return t("street_board.no_time")
    return (
        t("street_board.hours", n=f"{minutes / 60:.1f}")
        if minutes >= 90
        else t("street_board.minutes", n=f"{minutes:.0f}")
    )
