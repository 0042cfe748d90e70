"""The loop on the three phones side by side, up to the moment at which the verifier compares before and after."""

from playwright.async_api import Frame, Page, expect

from tests.browser.scenes import landing
from tests.browser.service import inside, sees, sees_picture, sends_photo, shares_place, taps
from tests.browser.steps import settled

HOME = "120103009013"


async def play_until_the_check(page: Page) -> None:
    """Reports, signs, arrives, hands in; then scrolls every phone to what tells most."""
    latitude, longitude = inside(HOME)
    await page.context.set_geolocation({"latitude": latitude, "longitude": longitude, "accuracy": 12})
    li, zhou, sun = [await _phone(page, name) for name in ("李建国", "周明", "孙丽")]

    await sends_photo(li, landing(), "3号楼2单元楼道堆满纸箱，过道只剩60厘米")
    await sees(li, "楼道堆物", "照片 1 张")
    await shares_place(li)
    await sees(li, "都齐了")
    await taps(li, "上报", on="都齐了")

    await sees_picture(zhou, "派给您一件", "楼道堆物")
    await taps(zhou, "签收")
    await sees(zhou, "已签收，待处置")
    await taps(zhou, "我到现场了")
    await sees(zhou, "处置中")
    await taps(zhou, "提交处置结果")
    await sees(zhou, "请发整改后的现场照片")
    await sends_photo(zhou, landing(n_cartons=0, seed=2), "纸箱已清走，过道恢复1.2米")
    await taps(zhou, "提交", on="看一眼")

    await sees_picture(sun, "请到现场核查", "纸箱已清走")
    await sees(li, "楼道堆物", "待核查")
    for phone in (li, zhou, sun):
        await expect(phone.locator(".toast")).to_have_count(0)
        await expect(phone.locator(".tile:not(.loaded)")).to_have_count(0)
    await _to_top(li, "楼道堆满纸箱")
    await _to_top(sun, "请到现场核查")
    await settled(page)


async def pass_the_check(page: Page) -> None:
    """Ends the story."""
    li, sun = [await _phone(page, name) for name in ("李建国", "孙丽")]
    await taps(sun, "通过", on="请到现场核查")
    await taps(sun, "确认通过")
    await sees(li, "您上报的隐患已消除")


async def _phone(page: Page, name: str) -> Frame:
    element = await page.get_by_role("region", name=name).locator("iframe").element_handle()
    assert element is not None
    frame = await element.content_frame()
    assert frame is not None
    await sees(frame, f"您好，{name}")
    return frame


async def _to_top(phone: Frame, words: str) -> None:
    """Brings the newest message with these words to the top of the phone."""
    row = phone.locator("article.bubble", has_text=words).first
    await row.evaluate("bubble => bubble.scrollIntoView({ block: 'start', behavior: 'instant' })")
