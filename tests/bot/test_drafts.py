"""A draft survives everything: back, edit, skip, cancel, later, edited messages, old buttons, a new bot."""

from datetime import timedelta

from bot.app import build
from tests.bot.chat import CHANNEL, Chat
from tests.bot.conftest import OWNER, Street
from tests.fakes.pictures import jpeg
from tests.fakes.small_city import IN_NEIGHBOUR, IN_SOUTH

CASE = "TJ-2026-000001"
CLUTTER = "楼道堆满纸箱，过道只剩60厘米"


async def test_back_asks_the_last_question_again(li: Chat) -> None:
    await li.sends_photo(jpeg(1))
    await li.taps("隐患")
    await li.taps("井盖")
    assert "在哪里" in li.card.text
    await li.taps("上一步")

    assert "哪一类" in li.card.text
    await li.taps("返回")
    assert "在哪里" in li.card.text


async def test_what_may_be_left_out_can_be_skipped(li: Chat, street: Street) -> None:
    await li.says(CLUTTER)
    await li.shares(*IN_SOUTH)
    assert "照片" in li.card.text
    await li.taps("跳过")
    await li.taps("上报")

    assert "已上报" in li.card.text


async def test_everything_can_be_edited_from_the_card(li: Chat, street: Street) -> None:
    await li.sends_photo(jpeg(1), caption=CLUTTER)
    await li.shares(*IN_SOUTH)
    await li.taps("修改")
    await li.taps("类别")
    await li.taps("其他类别")
    await li.taps("隐患")
    await li.taps("井盖")
    await li.taps("修改")
    await li.taps("说明")
    await li.says("井盖翘起来了")
    await li.taps("上报")

    async with street.deps.store.read() as unit:
        report = (await unit.reports.of_case(CASE))[0]
    assert (report.kind, report.text) == ("manhole", "井盖翘起来了")
    # The answer that only the old kind asks for does not travel along.
    assert "passage_cm" not in report.fields


async def test_cancelling_asks_once_and_then_forgets(li: Chat) -> None:
    await li.sends_photo(jpeg(1), caption=CLUTTER)
    await li.says("/cancel")
    assert "放弃这份草稿" in li.card.text
    await li.taps("继续填")
    assert "在哪里" in li.card.text
    await li.taps("放弃")
    await li.taps("确定放弃")

    assert "什么都没有上报" in li.card.text
    await li.says("/my")
    assert "没有上报过" in li.last.text


async def test_later_keeps_the_draft_for_my_and_goes_on_where_it_was(li: Chat, street: Street) -> None:
    await li.sends_photo(jpeg(1), caption=CLUTTER)
    await li.taps("以后再填")
    await li.says("井盖丢了")
    await li.says("/my")
    assert "草稿（2）" in li.last.text
    await li.taps("继续：楼道堆物")

    assert "楼道堆物" in li.card.text
    await li.shares(*IN_SOUTH)
    await li.taps("上报")
    async with street.deps.store.read() as unit:
        assert (await unit.reports.of_case(CASE))[0].kind == "corridor_clutter"


async def test_my_lists_reports_with_their_state(li: Chat) -> None:
    await li.sends_photo(jpeg(1), caption=CLUTTER)
    await li.shares(*IN_SOUTH)
    await li.taps("上报")
    await li.says("🗂 我的上报")

    assert CASE in li.last.text
    assert "楼道堆物" in li.last.text
    assert "待派单" in li.last.text
    assert li.last.labels == [CASE]


async def test_new_puts_the_open_draft_away(li: Chat) -> None:
    await li.says(CLUTTER)
    await li.says("/new")
    assert "/my" in li.last.text
    await li.says("井盖丢了")

    assert "井盖" in li.card.text
    assert "纸箱" not in li.card.text


async def test_a_draft_left_for_hours_is_put_away_and_not_mixed_with_something_new(li: Chat, street: Street) -> None:
    await li.says(CLUTTER)
    street.deps.clock.forward(timedelta(hours=5))  # type: ignore[attr-defined]
    await li.sends_photo(jpeg(2), caption="井盖丢了")

    assert "/my" in li.card.text
    assert "纸箱" not in li.card.text
    await li.says("/my")
    assert "草稿（2）" in li.last.text


async def test_an_edited_message_changes_the_draft(li: Chat, street: Street) -> None:
    await li.says("门口积水约30厘米")
    words = li.last_id
    await li.shares(*IN_SOUTH)
    await li.edits(words, text="门口积水约50厘米，有人被困")

    assert "50 厘米" in li.card.text
    assert li.card.text.startswith("🆘")
    await li.edits(words, text="门口积水约20厘米")
    assert "20 厘米" in li.card.text
    assert "🆘" not in li.card.text


async def test_an_edited_caption_changes_the_kind(li: Chat) -> None:
    await li.sends_photo(jpeg(1), caption="楼道堆满纸箱")
    await li.edits(li.last_id, caption="井盖丢了", photo=[])

    assert "井盖" in li.card.text
    assert "楼道堆物" not in li.card.text


async def test_an_edited_answer_answers_again(li: Chat, street: Street) -> None:
    await li.says("门口积水")
    await li.shares(*IN_SOUTH)
    await li.sends_photo(jpeg(1))
    await li.taps("积水深度")
    await li.says("30")
    await li.edits(li.last_id, text="50")

    assert "50 厘米" in li.card.text
    assert "30" not in li.card.text


async def test_a_wrong_kind_is_changed_by_its_name(li: Chat) -> None:
    await li.sends_photo(jpeg(1), caption=CLUTTER)
    await li.taps("修改")
    await li.taps("类别")
    await li.says("井盖问题")

    assert "上报 · 🕳️ 井盖问题" in li.card.text
    assert "💬 井盖问题" not in li.card.text


async def test_what_was_filed_does_not_change_with_the_message(li: Chat, street: Street) -> None:
    await li.sends_photo(jpeg(1), caption=CLUTTER)
    words = li.last_id
    await li.shares(*IN_SOUTH)
    await li.taps("上报")
    await li.edits(words, caption="井盖丢了")

    assert "已经上报的内容" in li.last.text
    async with street.deps.store.read() as unit:
        assert (await unit.reports.of_case(CASE))[0].text == CLUTTER


async def test_tapping_file_twice_files_once(li: Chat, street: Street) -> None:
    await li.sends_photo(jpeg(1), caption=CLUTTER)
    await li.shares(*IN_SOUTH)
    file = li.payload("✅ 上报")
    await street.deliver([li.press(file), li.press(file), li.press(file)])

    async with street.deps.store.read() as unit:
        assert len(await unit.reports.of_case(CASE)) == 1
        assert await unit.cases.facts("TJ-2026-000002") is None
    assert "已上报" in li.card.text


async def test_a_button_of_an_older_card_shows_the_newest_first(li: Chat, street: Street) -> None:
    await li.sends_photo(jpeg(1), caption=CLUTTER)
    await li.shares(*IN_SOUTH)
    old = li.payload("✅ 上报")
    await li.shares(*IN_NEIGHBOUR)
    await li.presses(old)

    assert "请看一眼" in li.toast
    async with street.deps.store.read() as unit:
        assert await unit.cases.facts(CASE) is None


async def test_buttons_of_a_cancelled_draft_do_nothing(li: Chat) -> None:
    await li.sends_photo(jpeg(1), caption=CLUTTER)
    edit = li.payload("修改")
    await li.taps("放弃")
    await li.taps("确定放弃")
    n_said = len(li.bubbles)
    await li.presses(edit)

    assert "已经上报或放弃" in li.toast
    assert len(li.bubbles) == n_said


async def test_a_forged_button_of_somebody_elses_draft_finds_nothing(li: Chat, street: Street) -> None:
    await li.sends_photo(jpeg(1), caption=CLUTTER)
    await li.shares(*IN_SOUTH)
    file = li.payload("✅ 上报")
    lin = await street.bound("lin", 502)
    await lin.presses(file)
    await lin.presses("d:zz:file")
    await lin.presses("a:::")
    await lin.presses("x" * 64)
    assert "失效" in lin.toast

    async with street.deps.store.read() as unit:
        assert await unit.cases.facts(CASE) is None
        assert (await unit.inbox.counts()).poison == 0


async def test_a_press_that_waited_too_long_shows_the_card_instead(li: Chat, street: Street) -> None:
    await li.sends_photo(jpeg(1), caption=CLUTTER)
    await li.shares(*IN_SOUTH)
    late = li.press(li.payload("✅ 上报"))
    await street.app.intake.keep([late])
    street.deps.clock.forward(seconds=200)  # type: ignore[attr-defined]
    await street.app.processor.settle()

    assert "太久" in li.toast
    assert "✅ 上报" in li.card.labels
    async with street.deps.store.read() as unit:
        assert await unit.cases.facts(CASE) is None


async def test_a_half_typed_report_survives_a_new_process(li: Chat, street: Street) -> None:
    await li.sends_photo(jpeg(1), caption=CLUTTER)
    street.app = build(street.deps, street.app.bot, street.app.texts, street.screens, channel=CHANNEL, owner=OWNER)
    await li.shares(*IN_SOUTH)
    await li.taps("上报")

    assert "已上报" in li.card.text


async def test_the_card_comes_down_when_much_was_said_below_it(li: Chat) -> None:
    await li.sends_photo(jpeg(1))
    for n in range(3):
        await li.says(f"{n}号楼楼道堆满纸箱")

    cards = [b for b in li.bubbles if (b.card_key or "").startswith("draft:")]
    assert len(cards) == 1
    assert li.last is cards[0]
    assert li.last.n_edits == 0
