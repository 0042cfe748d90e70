"""A busy day for the board: some twenty reports over a district and what became of them, through the phone API."""

import asyncio
from itertools import count

import aiohttp

from tests.browser.service import Service, inside
from tests.journeys.phone import Bubble, Phone

PATIENCE_S = 90.0
LOOK_EVERY_S = 0.1

#: Streets of the district in which something is seen and not yet dealt with.
SEEN = (
    ("120103001", "消火栓箱里没有水带"),
    ("120103001", "楼道堆满旧家具"),
    ("120103001", "电动车停在楼道里充电"),
    ("120103002", "消防通道被三辆车堵死"),
    ("120103004", "外墙皮脱落，掉在人行道上"),
    ("120103005", "路口井盖缺失"),
    ("120103005", "楼道堆放杂物"),
    ("120103005", "私拉电线从窗户接到车棚"),
    ("120103005", "路面塌陷一个坑"),
    ("120103007", "地道积水约20厘米"),
    ("120103008", "大树倒了压在便道上"),
    ("120103008", "天台门上锁"),
    ("120103010", "消防通道停满车"),
    ("120103011", "楼道里全是杂物"),
    ("120103011", "出租屋打隔断"),
    ("120103012", "燃气味很大，有人头晕"),
    ("120103013", "灭火器过期"),
    ("120103013", "楼道堆了旧自行车"),
)
#: Communities of Zhou's street, with what was seen and what was done.
DONE = (
    ("120103009007", "楼道堆满纸箱", "纸箱已清走"),
    ("120103009010", "消防通道被两辆车占了", "车已挪走，划了禁停线"),
    ("120103009020", "电动车在楼道飞线充电", "已劝离，飞线已拆"),
    ("120103009024", "楼道里全是杂物", "已清运"),
    ("120103009031", "私拉电线", "电线已拆除"),
)
#: Signed by Zhou and being worked on.
BEGUN = (("120103009012", "楼道堆了旧家具"), ("120103009032", "消防通道堆着建材"))


class Player:
    """People at their phones, and pictures that are never the same."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self._http = http
        self._scenes = count(100)

    async def phone(self, name: str, code: str) -> Phone:
        """Signs somebody in."""
        phone = Phone(name, self._http, settle=_at_once)
        await phone.signs_in(code)
        await waits(phone, "您好")
        return phone

    async def reports(self, who: Phone, code: str, words: str) -> None:
        """Files a report from a place."""
        await who.sends_photo(next(self._scenes), words)
        await who.shares(_beside(inside(code), next(self._scenes)))
        await waits(who, words, button="✅ 上报")
        await who.taps("✅ 上报", on=words)
        await waits(who, words, "TJ-")

    async def handles(self, who: Phone, words: str, done: str) -> None:
        """Signs, works and hands in."""
        await self.signs(who, words)
        await who.taps("提交处置结果", on=words)
        await waits(who, "请发整改后的现场照片")
        await who.sends_photo(next(self._scenes), done)
        await waits(who, done, "看一眼")
        await who.taps("提交", on=done)

    async def signs(self, who: Phone, words: str) -> None:
        """Signs what is given."""
        await waits(who, words, "待签收")
        await who.taps("签收", on=words)
        await waits(who, words, "已签收")

    async def passes(self, who: Phone, done: str) -> None:
        """Finds on the spot that it is gone."""
        await waits(who, done, "待核查")
        await who.taps("✅ 通过", on=done)
        await waits(who, "确认隐患已消除")
        await who.taps("确认通过")
        await waits(who, done, "已销号")


async def play_a_day(service: Service) -> None:
    """Plays the day; takes a minute or two, for nobody taps faster than the sending limits allow."""
    async with aiohttp.ClientSession(service.gateway) as http:
        player = Player(http)
        li, zhou, sun = [
            await player.phone(name, code)
            for name, code in (("李建国", "DEMO-LI"), ("周明", "DEMO-ZHOU"), ("孙丽", "DEMO-SUN"))
        ]
        for code, words, done in DONE:
            await player.reports(li, code, words)
            await player.handles(zhou, words, done)
            await player.passes(sun, done)
        for code, words in BEGUN:
            await player.reports(li, code, words)
            await player.signs(zhou, words)
        for code, words in SEEN:
            await player.reports(li, code, words)


async def waits(who: Phone, *words: str, button: str = "") -> None:
    """Looks at the chat until one message holds all the words, and the button if one is named."""

    def here(bubble: Bubble) -> bool:
        return all(word in bubble.text for word in words) and (not button or button in bubble.labels)

    until = asyncio.get_running_loop().time() + PATIENCE_S
    while not any(map(here, who.bubbles)):
        if asyncio.get_running_loop().time() > until:
            raise TimeoutError(f"{who.name} waits in vain for {words}:\n{who.screen}")
        await asyncio.sleep(LOOK_EVERY_S)
        await who.look()


async def _at_once() -> None:
    """Waits for nothing: what is expected is waited for by its words."""


def _beside(point: tuple[float, float], number: int) -> tuple[float, float]:
    """Moves a place by some metres, so that no report looks like another of the same spot."""
    return point[0] + (number % 7 - 3) * 4e-5, point[1] + (number % 5 - 2) * 4e-5
