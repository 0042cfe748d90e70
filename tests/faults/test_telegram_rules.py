"""The fake Telegram keeps the rules of the real one, on a clock that only a test moves."""

from collections.abc import Callable
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.telegram.rules import CAP_S, Deliveries, Waiting

DAY_S = 86_400.0


def message(number: int, chat_id: int = 7) -> dict[str, Any]:
    """Makes a message of a chat."""
    return {"update_id": number, "message": {"chat": {"id": chat_id}, "from": {"id": chat_id}}}


def press(number: int, person_id: int = 7) -> dict[str, Any]:
    """Makes a press of a person."""
    return {"update_id": number, "callback_query": {"from": {"id": person_id}}}


def numbers(found: list[Waiting]) -> list[int]:
    """Lists the updates that are delivered now."""
    return [one.update_id for one in found]


def pauses(fail: Callable[[Deliveries, Waiting, float], None], n: int) -> list[float]:
    """Fails a delivery again and again and gives the pauses between the attempts."""
    deliveries, now, found = Deliveries(Random(1)), 0.0, []
    deliveries.offer(message(1), now)
    for _ in range(n):
        (one,) = deliveries.ready(now)
        fail(deliveries, one, now)
        found.append(one.next_at - now)
        now = one.next_at
    return found


def test_a_failed_delivery_comes_again_at_once_then_slower_up_to_one_or_two_minutes() -> None:
    waited = pauses(lambda d, one, now: d.failed(one, now), 12)

    assert waited[:6] == [0.0, 2.0, 4.0, 8.0, 16.0, 32.0]
    assert all(CAP_S[0] <= pause <= CAP_S[1] for pause in waited[7:])


def test_retry_after_takes_the_place_of_the_pause_up_to_an_hour() -> None:
    assert pauses(lambda d, one, now: d.failed(one, now, 5.0), 3) == [5.0, 5.0, 5.0]
    assert pauses(lambda d, one, now: d.failed(one, now, 9999.0), 1) == [3600.0]


def test_a_chat_is_one_queue_and_a_failure_holds_back_only_that_chat() -> None:
    deliveries = Deliveries(Random(1))
    for number, chat_id in ((1, 7), (2, 7), (3, 8)):
        deliveries.offer(message(number, chat_id), 0.0)

    first, other = deliveries.ready(0.0)
    assert (first.update_id, other.update_id) == (1, 3)
    deliveries.failed(first, 0.0, 30.0)
    deliveries.delivered(other, 0.0)
    assert numbers(deliveries.ready(10.0)) == []
    assert numbers(deliveries.ready(30.0)) == [1]


def test_a_press_does_not_wait_for_the_messages_of_its_chat() -> None:
    deliveries = Deliveries(Random(1))
    deliveries.offer(message(1), 0.0)
    deliveries.offer(press(2), 0.0)

    assert numbers(deliveries.ready(0.0)) == [1, 2]


def test_a_press_lives_for_150_seconds_and_a_message_for_a_day() -> None:
    deliveries = Deliveries(Random(1))
    deliveries.offer(press(1), 0.0)
    deliveries.offer(message(2), 0.0)

    assert numbers(deliveries.ready(150.0)) == [2]
    assert numbers(deliveries.expired) == [1]
    late = Deliveries(Random(1))
    late.offer(message(3), 0.0)
    assert late.ready(DAY_S) == []
    assert numbers(late.expired) == [3]


def test_after_ten_seconds_without_success_there_is_one_connection() -> None:
    deliveries = Deliveries(Random(1))
    for number in range(1, 6):
        deliveries.offer(message(number, number), 0.0)
    for one in deliveries.ready(0.0):
        deliveries.failed(one, 0.0, 20.0)

    (one,) = deliveries.ready(20.0)
    assert deliveries.ready(20.0) == []
    deliveries.delivered(one, 20.0)
    assert len(deliveries.ready(20.0)) == 4


@given(st.integers(0, 2**32), st.integers(1, 40), st.floats(0, 0.6))
def test_whatever_fails_every_update_comes_in_the_order_of_its_chat(seed: int, n: int, broken: float) -> None:
    rng, now, seen = Random(seed), 0.0, dict[int, list[int]]()
    deliveries = Deliveries(Random(seed), twice=0.3)
    for number in range(n):
        deliveries.offer(message(number, number % 3), now)
    while deliveries.n_waiting:
        for one in deliveries.ready(now):
            if rng.random() < broken:
                deliveries.failed(one, now, rng.choice([None, 5.0]))
            else:
                if not one.late:
                    seen.setdefault(one.update_id % 3, []).append(one.update_id)
                deliveries.delivered(one, now)
        now += 1.0
        assert now < 4 * DAY_S

    assert set(deliveries.taken) | {one.update_id for one in deliveries.expired} == set(range(n))
    assert all(order == sorted(order) for order in seen.values())
