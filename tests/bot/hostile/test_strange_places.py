"""Places that cannot be: asked for again with words, and nothing typed is lost."""

import json

from tests.bot.chat import Chat
from tests.bot.conftest import Street
from tests.bot.hostile.conftest import Unharmed
from tests.fakes.small_city import IN_SOUTH

CANNOT_BE = (
    '"latitude": NaN, "longitude": NaN',
    '"latitude": Infinity, "longitude": 117.21',
    '"latitude": 39.085, "longitude": -Infinity',
    '"latitude": 0, "longitude": 0',
    '"latitude": 1e308, "longitude": 1e308',
    '"latitude": 91, "longitude": 117.21',
    '"latitude": 39.085, "longitude": 181',
    '"latitude": -39.085, "longitude": -117.21',
    '"latitude": 1e-320, "longitude": 1e-320',
    '"latitude": 39.085, "longitude": 117.21, "horizontal_accuracy": NaN',
    '"latitude": 39.085, "longitude": 117.21, "horizontal_accuracy": -5',
    '"latitude": 39.085, "longitude": 117.21, "horizontal_accuracy": 1e300',
    '"latitude": 39.085, "longitude": 117.21, "heading": 9999, "live_period": 99999999',
)


async def test_a_place_that_cannot_be(writing: Chat, street: Street, unharmed: Unharmed) -> None:
    for numbers in CANNOT_BE:
        before = (len(writing.bubbles), writing.card.n_edits)
        body = writing._update("message", writing._content({"location": {}})).replace(
            b'"location": {}', b'"location": {' + numbers.encode() + b"}"
        )
        await street.deliver([body])

        assert (len(writing.bubbles), writing.card.n_edits) != before, f"{numbers} was not answered"
        assert "nan" not in writing.card.text.lower()
    await unharmed(writing)


async def test_numbers_the_wrong_way_round_are_noticed(writing: Chat, unharmed: Unharmed) -> None:
    await writing.shares(IN_SOUTH[1], IN_SOUTH[0])

    await unharmed(writing)
    assert "尖山街道" in json.dumps([b.text + "".join(b.labels) for b in writing.bubbles], ensure_ascii=False)


async def test_a_place_given_as_numbers_in_words_is_no_crash(writing: Chat, unharmed: Unharmed) -> None:
    for words in ("39.085,117.21", "117.21 39.085", "NaN,NaN", "北纬91度", "https://maps.example/?q=0,0"):
        await writing.says(words)
    await unharmed(writing)
