"""What is the language of addresses, whatever the city: suffixes, and what may stand around a name.

Only words of the language live here. A name of any place is data and never belongs in this file.
"""

from __future__ import annotations

import re
import unicodedata
from enum import Enum
from functools import cache

import opencc

LONGEST_NAME = 24
"""Characters; nothing longer is looked up, and the few longer official names have shorter forms."""

STREET_SUFFIXES = ("街道办事处", "地区办事处", "民族乡", "街道", "镇", "乡")
DISTRICT_SUFFIXES = ("自治县", "新区", "区", "县", "市", "旗")
COMMITTEE = re.compile(
    r"[（(]?(?:(?:农工商联合公司[（(])?村委会|社区居民委员会|社区居委会|村民委员会|居民委员会|居委会|(?<=[街村])委员会)[)）]?$"
)
GENERIC_COMMUNITY = re.compile(r"(?:虚拟社区|虚拟生活区|生活区|社区|小区|村)$")

_CHINESE_NUMERAL = re.compile(r"[一二三四五六七八九十]+")
_ARABIC = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_FIRST_HAN, _LAST_HAN = 0x4E00, 0x9FFF
_SPACE = re.compile(r"(?<![0-9a-z])\s+|\s+(?![0-9a-z])")


@cache
def _simplified() -> dict[int, str]:
    # One converted alphabet and str.translate cost 1 µs a text; OpenCC's own convert costs 85 µs.
    alphabet = [chr(point) for point in range(_FIRST_HAN, _LAST_HAN + 1)]
    converted = opencc.OpenCC("t2s").convert("\n".join(alphabet)).split("\n")
    return {ord(old): new for old, new in zip(alphabet, converted, strict=True) if old != new}


def normalise(text: str) -> str:
    """Returns text in simplified script, half-width, lower case, without space between Chinese words."""
    half_width = unicodedata.normalize("NFKC", text).lower()
    return _SPACE.sub("", half_width.translate(_simplified()).strip())


def arabic_numerals(name: str) -> str:
    """Returns a name with its Chinese numerals (below 100) written as digits."""
    return _CHINESE_NUMERAL.sub(lambda found: str(_number(found[0])), name)


def _number(numeral: str) -> int:
    tens, ten, ones = numeral.rpartition("十")
    if not ten:
        return int("".join(str(_ARABIC[digit]) for digit in numeral))
    return (_ARABIC.get(tens, 1)) * 10 + _ARABIC.get(ones, 0)


class Follow(Enum):
    """What comes right after a name, and so whether the name is the whole name."""

    PLACE = "place"  # the end, a number, punctuation, "gate", "nearby": the name ends here
    FACT = "fact"  # what happened: the name ends here
    OPEN = "open"  # unknown words: a short name may go on
    ROAD = "road"  # it is the name of a road
    LANDMARK = "landmark"  # it is the name of a shop, a school, a bridge
    LONGER = "longer"  # it is the beginning of another estate's name


_NO_ROAD = "(?!灯|面|口|边|沿|上|下|障|牌|段|基|沿|中间|旁|人|政|过|况|肩|缘|侧|滑|堵|不)"
_ROAD_AFTER = re.compile(
    rf"[东南西北中前后支]{{0,2}}(?:大街|大道|公路|马路(?!{_NO_ROAD[3:-1]})|胡同|支路|辅路|环路|路{_NO_ROAD}"
    r"|道(?!路|口|边|闸|沿|上|旁|牙)|街(?!道路|边|面|口|上|头|坊|道积|道上)|巷(?!口|子里)|线(?!路|缆|杆|外|上))"
    r"|[一二三四五六七八九十\d]+(?:号路|经路|纬路|支路|马路|大街)"
)
_LANDMARK_AFTER = re.compile(
    r"(?:地铁|公交|火车|高铁|汽车)?站(?!着|在|立|不)|[立天地]?[交道]?桥(?!头)|地道|隧道|涵洞|立交|高架|泵站|变电|加油|收费"
    r"|(?:第?[一二三四五六七八九十]+)?(?:中心|实验|附属)?(?:小学|中学|大学|学院|学校|幼儿园|医院|卫生院|卫生服务)|银行|邮局|派出所|法院"
    r"|检察院|政府|市场|菜市|商场|商城|商贸|购物|超市|便利店|酒店|宾馆|饭店|旅馆|大厦|大楼|写字楼|广场|公园|体育|影院|剧院|图书|书店|博物"
    r"|公司|集团|工业|工厂|厂(?!房)|园区|产业|科技|农场|牧场|水库|水闸|河(?!边|道|水|沿|坝|堤)|渠|湖(?!边)|公墓|陵园|养老|高速|铁路|机场|码头|港(?!口)"
)
_LONGER_AFTER = re.compile(
    r"花园|家园|公寓|新村|新城|新苑|新里|新家|名苑|名邸|嘉园|佳园|雅苑|雅居|豪庭|公馆|府邸|国际|壹号|一号院|华府|华庭|天地|小镇|世家|康城|大院"
    r"|[东南西北中前后新老大小]{0,2}(?:里(?!面|边|头|有|的|没|出|又|全|都|居|一|到|很|下|发|着|积|漏|路|井|污|水|电|楼|垃|堆)|苑|园(?!区|内|林|里)|庄(?!稼)|村(?!民|里|口|内|边|头|委|东|西|南|北|中|主|附|门|道|路|一|部|有|的|积|发|\d|$)"
    r"|屯|营(?!业)|堡|坨|沽|墅|邸|郡|轩|阁|庭|湾|城(?!管|建|中)|府|楼(?!道|上|下|前|后|顶|梯|宇|房|内|外|体|里|栋|旁|门|层|板|\d))"
)
_END = r"$|[\s\d,，。.、;;:：!！?？()（）\[\]【】<>《》“”\"'·\-—_/|~#*+&@]"
_PLACE_AFTER = re.compile(
    rf"{_END}|小区|社区|居委|村委|村民|村|附近|周边|周围|一带|地区|片区|辖区|区域|门口|门前|门外|门卫|大门|正门|后门|[东南西北]+(?:侧|门|边|面|头|口|角|区|墙|段|向)"
    r"|旁|边|内|里|外(?!墙)|前|后|上|下|中|口|对面|对过|路口|交口|拐角|底商|平房|楼|栋|号|单元|院内|院里|大院|第|[一二三四五六七八九十]+(?:号|栋|区|期|单元|门|楼|组|队)|的|和|与|及|至|到|有|是|被|又"
)
_FACT_AFTER = re.compile(
    r"积水|积雪|结冰|内涝|下雨|大雨|暴雨|雨后|雨水|水位|水管|自来水|水淹|进水|漏水|跑水|冒水|停水|水压|水井|水质|污水|下水|排水|管道|管网|井盖|井口|窨井|检查井|阀门"
    r"|路灯|路面|道路|马路|地面|便道|人行|台阶|塌陷|塌方|坍塌|沉降|裂缝|破损|损坏|坑洼|燃气|煤气|天然气|液化|消防|灭火|防火|火灾|起火|着火|失火|冒烟|烟感|火情"
    r"|飞线|私拉|电线|线路|线缆|电缆|电杆|电瓶|电动|充电|电梯|停电|断电|跳闸|供热|暖气|供暖|不热|外墙|墙皮|墙体|墙面|外檐|保温|瓷砖|玻璃|广告牌|屋顶|房顶|房屋|危房|平房|阳台"
    r"|树|枯枝|杂草|绿化|绿地|草坪|楼道|楼梯|楼顶|天台|天井|杂物|堆|垃圾|渣土|臭|异味|噪|扬尘|尘土|工地|施工|挖|围挡|脚手架|塔吊|违建|违章|违规|占道|占用|堵|群租|出租|三合一|住人"
    r"|山洪|滑坡|泥石|落石|地震|大风|冰雹|台风|高空|坠|摔|倒|坏|丢|掉|断|裂|缺|漏|溢|淹|没有?人|无人|不亮|不通|严重|发生|发现|出现|存在|突然|昨|今|早|晚|夜|凌晨|上午|下午|有人|居民|老人|孩子|需要|请|缺失"
)


def follow(text: str, end: int, *, ends_like_estate: bool = False) -> Follow:
    """Classifies what stands after a name that ends at `end`.

    `ends_like_estate` is true of names that already carry their own generic word ("里", "庄"), after which a
    landmark or an "inside" no longer makes another name of it.
    """
    if end >= len(text):
        return Follow.PLACE
    if _FACT_AFTER.match(text, end):
        return Follow.FACT
    if _ROAD_AFTER.match(text, end):
        return Follow.ROAD
    if _LONGER_AFTER.match(text, end) and not (ends_like_estate and text[end] in "里楼"):
        return Follow.LONGER
    if _LANDMARK_AFTER.match(text, end):
        return Follow.LANDMARK
    if _PLACE_AFTER.match(text, end):
        return Follow.PLACE
    return Follow.OPEN


_ANCHOR_BEFORE = re.compile(
    rf"(?:^|{_END[2:]}|在|位于|到|至|从|由|自|往|去|向|离|是|和|与|及|跟|或|住|家住|我们|本|经|于|对|为|的|了|称|叫|说|报|映|现|查|问|访|员|居民|业主|天|午|晨|晚|早|夜|刚|日|点|分|时|好|今|昨)$"
)
_ROAD_BEFORE = re.compile(r"[\u4e00-\u9fff](?:路|道|街|胡同|巷|交口|路口)$")


def starts_clean(text: str, start: int) -> bool:
    """Tells whether a name that starts here is not the tail of a longer, unknown name."""
    before = text[max(0, start - 3) : start]
    return bool(_ANCHOR_BEFORE.search(before) or _ROAD_BEFORE.search(before))


ESTATE_END = re.compile(r"[里庄村园苑屯坨沽营堡峪窝铺坊寓邸轩庭湾城居]$|新居$|小区$")
ROAD_END = re.compile(r"(?:路|道|街|大街|胡同|巷|桥|线|大堤)$")
ROAD_NAME = re.compile(
    r"[\u4e00-\u9fff]{1,4}?(?:公路|大街|大道|胡同|高速|支路|辅路|马路|"
    rf"路{_NO_ROAD}|路(?=口)|道(?!路|口|边|闸|牙|办|积)|街(?!道|边|面|头|坊|办)|巷(?!口|子里))"
)
