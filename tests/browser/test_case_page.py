"""A dispatcher works on a case in Chromium: signs in by the bot's link, looks, assigns, returns, urges."""

from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from actions import access, media, reports, roster
from actions.people import member
from actions.places import area_codes, chain
from actions.ports import Deps
from actions.reports import FilingRequest, PlaceGiven
from models.rules.states import State
from tests.browser.boards import STREET, Board, desk
from tests.browser.conftest import NewPhone
from tests.fakes.pictures import jpeg

COMMUNITY = STREET + "013"
NASTY = "<img src=x onerror=document.title='taken'>地道积水"
SEVERE = ("serious", "critical")


async def filed(deps: Deps) -> str:
    """Li reports a flooded underpass in words that look like markup."""
    li = await member(deps, (await roster.find(deps, "li")).person_id)
    seen = await media.take(deps, li.person_id, jpeg(3))
    assert deps.index is not None
    place = PlaceGiven(
        areas=area_codes(chain(deps, COMMUNITY)),
        edition=deps.index.edition,
        method="own_area",
        reason="own_area",
        latitude=39.09,
        longitude=117.21,
    )
    request = FilingRequest(
        kind="ponding", text=NASTY, place=place, channel="test", update_id=1, before=(seen.media_id,)
    )
    receipt = await reports.file(deps, li.actor, request)
    assert receipt.case_no is not None
    return receipt.case_no


@pytest.fixture
async def signed_in(board: Board, new_phone: NewPhone) -> Page:
    """Gives the screen of Wang, who dispatches for the street, after the bot's link."""
    page = await (await new_phone(**desk())).new_page()
    wang = await roster.find(board.deps, "wang")
    link = await access.sign_in_link(board.deps, wang.person_id, board.deps.clock())
    await page.goto(board.address.removesuffix("/board/") + "/board/in#" + link.partition("#")[2])
    await expect(page.locator("#tiles .tile")).to_have_count(6)
    return page


async def test_a_dispatcher_assigns_and_urges_on_the_page(board: Board, signed_in: Page, shots: Path) -> None:
    page, case_no = signed_in, await filed(board.deps)
    await page.goto(f"{board.address}cases?area={COMMUNITY}&open=true")
    await page.get_by_role("link", name=case_no).click()

    await expect(page.locator("#words")).to_have_text(NASTY)
    assert await page.locator("#words img").count() == 0
    await expect(page.locator("#photos img")).to_have_count(1)
    await expect(page.locator("#map svg circle")).to_be_visible()

    await page.locator("[data-verb=dispatch]").click()
    unit = page.get_by_label("责任单位")
    await expect(unit.locator("option", has_text="按规则")).to_have_count(1)
    await unit.select_option(index=1)
    await page.get_by_role("button", name="提交", exact=True).click()
    await expect(page.locator("#state")).to_contain_text("已派遣")
    await expect(page.locator("#note")).to_have_text("已完成：派遣")

    await page.locator("[data-verb=urge]").click()
    await page.get_by_label("说明").fill("请尽快到场")
    await page.get_by_role("button", name="提交", exact=True).click()
    await expect(page.locator("#history li").first).to_contain_text("请尽快到场")
    async with board.deps.store.read() as unit_of_work:
        facts = await unit_of_work.cases.facts(case_no)
    assert facts is not None
    assert (facts.state, facts.urged) == (State.DISPATCHED, True)
    assert "taken" not in await page.title()
    await page.screenshot(path=shots / "case-1440.png", full_page=True)


async def test_whoever_is_not_signed_in_may_look_and_do_nothing(board: Board, new_phone: NewPhone, shots: Path) -> None:
    case_no = await filed(board.deps)
    page = await (await new_phone()).new_page()
    await page.goto(f"{board.address}case/{case_no}")
    await expect(page.locator("#state")).to_contain_text("已立案")
    await expect(page.locator("#verbs button")).to_have_count(0)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing sticks out"
    await page.screenshot(path=shots / "case-390.png", full_page=True)


async def test_what_is_refused_is_said_in_words(board: Board, signed_in: Page) -> None:
    case_no = await filed(board.deps)
    await signed_in.goto(f"{board.address}case/{case_no}")
    await signed_in.locator("[data-verb=dispatch]").click()
    await signed_in.get_by_role("button", name="提交", exact=True).click()
    await expect(signed_in.locator("#note")).not_to_be_empty()
    await expect(signed_in.locator("#state")).to_contain_text("已立案")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_severe(board: Board, new_phone: NewPhone, scheme: str) -> None:
    case_no = await filed(board.deps)
    page = await (await new_phone(color_scheme=scheme)).new_page()
    for address, ready in (("?period=30d", "#tiles .tile"), ("cases", "#list li"), (f"case/{case_no}", "#history li")):
        await page.goto(board.address + address)
        await expect(page.locator(ready).first).to_be_visible()
        found = (await Axe().run(page)).response["violations"]
        severe = [(fault["id"], fault["nodes"][0]["html"]) for fault in found if fault["impact"] in SEVERE]
        assert severe == [], address
