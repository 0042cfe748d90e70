"""The small talks behind the buttons: return, ask, fail, reopen, hand over, merge, place; back, cancel, refusals."""

import pytest

from actions import cases, people
from bot.pins import PIN_DATUM
from models.rules.roles import Role
from models.rules.states import State
from models.store.rows import RosterRow
from tests.bot.casework.town import CHANNEL, DISTRICT, STREET, Town


async def state_of(town: Town, case_no: str) -> State:
    member = await people.member(town.deps, town.ids["wang"], CHANNEL)
    return (await cases.view(town.deps, member.actor, case_no)).facts.state


async def handed_in(town: Town, case_no: str) -> None:
    await town.says("zhao", f"/sign {case_no}")
    await town.says("zhao", f"/handin {case_no}")
    await town.photographs("zhao", "已处理")
    await town.taps("zhao", "✅ 提交")
    await town.checked(case_no)


async def test_a_unit_returns_what_is_not_its_duty_and_the_dispatcher_hears_why(town: Town) -> None:
    case_no = await town.file()

    await town.taps("zhao", "退单")
    assert "为什么退" in town.sees("zhao")
    await town.taps("zhao", "职责")
    await town.says("zhao", "这段归市政管养")

    assert "已退单" in await town.toast() or "已退单" in town.sees("zhao")
    assert "这段归市政管养" in town.sees("wang")
    assert await state_of(town, case_no) is State.RETURNED
    assert not any("签收" in label for b in town.phone("zhao") for label in b.labels())


async def test_when_the_return_window_closes_while_somebody_types_they_are_told(town: Town) -> None:
    case_no = await town.file()
    await town.says("zhao", f"/return {case_no} 归市政管养")
    town.clock.forward(hours=3)

    await town.taps("zhao", "职责")

    assert "归市政管养" in town.sees("zhao"), "what was typed stays, to be copied"
    assert await state_of(town, case_no) is State.DISPATCHED


async def test_the_dispatcher_picks_a_unit_from_the_queue(town: Town) -> None:
    case_no = await town.file("other_hazard", text="不知道归谁的铁架子")

    assert "要您来派" in town.sees("wang")
    await town.says("wang", "/queue")
    assert case_no in town.sees("wang")
    await town.taps("wang", "1")
    await town.taps("wang", "派单", on=case_no)
    await town.taps("wang", "排水")

    assert await state_of(town, case_no) is State.DISPATCHED
    assert "派给您一件" in town.sees("zhao")


async def test_the_unit_of_the_routing_table_stands_first_when_a_case_is_dispatched_anew(town: Town) -> None:
    case_no = await town.file()
    await town.says("zhao", f"/return {case_no} wrong_duty 不是我们")

    await town.taps("wang", "派单", on=case_no)

    talk = town.phone("wang")[-1]
    assert talk.labels()[0].startswith("⭐")
    assert "排水" in talk.labels()[0]


async def test_choices_that_do_not_fit_on_one_page_can_be_turned(town: Town) -> None:
    case_no = await town.file("other_hazard", text="铁架子")

    await town.taps("wang", "派单", on=case_no)
    first = town.phone("wang")[-1].labels()
    if not any("下一页" in label for label in first):
        assert len(first) <= 10
        return
    await town.taps("wang", "下一页")

    assert town.phone("wang")[-1].labels() != first
    assert any("上一页" in label for label in town.phone("wang")[-1].labels())


async def test_an_extension_is_asked_with_a_tapped_date_and_granted_by_the_street(town: Town) -> None:
    case_no = await town.file()
    await town.taps("zhao", "签收")
    before = town.card("zhao", case_no).text

    await town.taps("zhao", "更多")
    await town.taps("zhao", "申请延期")
    await town.taps("zhao", "11月24日" if "11月24日" in str(town.phone("zhao")[-1].labels()) else "明天")
    await town.says("zhao", "要等水泵到货")
    assert "申请" in town.sees("zhou")
    assert "水泵" in town.sees("zhou")
    await town.taps("zhou", "同意延期")

    assert "同意延期" in town.sees("zhao")
    assert "明天 18:00" in town.sees("zhao")
    assert town.card("zhao", case_no).text != before


async def test_a_typed_date_is_read_and_a_wrong_one_asked_again(town: Town) -> None:
    case_no = await town.file()
    await town.says("zhao", f"/sign {case_no}")

    await town.says("zhao", f"/extend {case_no}")
    await town.says("zhao", "过两个月亮")
    assert "没看懂日期" in town.sees("zhao")
    await town.says("zhao", "11月22日")
    assert "2027" in town.sees("zhao"), "a day of the past is next year's"
    await town.taps("zhao", "上一步")
    await town.says("zhao", "11-26 15:00")

    assert "11月26日 15:00" in town.sees("zhao")


async def test_an_earlier_deadline_is_refused_and_the_words_stay(town: Town) -> None:
    case_no = await town.file()
    await town.says("zhao", f"/sign {case_no}")
    await town.says("zhao", f"/extend {case_no}")
    await town.says("zhao", "今天 11:00")
    await town.says("zhao", "要等水泵")

    assert "要等水泵" in town.sees("zhao")
    assert "延到什么时候" in town.sees("zhao")
    await town.says("zhao", "11月26日")
    assert "已申请延期" in town.sees("zhao")


async def test_the_one_who_asked_is_not_offered_to_grant(town: Town) -> None:
    case_no = await town.file()
    await town.says("wang", f"/void {case_no}")
    await town.taps("wang", town.phone("wang")[-1].labels()[0])
    await town.says("wang", "重复上报")

    assert not any("同意作废" in label for label in town.card("wang", case_no).labels())
    await town.taps("zhou", "同意作废")
    assert await state_of(town, case_no) is State.VOIDED
    assert any("已作废" in b.text for b in town.phone("li"))


async def test_a_request_that_changed_under_the_finger_is_shown_before_it_is_granted(town: Town) -> None:
    case_no = await town.file()
    await town.says("zhao", f"/sign {case_no}")
    await town.says("zhao", f"/extend {case_no}")
    await town.says("zhao", "11月26日")
    await town.says("zhao", "等水泵")
    old = town.card("zhou", case_no)
    grant = old.data("同意延期")
    await town.says("zhou", f"/decline {case_no} 太久了")
    assert "没同意" in town.sees("zhao")
    await town.says("zhao", f"/extend {case_no}")
    await town.says("zhao", "12月26日")
    await town.says("zhao", "还是等水泵")

    await town.presses("zhou", old, grant)

    assert "刚有变化" in await town.toast()
    member = await people.member(town.deps, town.ids["zhou"], CHANNEL)
    assert (await cases.view(town.deps, member.actor, case_no)).facts.n_extensions == 0


async def test_a_suspension_needs_reason_measure_and_review_day_and_a_second_person(town: Town) -> None:
    case_no = await town.file()
    await town.says("zhao", f"/sign {case_no}")

    await town.says("zhao", f"/suspend {case_no}")
    await town.taps("zhao", town.phone("zhao")[-1].labels()[0])
    assert "临时措施" in town.sees("zhao")
    await town.says("zhao", "围挡并设警示灯")
    await town.taps("zhao", town.phone("zhao")[-1].labels()[0])
    await town.says("zhao", "冬季不能开挖")
    assert "看一眼" in town.sees("zhao")
    await town.taps("zhao", "✅ 提交")
    assert "围挡并设警示灯" in town.sees("zhou")
    await town.taps("zhou", "同意挂账")

    assert await state_of(town, case_no) is State.SUSPENDED
    assert "已挂账" in town.sees("zhao")
    assert any("暂时挂账" in b.text for b in town.phone("li"))


async def test_a_check_fails_with_a_common_reason_and_comes_back_to_the_holder(town: Town) -> None:
    case_no = await town.file()
    await handed_in(town, case_no)

    await town.taps("sun", "不通过")
    chip = town.phone("sun")[-1].labels()[0]
    await town.taps("sun", chip)
    await town.photographs("sun")
    await town.taps("sun", "✅ 提交")

    assert await state_of(town, case_no) is State.HANDLING
    assert "核查没通过" in town.sees("zhao")
    assert chip in town.sees("zhao")
    assert any("提交处置结果" in label for label in town.card("zhao", case_no).labels())


async def test_the_same_picture_is_refused_and_the_words_stay(town: Town) -> None:
    case_no = await town.file(before=(await town.picture("li", seed=77),))
    await town.says("zhao", f"/sign {case_no}")
    await town.says("zhao", f"/handin {case_no}")
    await town.photographs("zhao", "已抽干", seed=77)
    await town.taps("zhao", "✅ 提交")

    assert await state_of(town, case_no) is State.SIGNED
    assert "已抽干" in town.sees("zhao")
    assert "整改后" in town.sees("zhao")
    await town.photographs("zhao", seed=78)
    await town.taps("zhao", "✅ 提交")
    assert await state_of(town, case_no) is State.HANDLED


async def test_words_before_the_photo_are_kept_too(town: Town) -> None:
    case_no = await town.file()
    await town.says("zhao", f"/sign {case_no}")
    await town.says("zhao", f"/handin {case_no}")
    await town.says("zhao", "已抽干积水")
    await town.photographs("zhao")
    await town.taps("zhao", "✅ 提交")

    assert await state_of(town, case_no) is State.HANDLED


async def test_an_album_moves_the_talk_once(town: Town) -> None:
    case_no = await town.file()
    await town.says("zhao", f"/sign {case_no}")
    await town.says("zhao", f"/handin {case_no}")
    before = len(town.api.sent("sendMessage"))

    for i in range(3):
        await town.photographs("zhao", "全部清掉了" if i == 0 else None, album="album-1")

    assert len(town.api.sent("sendMessage")) == before + 1
    assert "照片：3 张" in town.sees("zhao")
    await town.taps("zhao", "✅ 提交")
    assert await state_of(town, case_no) is State.HANDLED


async def test_the_reporter_reopens_what_is_still_there(town: Town) -> None:
    case_no = await town.file()
    await handed_in(town, case_no)
    await town.taps("sun", "通过")
    await town.taps("sun", "确认通过")

    await town.taps("li", "重开")
    await town.taps("li", town.phone("li")[-1].labels()[0])
    await town.says("li", "又冒水了")

    assert await state_of(town, case_no) in (State.REOPENED, State.DISPATCHED)
    assert any("又冒水了" in b.text for b in town.phone("zhou"))


async def test_the_reporter_urges_with_one_tap(town: Town) -> None:
    case_no = await town.file()

    await town.taps("li", "催办", on=case_no)

    assert "李建国 催办" in town.sees("zhao")
    assert "已催办" in town.card("li", case_no).text


async def test_a_holder_hands_a_case_over_to_a_colleague(town: Town) -> None:
    case_no = await town.file()
    await town.says("zhao", f"/sign {case_no}")

    await town.says("zhao", f"/handover {case_no}")
    await town.taps("zhao", "冯涛")

    assert "赵强 转给您一件" in town.sees("feng")
    assert "冯涛" in town.card("feng", case_no).text


async def test_a_dispatcher_merges_two_reports_of_one_hazard(town: Town) -> None:
    first = await town.file()
    second = await town.file(text="同一座桥下积水")

    await town.says("wang", f"/merge {second}")
    await town.taps("wang", first)
    await town.taps("wang", "✅ 提交")

    assert await state_of(town, second) is State.MERGED
    assert any(first in b.text and "同一件事" in b.text for b in town.phone("li"))


async def test_a_case_that_nobody_could_place_is_placed_step_by_step(town: Town) -> None:
    case_no = await town.file(placed=False)

    assert "位置没人说得清" in town.sees("wang")
    await town.taps("wang", "定位置")
    await town.taps("wang", "大营门")
    await town.taps("wang", "敬重里")

    assert "位置已改" in town.sees("wang")
    member = await people.member(town.deps, town.ids["wang"], CHANNEL)
    assert (await cases.view(town.deps, member.actor, case_no)).facts.areas.street == STREET


async def test_a_case_is_placed_by_a_shared_location(town: Town) -> None:
    case_no = await town.file(placed=False)

    await town.taps("wang", "定位置")
    await town.locates("wang", 39.11, 117.21)

    member = await people.member(town.deps, town.ids["wang"], CHANNEL)
    view = await cases.view(town.deps, member.actor, case_no)
    assert view.facts.areas.street == STREET
    assert view.place is not None
    assert (view.place.latitude, view.place.longitude) == (39.11, 117.21)


async def test_a_pin_set_on_a_shifted_map_is_put_where_it_was_meant(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PIN_DATUM, CHANNEL, "gcj02")
    case_no = await town.file(placed=False)

    await town.taps("wang", "定位置")
    await town.drops_pin("wang", 39.11, 117.21)

    member = await people.member(town.deps, town.ids["wang"], CHANNEL)
    place = (await cases.view(town.deps, member.actor, case_no)).place
    assert place is not None
    assert (round(place.latitude, 3), round(place.longitude, 3)) == (39.109, 117.204)


async def test_after_three_returns_the_district_designates_and_it_stays(town: Town) -> None:
    case_no = await town.file()
    for i in range(3):
        await town.says("zhao", f"/return {case_no} wrong_duty 不是我们的{i}")
        if i < 2:
            await town.says("wang", f"/dispatch {case_no}")
            await town.taps("wang", "排水")

    assert "指定承办单位" in town.sees("qian")
    await town.taps("qian", "指定承办单位")
    await town.taps("qian", "排水")

    assert "不能退单" in town.sees("zhao")
    assert not any("退单" in label for label in town.card("zhao", case_no).labels())


async def test_cancel_changes_nothing_and_says_so(town: Town) -> None:
    case_no = await town.file()

    await town.taps("zhao", "退单")
    await town.taps("zhao", "取消")

    assert "什么都没有改" in town.sees("zhao")
    assert await state_of(town, case_no) is State.DISPATCHED
    await town.says("zhao", "/todo")
    assert case_no in town.sees("zhao")


async def test_the_cancel_command_ends_a_talk(town: Town) -> None:
    await town.file()

    await town.taps("zhao", "退单")
    await town.says("zhao", "/cancel")

    assert "什么都没有改" in town.sees("zhao")


async def test_back_takes_the_last_answer_back(town: Town) -> None:
    await town.file()
    await town.taps("zhao", "退单")
    await town.taps("zhao", "职责")
    assert "原因" in town.sees("zhao")

    await town.taps("zhao", "上一步")

    assert "为什么退" in town.sees("zhao")
    assert "原因：" not in town.sees("zhao")


async def test_a_button_of_an_old_question_is_answered_and_changes_nothing(town: Town) -> None:
    case_no = await town.file()
    await town.taps("zhao", "退单")
    question = town.phone("zhao")[-1]
    reason = question.data("职责")
    await town.taps("zhao", "职责")

    await town.presses("zhao", question, reason)
    assert "已经选过了" in await town.toast()
    await town.taps("zhao", "取消")
    await town.presses("zhao", question, reason)
    assert "已经结束" in await town.toast()
    assert await state_of(town, case_no) is State.DISPATCHED


async def test_a_talk_does_not_lose_its_words_when_the_case_moved_meanwhile(town: Town) -> None:
    case_no = await town.file()
    await town.taps("zhao", "退单")
    await town.taps("zhao", "职责")
    await town.says("feng", f"/sign {case_no}")
    await town.says("feng", f"/arrive {case_no}")

    await town.says("zhao", "这段归市政管养")

    assert "冯涛" in town.sees("zhao")
    assert any("这段归市政管养" in b.text for b in town.phone("zhao"))


async def test_too_many_words_are_asked_to_be_shortened(town: Town) -> None:
    await town.file()
    await town.taps("zhao", "退单")
    await town.taps("zhao", "职责")

    await town.says("zhao", "长" * 1200)

    assert "太长了" in town.sees("zhao")


async def test_a_stranger_to_the_case_sees_and_does_nothing(town: Town) -> None:
    case_no = await town.file()

    for text in (f"/case {case_no}", f"/sign {case_no}", f"/return {case_no}", case_no):
        await town.says("chen", text)

        assert "积水" not in "".join(b.text for b in town.phone("chen"))
    assert await state_of(town, case_no) is State.DISPATCHED


async def test_a_press_that_a_modified_phone_made_up_is_refused(town: Town) -> None:
    case_no = await town.file()
    real = town.card("zhao", case_no)
    await town.says("chen", "/todo")
    bubble = town.phone("chen")[-1]

    for data in (f"c:sign:{case_no}:0", f"c:grant_void:{case_no}:0", f"c:nonsense:{case_no}:0", real.data("签收")):
        await town.presses("chen", bubble, data)

    assert await state_of(town, case_no) is State.DISPATCHED


async def test_an_abandoned_talk_does_not_swallow_the_photo_of_a_new_report(town: Town) -> None:
    case_no = await town.file()
    await town.says("zhao", f"/sign {case_no}")
    await town.says("zhao", f"/handin {case_no}")
    town.clock.forward(hours=3)

    await town.photographs("zhao", "楼道里堆满纸箱")

    assert "提交处置结果" not in town.sees("zhao")
    assert "楼道" in "".join(b.text for b in town.phone("zhao")[-2:])


async def test_a_location_is_not_taken_where_a_photo_is_asked_for(town: Town) -> None:
    await town.file()
    await town.taps("zhao", "退单")

    await town.locates("zhao", 39.11, 117.21)
    assert "不用定位" in town.sees("zhao")
    await town.photographs("zhao")
    assert "不用照片" in town.sees("zhao")
    assert "为什么退" in town.sees("zhao")


async def test_every_deed_works_as_a_typed_command_too(town: Town) -> None:
    case_no = await town.file()
    await town.says("zhao", "/sign 1")
    await town.says("zhao", "/arrive 1")
    assert "处置中" in town.card("zhao", case_no).text
    await town.says("zhao", "/note 1 水泵已到")
    assert "水泵已到" in "".join(b.text for b in town.phone("zhao"))
    await town.says("zhao", "/suspend 1 season")
    await town.says("zhao", "围挡")
    await town.says("zhao", "30天")
    await town.says("zhao", "冬季停工")
    await town.taps("zhao", "✅ 提交")
    await town.says("zhou", "/agree 1")
    assert await state_of(town, case_no) is State.SUSPENDED
    await town.says("zhou", "/resume 1 可以开工了")
    assert await state_of(town, case_no) is State.HANDLING
    await town.says("li", "/urge 1")
    await town.says("zhao", "/photos 1")
    await town.says("zhao", "/history 1")
    assert "周明 恢复处置" in town.sees("zhao")
    await town.says("qian", "/designate 1 ")
    await town.taps("qian", "大营门")
    assert "指定" in town.sees("zhou")


async def test_why_a_deed_is_not_open_is_said_truly(town: Town) -> None:
    case_no = await town.file()
    await town.says("zhao", f"/handin {case_no}")
    assert "现在是“待签收”" in "".join(b.text for b in town.phone("zhao")[-2:])
    await handed_in(town, case_no)
    await town.says("zhao", f"/pass {case_no}")
    assert "这件不归您办" in "".join(b.text for b in town.phone("zhao")[-2:])
    await town.says("li", f"/fail {case_no} 还有水")
    assert "这件不归您办" in "".join(b.text for b in town.phone("li")[-2:])
    await town.says("zhao", f"/extend {case_no}")
    assert await state_of(town, case_no) is State.VERIFYING


async def test_a_rectifier_who_is_also_a_verifier_is_told_that_it_is_their_own_work(town: Town) -> None:
    post = RosterRow(staff_no="zhao", name="赵强", role=Role.VERIFIER, area_code=STREET)
    unit_post = RosterRow(
        staff_no="zhao", name="赵强", role=Role.RESPONSIBLE_UNIT, area_code=DISTRICT, unit_code=f"DR-{DISTRICT}"
    )
    async with town.deps.store.begin() as unit:
        await unit.people.import_roster([unit_post, post])
    case_no = await town.file()
    await handed_in(town, case_no)

    await town.says("zhao", f"/pass {case_no}")

    assert "不能自己核查" in "".join(b.text for b in town.phone("zhao")[-2:])
    assert await state_of(town, case_no) is State.VERIFYING


async def test_a_broken_photo_is_refused_with_its_reason_and_the_talk_goes_on(town: Town) -> None:
    case_no = await town.file()
    await town.says("zhao", f"/sign {case_no}")
    await town.says("zhao", f"/handin {case_no}")

    await town.photographs("zhao", data=b"this is no picture")

    assert "没有收下" in town.sees("zhao")
    assert "整改后" in town.sees("zhao")
