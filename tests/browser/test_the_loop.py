"""The whole loop as people see it: the real service, three phones in Chromium, from the photo to "cleared"."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import NewPhone
from tests.browser.scenes import landing
from tests.browser.service import (
    Service,
    bubble,
    enters,
    inside,
    running,
    sees,
    sees_picture,
    sends_photo,
    shares_place,
    taps,
)
from tests.browser.steps import settled, write

HOME, NEXT_DOOR = "120103009013", "120103009012"
WELCOME = {"DEMO-LI": "李建国", "DEMO-ZHOU": "周明", "DEMO-SUN": "孙丽"}


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Runs the service once for all stories; each has its own place and kind, so that none meets another's case."""
    with running(tmp_path_factory.mktemp("service") / "data") as started:
        yield started


PersonAt = Callable[..., Awaitable[Page]]


@pytest.fixture
async def person(service: Service, new_phone: NewPhone) -> PersonAt:
    """Gives people signed-in phones, which stand somewhere inside a community."""

    async def signed_in(code: str, community: str = HOME) -> Page:
        latitude, longitude = inside(community)
        here = {"latitude": latitude, "longitude": longitude, "accuracy": 12}
        page = await (await new_phone(geolocation=here)).new_page()
        await page.goto(service.phone)
        await enters(page, code)
        await sees(page, WELCOME[code])
        return page

    return signed_in


Keep = Callable[[Page, str], Awaitable[None]]


@pytest.fixture
def keep(shots: Path, request: pytest.FixtureRequest) -> Keep:
    """Keeps what a person sees as a picture, numbered within the story."""
    story = request.node.name.removeprefix("test_")[:24]
    taken: list[str] = []

    async def screenshot(page: Page, what: str) -> None:
        taken.append(what)
        await settled(page)
        await page.screenshot(path=shots / f"{story}-{len(taken):02}-{what}.png")

    return screenshot


async def test_from_the_photo_on_the_stairs_to_cleared_on_three_phones(
    service: Service, person: PersonAt, new_phone: NewPhone, keep: Keep
) -> None:
    board = await (await new_phone()).new_page()
    await board.goto(service.board)
    cleared = board.locator("[data-figure='count.cleared_in_period'] .tile-number")
    n_before = int(await cleared.inner_text())
    li, zhou, sun = await person("DEMO-LI"), await person("DEMO-ZHOU"), await person("DEMO-SUN")
    await keep(li, "li-is-welcome")

    await sends_photo(li, landing())
    await sees(li, "照片 1 张", "这是哪一类")
    await keep(li, "li-sent-a-photo")
    await write(li, "3号楼2单元楼道堆满纸箱，过道只剩60厘米")
    await sees(li, "楼道堆物", "过道还剩多宽：60 厘米", "在哪里")
    await keep(li, "li-said-what-it-is")
    await shares_place(li)
    await sees(li, "河西区 尖山街道 红山里社区", "手机定位，误差约 12 米", "都齐了")
    await keep(li, "li-shared-the-place")
    await taps(li, "上报", on="都齐了")
    await sees(li, "已上报", "TJ-2026-")
    await keep(li, "li-filed")

    await sees_picture(zhou, "派给您一件", "楼道堆物", "待签收", "李建国 上报")
    await keep(zhou, "zhou-is-rung")
    await taps(zhou, "签收", on="待签收")
    await sees(zhou, "楼道堆物", "已签收，待处置")
    await sees(li, "楼道堆物", "已签收，待处置")
    await taps(zhou, "我到现场了")
    await sees(zhou, "楼道堆物", "处置中")
    await keep(zhou, "zhou-arrived")
    await taps(zhou, "提交处置结果")
    await sees(zhou, "请发整改后的现场照片")
    await sends_photo(zhou, landing(n_cartons=0, seed=2), "纸箱已清走，过道恢复1.2米")
    await sees(zhou, "照片：1 张", "说明：纸箱已清走", "看一眼")
    await keep(zhou, "zhou-looks-once-more")
    await taps(zhou, "提交", on="看一眼")

    await sees_picture(sun, "请到现场核查", "纸箱已清走", "橙框：整改前　绿框：整改后")
    await keep(sun, "sun-sees-before-and-after")
    await taps(sun, "通过", on="请到现场核查")
    await taps(sun, "确认通过")
    await sees(sun, "已销号")
    await keep(sun, "sun-passed")

    await sees(li, "您上报的隐患已消除", "已销号")
    await sees(zhou, "核查通过，已销号")
    await keep(li, "li-hears-it-is-cleared")
    await keep(zhou, "zhou-hears-it-is-cleared")
    await expect(cleared).to_have_text(str(n_before + 1))
    await keep(board, "the-board-counts-it")


async def test_what_was_reported_in_a_dead_spot_arrives_as_one_draft(person: PersonAt, keep: Keep) -> None:
    li = await person("DEMO-LI", NEXT_DOOR)
    await li.context.set_offline(True)
    await sends_photo(li, landing(n_cartons=4, seed=3))
    await write(li, "5号楼前消防通道被两辆车堵死")
    await shares_place(li)
    await expect(li.locator(".state-clock")).to_have_count(3)
    await expect(li.locator(".status")).to_have_text("没有网络 · 3 条待发送")
    await keep(li, "three-things-wait")

    await li.context.set_offline(False)
    await sees(li, "占堵消防通道", "光明里社区", "照片 1 张", "都齐了")
    await expect(li.locator(".state-clock")).to_have_count(0)
    await expect(li.locator("article.bubble", has_text="照片 1 张")).to_have_count(1)
    await keep(li, "one-draft-has-all-three")
    await taps(li, "上报", on="都齐了")

    await sees(li, "已上报", "TJ-2026-")
    await sees(li, "占堵消防通道", "待签收")
    await expect(li.locator("article.bubble", has_text="5号楼前消防通道")).to_have_count(2)
    await keep(li, "filed-once")


async def test_what_was_not_really_done_goes_back_and_comes_again(person: PersonAt, keep: Keep) -> None:
    li, zhou, sun = await person("DEMO-LI"), await person("DEMO-ZHOU"), await person("DEMO-SUN")
    await sends_photo(li, landing(seed=5), "电动车停在楼道里充电，飞线从窗户拉进来")
    await shares_place(li)
    await taps(li, "上报", on="都齐了")
    await taps(zhou, "签收", on="电动车违规停放充电")
    await taps(zhou, "提交处置结果", on="电动车违规停放充电")
    await sees(zhou, "请发整改后的现场照片")
    await sends_photo(zhou, landing(n_cartons=5, seed=6), "已劝离")
    await taps(zhou, "提交", on="看一眼")

    await sees_picture(sun, "请到现场核查", "已劝离")
    await taps(sun, "不通过", on="请到现场核查")
    await taps(sun, "只整改了一部分", on="哪里没改好")
    await taps(sun, "跳过 ▶️")
    await keep(sun, "sun-sends-it-back")
    await sees(zhou, "核查没通过，请重新处置", "只整改了一部分", "返工1次")
    await keep(zhou, "zhou-has-it-again")

    await taps(zhou, "提交处置结果", on="核查没通过")
    await sees(zhou, "请发整改后的现场照片")
    await sends_photo(zhou, landing(n_cartons=0, seed=7), "车已推走，飞线已拆")
    await taps(zhou, "提交", on="看一眼")
    await sees_picture(sun, "请到现场核查", "车已推走")
    await taps(sun, "通过", on="车已推走")
    await taps(sun, "确认通过")

    await sees(li, "您上报的隐患已消除", "电动车违规停放充电")
    await expect(bubble(zhou, "核查通过，已销号", "车已推走")).to_be_visible()
    await keep(zhou, "zhou-hears-it-is-cleared")


async def test_three_phones_stand_side_by_side_and_are_signed_in(
    service: Service, new_phone: NewPhone, keep: Keep
) -> None:
    desk = await new_phone(
        viewport={"width": 1440, "height": 900}, device_scale_factor=1, is_mobile=False, has_touch=False
    )
    page = await desk.new_page()
    await page.goto(service.phones)

    for title, greeting in (("李建国 · 网格员", "李建国"), ("周明 · 街道主管", "周明"), ("孙丽 · 核查员", "孙丽")):
        phone = page.get_by_role("region", name=title)
        await expect(phone.get_by_role("heading", name=title)).to_be_visible()
        inner = phone.frame_locator("iframe")
        await expect(inner.locator("article.bubble", has_text=f"您好，{greeting}")).to_be_visible()
        await expect(inner.get_by_role("button", name="发送我的位置")).to_be_visible()
    await keep(page, "three-phones")


async def test_the_link_of_the_bot_signs_a_browser_in_once(person: PersonAt, keep: Keep) -> None:
    zhou = await person("DEMO-ZHOU")
    await write(zhou, "/link")
    await sees(zhou, "登录链接")
    key = zhou.get_by_role("link", name="打开看板").last
    async with zhou.context.expect_page() as opened:
        await key.click()
    board = await opened.value
    await board.wait_for_url("**/board/")
    who = "() => fetch('/api/v1/session').then((answer) => answer.json())"
    assert (await board.evaluate(who))["person"]["name"] == "周明"

    async with zhou.context.expect_page() as again:
        await key.click()
    await expect((await again.value).get_by_role("alert")).to_contain_text("已经用过")
    await keep(await again.value, "the-link-was-used")
