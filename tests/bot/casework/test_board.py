"""The command /board: the street's figures as a picture and in three sentences."""

from datetime import timedelta
from io import BytesIO

from PIL import Image

from actions.statistics import Question, figures
from bot.outgoing import board_picture
from tests.bot.casework.town import Town


async def test_the_board_of_the_street_comes_as_a_picture_and_three_sentences(town: Town) -> None:
    await town.file()

    await town.says("zhou", "/board")

    bubble = town.phone("zhou")[-1]
    lines = bubble.text.splitlines()
    assert lines[0] == "大营门街道：此刻未清零 1 件，超期 0 件，挂账 0 件，危及生命 0 件。"
    assert "近 14 天立案 1 件，清零 0 件" in lines[1]
    assert len(lines) == 3
    assert len(town.api.sent("sendPhoto")) > 0


async def test_the_picture_shows_bars(town: Town) -> None:
    await town.file()
    last = town.deps.clock().date()
    found = await figures(town.deps, Question(from_on=last - timedelta(days=13), to_on=last))
    names = ("title", "open", "overdue", "suspended", "danger", "registered", "cleared", "note")
    image = Image.open(BytesIO(board_picture.draw(found, dict.fromkeys(names, "尖山街道"))))
    assert image.size == (board_picture.WIDTH, board_picture.HEIGHT)
    assert len(image.convert("RGB").getcolors(1_000_000) or ()) > 3
