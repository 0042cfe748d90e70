"""Takes the README's pictures anew: `python -m scripts.pictures`, by hand, with Chromium and the fonts at hand.

It plays on the real service, as the browser tests do, and keeps what people see. Nothing is drawn over it.
"""

import asyncio
import tempfile
from pathlib import Path

from playwright.async_api import Browser, Page, ViewportSize, async_playwright

from scripts.pictures.board import play_a_day
from scripts.pictures.phones import pass_the_check, play_until_the_check
from scripts.pictures.png import pack
from tests.browser.conftest import CHROMIUM, CHROMIUM_ARGUMENTS
from tests.browser.service import Service, running

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures"
PATIENCE_MS = 60_000
DISTRICT = "120103"
DESK: ViewportSize = {"width": 1440, "height": 900}
#: The board down to the first rows of its table.
TALL: ViewportSize = {"width": 1440, "height": 1198}


async def main(service: Service) -> None:
    """Plays and takes both pictures."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        page = await desk(browser)
        await page.goto(service.phones)
        await play_until_the_check(page)
        keep(await page.screenshot(), "phones.png")
        await pass_the_check(page)

        await play_a_day(service)
        await page.set_viewport_size(TALL)
        await page.goto(f"{service.board}?area={DISTRICT}")
        await page.locator("#map canvas").wait_for()
        await page.locator("#series canvas").wait_for()
        await page.wait_for_load_state("networkidle")
        keep(await page.screenshot(), "board.png")
        await browser.close()


async def desk(browser: Browser) -> Page:
    """Opens a page on a wide screen."""
    context = await browser.new_context(
        viewport=DESK,
        device_scale_factor=1.5,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        permissions=["geolocation"],
    )
    context.set_default_timeout(PATIENCE_MS)
    return await context.new_page()


def keep(picture: bytes, name: str) -> None:
    """Keeps a picture beside the documents and tells its size."""
    packed = pack(picture)
    (FOLDER / name).write_bytes(packed)
    print(f"{name}: {len(packed) // 1000} kB")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, running(Path(folder) / "data") as started:
        asyncio.run(main(started))
