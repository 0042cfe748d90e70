"""What people of the stories do again and again, in the words of their trade."""

from tests.fakes.small_city import IN_SOUTH
from tests.journeys.phone import Phone, Place

CASE, SECOND, THIRD = "TJ-2026-000001", "TJ-2026-000002", "TJ-2026-000003"
PONDING = "光明里地道积水约30厘米，车辆过不去"
CLUTTER = "3号楼2单元楼道堆满纸箱，过道只剩60厘米"


async def files(who: Phone, words: str, *, at: Place = IN_SOUTH, scene: int = 1) -> None:
    """Reports with a photo, a place and a sentence."""
    await who.sends_photo(scene=scene)
    await who.shares(at)
    await who.says(words)
    await who.taps("上报")


async def returns(who: Phone, reason: str, words: str) -> None:
    """退单: hands a case back with a reason and words."""
    await who.taps("退单")
    await who.taps(reason, on="为什么退")
    await who.says(words)


async def hands_in(who: Phone, words: str, *, scene: int) -> None:
    """提交处置结果: an after-photo with words under it."""
    await who.taps("提交处置结果")
    await who.sends_photo(scene=scene, caption=words)
    await who.taps("提交", on="看一眼")


async def passes(who: Phone) -> None:
    """核查通过."""
    await who.taps("通过")
    await who.taps("确认通过")


async def fails(who: Phone, reason: str) -> None:
    """核查不通过, for a reason of the list and without a photo."""
    await who.taps("不通过")
    await who.taps(reason, on="哪里没改好")
    await who.taps("跳过")
