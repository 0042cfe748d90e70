"""What do the words around a name say about it: does it begin and end here, or is it part of another name?

Words of the language only, for any city.
"""

from __future__ import annotations

import re
from enum import Enum


class Follow(Enum):
    """What comes right after a name, and so whether the name is the whole name."""

    END = "end"  # the end, a number, punctuation, "gate", "nearby": the name ends here
    SOFT_END = "soft_end"  # "in", "of", "above": it ends here if it is long enough to be no other word
    FACT = "fact"  # what happened: it ends here
    OPEN = "open"  # unknown words: a short name may go on
    ROAD = "road"  # it is the name of a road
    LANDMARK = "landmark"  # it is the name of a shop, a school, a bridge
    LONGER = "longer"  # it is the beginning of another estate's name
    UNIT = "unit"  # it is the name of another town or street office


WHOLE = frozenset({Follow.END, Follow.SOFT_END, Follow.FACT})
OTHER_NAME = frozenset({Follow.ROAD, Follow.LANDMARK, Follow.LONGER, Follow.UNIT})


def _any(words: str) -> str:
    # Longest first: a regular expression takes the first alternative that fits.
    return "|".join(sorted(words.split(), key=len, reverse=True))


_PUNCTUATION = r"\s\d,，。.、;；:：!！?？()（）\[\]【】<>《》“”\"'·\-—_/|~#*+&@a-z"
_NOT_ROAD_AFTER_路 = "灯面口边沿上下障牌段基旁人政过况肩缘侧滑堵不"
_NOT_ROAD_AFTER_道 = "路口边闸沿上旁牙办积"
_NOT_ROAD_AFTER_街 = "道边面口上头坊办"

_FACT = re.compile(
    _any(
        """
        积水 积雪 结冰 冰面 内涝 下雨 大雨 暴雨 雨后 雨水 水位 水管 自来水 水淹 进水 漏水 跑水 冒水 停水
        水压 水井 水质 水表 污水 下水 排水 管道 管网 管井 井盖 井口 窨井 检查井 化粪池 阀门 沟盖 水沟
        被淹 淹水 路灯 路面 道路 马路 地面 便道 人行 台阶 塌陷 塌方 坍塌 沉降 裂缝 破损 损坏 坑洼 栏杆
        护栏 护坡 桥栏 减速带 隔离 燃气 煤气 天然气 液化 有股 异味 刺鼻 消防 灭火 防火 火灾 起火 着火
        失火 冒烟 烟感 火情 烧 疏散 安全出口 飞线 私拉 私搭 乱建 乱停 乱堆 电线 线路 线缆 电缆 电杆 电箱
        配电 变压器 电瓶 电动 充电 电梯 门禁 停电 断电 跳闸 漏电 供热 供暖 暖气 不热 外墙 墙皮 墙体 墙面
        围墙 外檐 屋檐 保温 瓷砖 玻璃 广告牌 屋顶 房顶 房屋 危房 平房 民房 阳台 空调 树 枯枝 杂草 绿化
        绿地 草坪 健身 车棚 棚子 楼道 楼梯 楼顶 楼板 天台 天井 杂物 堆 垃圾 渣土 臭 噪 扬尘 尘土 地下室
        地下车库 工地 施工 挖 围挡 脚手架 塔吊 基坑 违建 违章 违规 占道 占用 堵 群租 出租 三合一 住人
        共享单车 大货车 僵尸车 流浪 狗 马蜂 山洪 滑坡 泥石 落石 地震 大风 冰雹 台风 高空 坠 摔 倒 坏 丢
        掉 断 裂 缺 漏 溢 没人 没有 无人 不亮 不通 严重 疑似 发生 发现 出现 存在 突然 昨 今 早 晚 夜
        凌晨 上午 下午 有人 老人 孩子 物业 需要 请 麻烦 一下雨 每次 每逢 又
        """
    )
)
_SIDE_ROAD = re.compile(r"[东南西北中][路道街]")
_ROAD = re.compile(
    r"[东南西北中前后支]{0,2}(?:大街|大道|公路|胡同|支路|辅路|环路"
    rf"|路(?![{_NOT_ROAD_AFTER_路}])|道(?![{_NOT_ROAD_AFTER_道}])|街(?![{_NOT_ROAD_AFTER_街}])|巷(?!口|子里)"
    r"|线(?![路缆杆外上]))"
    r"|[一二三四五六七八九十\d]+(?:号路|经路|纬路|支路|马路|大街|街(?!道|坊))"
)
_CROSSING = re.compile(r"[路道街](?:交叉)?口")
_UNIT = re.compile(r"[\u4e00-\u9fff]{0,2}?(?:街道|[镇乡])|地区(?!积|路|停)")
_LANDMARK = re.compile(
    r"(?:地铁|公交|火车|高铁|汽车)?站(?![着在立不])|[立天]?[交]?桥(?!头)"
    r"|(?:第?[一二三四五六七八九十]+)?(?:中心|实验|附属)?(?:小学|中学|大学|学院|学校|幼儿园|医院|卫生院|卫生服务)"
    r"|厂(?!房)|河(?![边道水沿坝堤])|湖(?!边)|港(?!口)|渠|山(?![上下洪体])|"
    + _any(
        """
        地道 隧道 涵洞 立交 高架 泵站 变电 加油 收费 银行 邮局 派出所 法院 检察院 政府 市场 菜市 早市
        商场 商城 商贸 商厦 购物 超市 便利店 酒店 宾馆 饭店 旅馆 大厦 大楼 写字楼 广场 公园 体育 影院
        剧院 图书 书店 博物 公司 集团 工业 工厂 园区 产业 科技 农场 牧场 水库 水闸 公墓 陵园 养老 高速
        铁路 机场 码头 驾校 浴池 饭馆 餐厅 快餐 药店 诊所 网吧 歌厅 中心
        """
    )
)
_LONGER = re.compile(
    _any(
        """
        花园 家园 公寓 新村 新城 新苑 新里 新家 新居 名苑 名邸 嘉园 佳园 雅苑 雅居 豪庭 公馆 府邸 国际
        壹号 一号院 华府 华庭 天地 小镇 世家 康城 大院 半岛 名都 别墅 山庄 庄园 尚品 水岸
        """
    )
    + r"|[东南西北]{1,2}村|[东南西北中前后新老大小]{0,2}(?:里(?!面|边|头|有|的|都|又)|苑|园(?![区内林里])|庄(?!稼)"
    r"|村(?![民里口内边头委东西南北中主附门道路一部有的积发\d]|$)|屯|营(?!业)|堡|坨|沽|墅|邸|郡|轩|阁|庭|湾|子"
    r"|城(?![管建中])|府)|[东南西北]?楼(?![道上下前后顶梯宇房内外体里栋旁门层板墙面间\d])"
)
_END = re.compile(
    rf"$|[{_PUNCTUATION}]|[东南西北]+(?:侧|门|边|面|头|口|角|区|墙|段|向)|[一二三四五六七八九十甲乙丙丁]+(?:号|栋|区|期|单元|门|楼|组|队)|"
    + _any(
        """
        小区 社区 居委 村委 村民 村里 村口 附近 周边 周围 一带 这边 那边 这儿 片区 辖区 区域 门口 门前
        门外 门卫 大门 正门 后门 院内 院里 院子 里面 里头 那块 这块 那儿 跟前 居民 大门 头上 里边 外面
        对面 对过 交口 拐角 底商 旁边 号楼 段落 地段
        """
    )
)
_SOFT_END = re.compile(r"[村旁边内里外前后上下中口楼栋号第的和与及至到有是被在]")


def follow(text: str, end: int, *, ends_generic: bool = False) -> Follow:
    """Classifies what stands after a name that ends at `end`.

    `ends_generic` is true of names that carry their own generic word ("里", "庄"), after which another one
    means "inside" and no longer name.
    """
    if _UNIT.match(text, end):
        return Follow.UNIT
    if _FACT.match(text, end):
        return Follow.FACT
    if _SIDE_ROAD.match(text, end):
        return Follow.ROAD
    if _CROSSING.match(text, end):
        return Follow.END if ends_generic else Follow.ROAD
    if _ROAD.match(text, end):
        return Follow.ROAD
    if _END.match(text, end):
        return Follow.END
    if _LONGER.match(text, end) and not (ends_generic and text[end] in "里楼"):
        return Follow.LONGER
    if _LANDMARK.match(text, end):
        return Follow.LANDMARK
    return Follow.SOFT_END if _SOFT_END.match(text, end) else Follow.OPEN


_ANCHOR_BEFORE = re.compile(
    rf"(?:^|[{_PUNCTUATION}]|"
    + _any(
        """
        在 位于 坐落 到 至 从 由 往 去 离 是 和 与 及 跟 或 住 住在 我们 咱们 你好 您好 本社区 了 称
        叫 说 报 上报 映 归 属 属于 的 现 查 问 访 员 居民 业主 今天 昨天 前天 每天 白天 当天 上午 下午 中午 凌晨 早晨
        昨晚 今晚 晚上 早上 昨夜 半夜 深夜 夜里 刚 刚才 今日 昨日 时许 点多 附近 旁边 对面 靠近 经过
        路过 请 让 催 前往 来自 巡查 巡到 地址 地点 位置 坐标
        """
    )
    + ")$"
)
_ROAD_BEFORE = re.compile(r"[\u4e00-\u9fff](?:(?<![铁公马道])路|道|街|胡同|巷|交口|路口)$")
_UNIT_BEFORE = re.compile(r"[\u4e00-\u9fff](?:街道|街道办|[镇乡]|(?<!大)街)$")


_COMPOUND = re.compile(r"小区|社区|门口|大门|院内|院里|物业|(?:\d+|[一二三四五六七八九十]+)(?:号楼|栋|幢|单元)")


def has_gate(text: str, end: int) -> bool:
    """Tells whether what ends here has a gate or numbered buildings, which no road has."""
    return bool(_COMPOUND.match(text, end))


def starts_clean(text: str, start: int) -> bool:
    """Tells whether a name that starts here is not the tail of a longer, unknown name."""
    before = text[max(0, start - 3) : start]
    if before[-1:].isdigit() and text[start].isdigit():
        return False
    return bool(_ANCHOR_BEFORE.search(before) or _ROAD_BEFORE.search(before))


def has_short_tail(text: str, end: int) -> bool:
    """Tells whether the next few characters read like the rest of a longer name."""
    return follow(text, end + 1) in (Follow.END, Follow.FACT) or bool(_ESTATE_TAIL.match(text, end))


def unit_before(text: str, start: int) -> bool:
    """Tells whether the words right before read like a town or a street office."""
    return bool(_UNIT_BEFORE.search(text[max(0, start - 4) : start]))


_ROAD_NAME = re.compile(
    r"[\u4e00-\u9fff]{1,5}?(?:公路|大街|大道|胡同|高速|支路|辅路"
    rf"|(?<![马铁线电修走道网堵占完])路(?![{_NOT_ROAD_AFTER_路}]|口红绿)|(?<![马铁线电修走道网堵占完])路(?=口)"
    rf"|(?<![街通隧管便楼水行地车轨渠频铁跑坡甬匝过巷味知报占])道(?![{_NOT_ROAD_AFTER_道}])"
    rf"|(?<![上逛沿临])街(?![{_NOT_ROAD_AFTER_街}])|巷(?!口|子里))"
)
_OWN_CHARACTERS_OF_A_ROAD = 2


def road_names(text: str, cuts: list[int]) -> list[str]:
    """Returns the words that read like roads, in order. `cuts` are places where an area's name ends."""
    names = []
    for match in _ROAD_NAME.finditer(text):
        last = match.end() - 1 - _OWN_CHARACTERS_OF_A_ROAD
        begins = [
            start
            for start in range(match.start(), last + 1)
            if start in cuts or starts_clean(text, start) or text[start - 1] in "区县市"
        ]
        begin = max(begins, default=match.start())
        if match.end() - begin >= _OWN_CHARACTERS_OF_A_ROAD:
            names.append(text[begin : match.end()])
    return names


_ESTATE_TAIL = re.compile(r"[\u4e00-\u9fff]{1,3}(?:小区|社区|生活区)")
_ESTATE_PHRASE = re.compile(
    r"(?![\u4e00-\u9fff]{0,3}[路道街])[\u4e00-\u9fff]{1,6}?"
    r"(?:小区|(?<![井院屋楼沟河车夜地村店厂家])里(?![面边头有])|家园|公寓|新村|苑|(?<![公校菜田果乐物儿])园(?![区林]))"
)


def names_an_estate(text: str, start: int) -> bool:
    """Tells whether the words from `start` read like an estate's name, which no list need hold."""
    return bool(_ESTATE_PHRASE.match(text, start))
