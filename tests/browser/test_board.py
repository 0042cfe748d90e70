"""The board in Chromium as people see it: on a phone, on a screen, in the dark, without network, by keyboard."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Page, expect

from models.rules.facts import AreaCodes
from tests.browser.boards import DISTRICT, STREET, Board, desk
from tests.browser.conftest import NewPhone
from tests.web.lives import live

ROOT = Path(__file__).resolve().parents[2]
SIZES = {"390": (390, 844), "1440": (1440, 900)}
CONTRAST = """
() => {
  const number = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
  const over = ([r, g, b, a = 1], [x, y, z]) => [r * a + x * (1 - a), g * a + y * (1 - a), b * a + z * (1 - a)];
  const light = (rgb) => {
    const [r, g, b] = rgb.map((n) => (n / 255 <= 0.03928 ? n / 255 / 12.92 : ((n / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    const layers = [];
    for (let e = element; e; e = e.parentElement) layers.push(number(getComputedStyle(e).backgroundColor));
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255]);
  };
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const unseen = !walker.currentNode.textContent.trim() || !element.checkVisibility();
    if (unseen || element.closest(".spoken, .skip")) continue;
    const style = getComputedStyle(element);
    const below = ground(element);
    const [one, two] = [light(over(number(style.color), below)), light(below)].sort((a, b) => b - a);
    const large = parseFloat(style.fontSize) >= 24;
    const ratio = (one + 0.05) / (two + 0.05);
    if (ratio < (large ? 3 : 4.5)) faint.push(`${element.className || element.tagName} ${ratio.toFixed(2)}`);
  }
  return [...new Set(faint)];
}
"""

KEPT = """
async () => {
  const kept = (await (await caches.open("whistle-board-1")).keys()).map((request) => request.url);
  const loaded = performance.getEntriesByType("resource").map((entry) => entry.name);
  const parts = loaded.filter((url) => /\\/board\\/|\\/areas/.test(url) && !url.endsWith("/sw.js"));
  return [new URL("/board/", location.href).href, ...parts].every((url) => kept.includes(url));
}
"""


@pytest.fixture
async def opened(board: Board, new_phone: NewPhone, complaints: list[str]) -> Callable[..., object]:
    """Opens the board in a browser of its own."""

    async def make(query: str = "", *, charts: bool = True, **wishes: object) -> Page:
        context: BrowserContext = await new_phone(**wishes)
        page = await context.new_page()
        page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda fault: complaints.append(str(fault)))
        await page.goto(board.address + query)
        await expect(page.locator("#tiles .tile")).to_have_count(6)
        if charts:
            await expect(page.locator("#map canvas")).to_be_visible(timeout=40_000)
            await expect(page.locator("#series canvas")).to_be_visible()
        return page

    return make


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
async def test_the_board_is_whole_and_readable(
    opened, complaints: list[str], shots: Path, size: str, scheme: str
) -> None:  # type: ignore[no-untyped-def]
    wishes = desk(*SIZES[size]) if size != "390" else {}
    page: Page = await opened("?period=30d", color_scheme=scheme, **wishes)

    stats = await page.evaluate("fetch('/api/v1/stats?period=30d').then((answer) => answer.json())")
    numbers = await page.locator(".tile-number").all_text_contents()
    now, total = stats["total"]["now"], stats["total"]
    shown = [now["open"], total["cleared_in_period"], total["registered"], now["overdue"], now["suspended"]]
    assert [int(n.replace(",", "")) for n in numbers] == [*shown, now["life_danger"]]
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing sticks out"
    assert await page.evaluate(CONTRAST) == []
    assert await page.evaluate("innerHeight") >= (await page.locator("#tiles").bounding_box())["y"]
    await page.screenshot(path=shots / f"board-{size}-{scheme}.png", full_page=size == "390")
    assert complaints == []


async def test_a_view_can_be_sent_as_an_address(opened, complaints: list[str]) -> None:  # type: ignore[no-untyped-def]
    page: Page = await opened(charts=False, **desk())
    await page.get_by_role("link", name="近 30 天").click()
    await page.get_by_label("区域").select_option(DISTRICT)
    await page.get_by_label("紧急程度").select_option("U3")
    await page.locator("#levels").get_by_role("link", name="区", exact=True).click()
    await expect(page.locator(".areas tbody tr")).to_have_count(1)
    assert page.url.split("?")[1] == f"period=30d&level=district&area={DISTRICT}&urgency=U3"

    await page.reload()
    await expect(page.locator(".areas tbody th")).to_contain_text("河西区")
    await expect(page.get_by_label("紧急程度")).to_have_value("U3")
    await page.get_by_role("button", name="清除条件").click()
    await expect(page.get_by_label("区域")).to_have_value("")
    await page.go_back()
    await expect(page.get_by_label("区域")).to_have_value(DISTRICT)
    assert complaints == []


async def test_a_street_on_the_map_can_be_looked_into(opened) -> None:  # type: ignore[no-untyped-def]
    page: Page = await opened(f"?period=30d&area={DISTRICT}", **desk())
    box = await page.locator("#map canvas").bounding_box()
    await page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    await expect(page.locator("#tip strong")).not_to_be_empty()
    name = await page.locator("#tip strong").text_content()

    await page.mouse.down()
    await page.mouse.up()
    await expect(page.locator("[data-street]")).to_have_text(str(name))
    await expect(page.locator(".areas tbody tr")).to_have_count(1)
    await expect(page.locator(".areas tbody th")).to_contain_text(str(name))


async def test_new_cases_appear_by_themselves(opened, board: Board) -> None:  # type: ignore[no-untyped-def]
    page: Page = await opened(charts=False, **desk())
    before = int(await page.locator("[data-figure='now.open'] .tile-number").text_content() or "")
    place = [AreaCodes(board.deps.city.code, DISTRICT, STREET)]
    now = board.deps.clock()
    await live(board.deps, n=3, seed=1, people=(1, 2), places=place, until=now, days=0.001, eager=0)
    await expect(page.locator("[data-figure='now.open'] .tile-number")).to_have_text(str(before + 3), timeout=20_000)


async def test_without_network_the_last_figures_stay_and_say_their_age(opened) -> None:  # type: ignore[no-untyped-def]
    page: Page = await opened("?period=7d", **desk())
    await page.wait_for_function(KEPT)
    numbers = await page.locator(".tile-number").all_text_contents()
    board = page.url

    await page.context.set_offline(True)
    await expect(page.locator("#status")).to_contain_text("没有网络，显示")
    await page.context.set_offline(False)
    await page.goto(f"{board.split('?')[0]}case/TJ-2026-000001", wait_until="networkidle")
    await page.context.set_offline(True)
    await page.goto(board)
    await expect(page.locator("#status")).to_contain_text("没有网络，显示")
    assert await page.locator(".tile-number").all_text_contents() == numbers
    await expect(page.locator("#map canvas")).to_be_visible(timeout=20_000)

    await page.context.set_offline(False)
    await expect(page.locator("#status")).to_contain_text("实时")


async def test_every_figure_explains_itself_to_the_keyboard(opened) -> None:  # type: ignore[no-untyped-def]
    page: Page = await opened(charts=False, **desk())
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="跳到数据")).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="未清零是什么意思").first).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("#definition")).to_contain_text("不论哪天立案")
    await page.keyboard.press("Escape")
    await expect(page.locator("#definition")).to_be_hidden()


async def test_the_table_sorts_by_every_heading(opened) -> None:  # type: ignore[no-untyped-def]
    page: Page = await opened("?period=30d", charts=False, **desk())
    await page.locator("[data-sort='registered']").click()
    column = page.locator(".areas tbody tr td:nth-child(6)")
    counts = [int(text) for text in await column.all_text_contents()]
    assert counts == sorted(counts, reverse=True)
    await expect(page.locator("th[aria-sort='descending']")).to_contain_text("立案")
    await page.locator("[data-sort='registered']").click()
    await expect(page.locator("th[aria-sort='ascending']")).to_contain_text("立案")
    assert "sort=registered" in page.url


async def test_what_stands_in_an_address_stays_text(opened, board: Board) -> None:  # type: ignore[no-untyped-def]
    page: Page = await opened(charts=False, **desk())
    await page.goto(f"{board.address}?area=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E")
    await expect(page.locator("#note")).to_contain_text("<img src=x onerror=alert(1)>")
    assert await page.locator("#note img").count() == 0


async def test_other_languages_are_one_press_away(opened) -> None:  # type: ignore[no-untyped-def]
    page: Page = await opened("?period=7d", charts=False)
    await page.get_by_role("link", name="English").click()
    await expect(page.get_by_role("heading", name="Clearing board")).to_be_visible()
    await expect(page.locator("#status")).to_contain_text("Live")
    await expect(page.locator("#periods [aria-current]")).to_have_text("7 days")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_kinds_ages_and_news_stand_beside_the_map(opened, board: Board) -> None:  # type: ignore[no-untyped-def]
    page: Page = await opened("?period=30d", charts=False, **desk())
    stats = await page.evaluate("fetch('/api/v1/stats?period=30d').then((answer) => answer.json())")
    most = max(stats["kinds"], key=lambda kind: kind["registered"])
    await expect(page.locator("#kinds .amount-words").first).to_have_text(str(most["registered"]))
    ages = [int(words) for words in await page.locator("#ages .amount-words").all_text_contents()]
    assert ages == [bar["n"] for bar in stats["ages"]]
    assert sum(ages) == stats["total"]["now"]["open"]
    await expect(page.locator("#ticker .happening").first).to_be_visible()
    await page.locator("#kinds a").first.click()
    await expect(page.locator("select[name=kind]")).to_have_value(most["kind"])


async def test_a_street_is_looked_into_down_to_its_communities(opened) -> None:  # type: ignore[no-untyped-def]
    page: Page = await opened(f"?period=30d&area={STREET}", charts=False, **desk())
    await page.locator("#levels").get_by_role("link", name="社区").click()
    await expect(page.locator(".areas caption")).to_contain_text("社区")
    assert "level=community" in page.url


async def test_the_wall_has_nothing_to_press_and_is_left_by_escape(opened, shots: Path) -> None:  # type: ignore[no-untyped-def]
    page: Page = await opened("?period=7d&wall=1", **desk(1920, 1080))
    await expect(page.locator(".controls")).to_be_hidden()
    await expect(page.locator(".panel-table")).to_be_hidden()
    await page.screenshot(path=shots / "board-wall.png")
    await page.keyboard.press("Escape")
    await expect(page.locator(".controls")).to_be_visible()
    assert "wall" not in page.url
