"""Two people tap at once, or on a card that is out of date: one wins, the other reads who it was."""

from actions import cases, people
from models.rules.states import State
from tests.bot.casework.town import CHANNEL, Town


async def test_two_colleagues_who_sign_at_once_make_one_holder_and_one_explanation(town: Town) -> None:
    case_no = await town.file()
    await town.says("feng", f"/case {case_no}")
    zhao, feng = town.card("zhao", case_no), town.card("feng", case_no)
    n_answers = len(town.api.answers)

    await town.keep(town.press_of("zhao", zhao, zhao.data("签收")))
    await town.keep(town.press_of("feng", feng, feng.data("签收")))
    await town.settle()

    toasts = [str(answer.get("text")) for answer in town.api.answers[n_answers:]]
    assert sum("已签收 " in toast for toast in toasts) == 1
    loser = next(toast for toast in toasts if "已签收 " not in toast)
    assert "赵强" in loser or "冯涛" in loser
    assert "现在是“已签收，待处置”" in loser
    member = await people.member(town.deps, town.ids["wang"], CHANNEL)
    facts = (await cases.view(town.deps, member.actor, case_no)).facts
    assert facts.state is State.SIGNED
    assert facts.n_dispatched == 1


async def test_a_stale_card_answers_with_the_present_state_and_is_drawn_anew(town: Town) -> None:
    case_no = await town.file()
    card = town.card("zhao", case_no)
    sign = card.data("签收")
    await town.says("zhao", f"/return {case_no} wrong_duty 不归我们")
    await town.says("wang", f"/dispatch {case_no}")
    await town.taps("wang", "大营门")

    await town.presses("zhao", card, sign)

    assert "没有" in await town.toast() or "现在" in await town.toast() or "不" in await town.toast()
    member = await people.member(town.deps, town.ids["wang"], CHANNEL)
    assert (await cases.view(town.deps, member.actor, case_no)).facts.signed_at is None


async def test_the_same_tap_twice_does_it_once(town: Town) -> None:
    case_no = await town.file()
    card = town.card("zhao", case_no)
    sign = card.data("签收")

    await town.keep(town.press_of("zhao", card, sign))
    await town.keep(town.press_of("zhao", card, sign))
    await town.settle()

    member = await people.member(town.deps, town.ids["zhao"], CHANNEL)
    view = await cases.view(town.deps, member.actor, case_no)
    assert [line.tag for line in view.history].count("case:signed") == 1
    assert town.card("zhao", case_no).text.count("已签收，待处置") == 1


async def test_a_press_that_waited_too_long_only_shows_how_things_are(town: Town) -> None:
    case_no = await town.file()
    card = town.card("zhao", case_no)
    await town.keep(town.press_of("zhao", card, card.data("签收")))
    town.clock.forward(minutes=5)

    await town.settle()

    member = await people.member(town.deps, town.ids["zhao"], CHANNEL)
    assert (await cases.view(town.deps, member.actor, case_no)).facts.state is State.DISPATCHED
    assert case_no in town.sees("zhao")


async def test_everybody_who_has_the_card_sees_it_change_in_place(town: Town) -> None:
    case_no = await town.file()
    await town.says("wang", f"/case {case_no}")
    cards = {who: town.card(who, case_no) for who in ("zhao", "wang", "li")}

    await town.taps("zhao", "签收")

    for who, card in cards.items():
        assert "已签收，待处置" in card.text, who
        assert card.n_edits >= 1
