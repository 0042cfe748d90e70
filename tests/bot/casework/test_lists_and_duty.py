"""What people owe, in one message: to-do, queue, brief; and who is on duty."""

from actions import cases, people, todo
from tests.bot.casework.town import CHANNEL, Town


async def test_the_list_is_sorted_by_what_is_due_and_opens_each_case(town: Town) -> None:
    later = await town.file("ponding")
    town.clock.forward(minutes=5)
    sooner = await town.file("ponding", text="水里有人被困", danger=("被困",), life_danger=True)

    await town.says("zhao", "/todo")

    text = town.sees("zhao")
    assert "待办 2 件" in text
    assert text.index(sooner) < text.index(later)
    await town.taps("zhao", "2", on="待办")
    assert later in town.sees("zhao")
    assert any("签收" in label for label in town.phone("zhao")[-1].labels())


async def test_an_empty_list_says_so(town: Town) -> None:
    for command in ("/todo", "/queue"):
        await town.says("sun", command)

        assert "没有" in town.sees("sun")


async def test_the_list_is_refreshed_in_place(town: Town) -> None:
    case_no = await town.file()
    await town.says("zhao", "/todo")
    card = town.phone("zhao")[-1]
    await town.says("zhao", f"/return {case_no} wrong_duty 不归我们")

    await town.presses("zhao", card, card.data("刷新"))

    assert "没有待办" in card.text


async def test_a_verifier_owes_the_check_and_a_supervisor_the_answer(town: Town) -> None:
    case_no = await town.file()
    await town.says("zhao", f"/sign {case_no}")
    await town.says("zhao", f"/extend {case_no}")
    await town.says("zhao", "11月26日")
    await town.says("zhao", "等水泵")

    await town.says("zhou", "/todo")
    assert case_no in town.sees("zhou")
    await town.taps("zhou", "同意延期")
    await town.says("zhao", f"/handin {case_no}")
    await town.photographs("zhao", "好了")
    await town.taps("zhao", "✅ 提交")
    await town.checked(case_no)
    await town.says("sun", "/todo")

    assert case_no in town.sees("sun")


async def test_a_long_list_has_pages(town: Town) -> None:
    for i in range(9):
        await town.file("ponding", text=f"第{i}处积水")

    await town.says("zhao", "/todo")
    await town.taps("zhao", "下一页")

    assert "9. " in town.sees("zhao")
    assert "上一页" in str(town.phone("zhao")[-1].labels())


async def test_the_brief_names_the_street_and_its_figures(town: Town) -> None:
    await town.file()
    await todo.send_brief(town.deps, town.ids["zhou"], "2026-11-23")
    await todo.send_brief(town.deps, town.ids["zhou"], "2026-11-23")

    await town.courier.drain()

    assert "大营门街道" in town.sees("zhou")
    assert "在办 1" in town.sees("zhou")
    assert "今天到期" in town.sees("zhou")
    assert sum("在办 1" in b.text for b in town.phone("zhou")) == 1


async def test_off_duty_the_deputy_receives(town: Town) -> None:
    await town.says("zhao", "/duty")
    assert "赵强 的岗位" in town.sees("zhao")
    await town.taps("zhao", "我离岗")
    assert "已离岗" in town.sees("zhao")

    await town.file()
    assert "派给您一件" in town.sees("feng")
    assert not any("派给您一件" in b.text for b in town.phone("zhao"))
    await town.says("zhao", "/duty")
    await town.taps("zhao", "我在岗")
    await town.file(text="另一处积水")
    assert "派给您一件" in town.sees("zhao")


async def test_the_photos_are_shown_in_full_and_the_history_line_by_line(town: Town) -> None:
    case_no = await town.file()
    await town.taps("zhao", "签收")

    await town.taps("zhao", "原图")
    assert any(b.photo for b in town.phone("zhao")[-2:])
    await town.taps("zhao", "过程")
    assert "赵强 签收" in town.sees("zhao")
    assert case_no in town.sees("zhao")


async def test_a_case_is_found_by_its_short_number_and_by_its_whole_one(town: Town) -> None:
    case_no = await town.file()

    for said in ("/case 1", "/case tj-2026-1", case_no, case_no.lower()):
        await town.says("wang", said)

        assert case_no in town.sees("wang"), said
    await town.says("wang", "/case")
    assert "请带上编号" in town.sees("wang")


async def test_a_reader_of_english_is_spoken_to_in_english(town: Town) -> None:
    async with town.deps.store.begin() as unit:
        await unit.people.set_language(town.ids["zhao"], "en")

    case_no = await town.file()

    assert "A case for you" in town.sees("zhao")
    assert "Sign for it" in str(town.phone("zhao")[-1].labels())
    await town.taps("zhao", "Return")
    assert "Why do you return it?" in town.sees("zhao")
    member = await people.member(town.deps, town.ids["zhao"], CHANNEL)
    assert (await cases.view(town.deps, member.actor, case_no)).facts.open
