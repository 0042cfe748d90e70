"""What a person does on the phone page, in words that tests can read."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw
from playwright.async_api import FilePayload, Frame, Locator, Page

from tests.browser.scripted_bot import ScriptedBot


async def sign_in(page: Page, bot: ScriptedBot, code: str = "LI-2026") -> int:
    """Signs in by typing a code and returns the chat id that the bot learns."""
    await page.get_by_role("textbox", name="邀请码").fill(code)
    await page.get_by_role("button", name="进入").click()
    update = await bot.expect_text(f"/start {code}")
    await bubble(page, f"/start {code}").wait_for()
    return int(update["message"]["chat"]["id"])


def bubble(page: Page, words: str) -> Locator:
    """Finds the bubble that contains the words."""
    return page.locator("article.bubble", has_text=words)


async def write(page: Page, words: str) -> None:
    """Types a message and sends it."""
    await page.get_by_role("textbox", name="写消息").fill(words)
    await page.get_by_role("button", name="发送", exact=True).click()


async def settled(page: Page) -> None:
    """Waits until nothing on the page moves, endless spinners excepted."""
    await page.evaluate(
        """() => Promise.all(
            document.getAnimations()
                .filter((motion) => motion.effect.getComputedTiming().endTime !== Infinity)
                .map((motion) => motion.finished.catch(() => null)))"""
    )


async def attach_photos(page: Page | Frame, *photos: bytes) -> None:
    """Chooses photos from the gallery into the tray of a phone, alone or in a frame."""
    await page.get_by_role("button", name="照片、位置、文件").click()
    async with (page.page if isinstance(page, Frame) else page).expect_file_chooser() as chooser:
        await page.get_by_role("button", name="相册").click()
    files: list[FilePayload] = [
        {"name": f"photo{index}.jpg", "mimeType": "image/jpeg", "buffer": photo} for index, photo in enumerate(photos)
    ]
    await (await chooser.value).set_files(files)
    await page.locator(".tray-tile").nth(len(photos) - 1).wait_for()


def street_photo(hue: int, size: tuple[int, int] = (1200, 900)) -> bytes:
    """Draws a small street scene as a JPEG; another hue makes another picture."""
    width, height = size
    picture = Image.new("HSV", size, (hue, 60, 225)).convert("RGB")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, height * 0.62, width, height), fill=(92, 96, 100))
    for index in range(5):
        left = width * (0.02 + index * 0.2)
        top = height * (0.18 + 0.09 * ((index * hue) % 3))
        pen.rectangle((left, top, left + width * 0.16, height * 0.62), fill=(150 + 12 * index, 140, 120 + hue // 4))
    pen.ellipse((width * 0.3, height * 0.74, width * 0.78, height * 0.92), fill=(70, 110, 140))
    packed = io.BytesIO()
    picture.save(packed, "JPEG", quality=82)
    return packed.getvalue()
