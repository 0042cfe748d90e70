"""Which names are words of common speech as well, and which words name an area that no list here holds?

Words of the language only, for any city.
"""

from __future__ import annotations

import re


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


_THINGS = _words(
    """
    广场 花园 乐园 公园 菜园 田园 果园 校园 草地 新房 新房子 瓦房 平房 营房 厂房 桥头 路头 渡口 前台
    后台 楼底下 大楼 小楼 土楼 石碑 城下 堂上 小河 大河 会馆 植物园 试验场 试验楼 保税区 开发区 文化宫
    百货大楼 水岸 航天城 商业街 步行街 体育场 体育中心 家属院 宿舍 大院 后院 前院 车站 学校 医院 市场
    大街 小街 马路 胡同 村口 河口 路口 门口 街口 村委会 居委会 物业 大门 后门 东门 西门 南门 北门 东区
    西区 南区 北区 东村 西村 一区 二区 三区 一村 二村 三村 仓库 工地 厂区 院区 校区 大桥 小桥 石桥 水库
    水塘 鱼池 砖厂 砖窑 粮库 大树 河边 楼下 楼上 东西 人民 水池 河沿 路边 桥下 村里 院里 门前 敬老院
    幼儿园 养殖场
    """
)
_NOTIONS = _words(
    """
    文化 建设 安全 丰富 独立 联合 自由 民主 教师 解放 创新 地球 化工 团结 阳光 幸福 前进 联盟 友好 渔业
    海岸 新生 致富 大于 官场 富贵 忠义 富强 同心 友爱 格调 水牛 求实 倒流 勤俭 采油 改造 环境 交通 卫生
    生活 群众 领导 工人 学生 农民 春天 夏天 秋天 冬天
    """
)
_NUMBERED = re.compile(r"第?[一二三四五六七八九十百两\d]+(?:社区|小区|[区村街里号])?$")
_COUNTED = re.compile(r"[一二三四五六七八九十百两][间段户楼层排栋个家组队]$")

_SOMEBODY = re.compile(
    r"[小老](?:[王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石]|师傅)$"
)
"""Little Wang, old Li: how colleagues call each other, and how villages are called too."""

_SIDE_OF = re.compile(r"[东南西北前后正大]{1,2}[门口头][里内外前旁]?$")
"""West gate, in front of the south gate: of any place, and also the names of villages."""
_INSIDE = "里内外前后旁"


_INSTITUTION = re.compile(r"(?:大学|学院|医院|学校|中学|小学|公司|集团|机场|车站|总站|油田)$")


def is_institution(form: str) -> bool:
    """Tells whether a form names what has a second seat in another street more often than not."""
    return bool(_INSTITUTION.search(form))


def is_thing(form: str) -> bool:
    """Tells whether a form names a thing or a person found everywhere, and so is no address by itself."""
    if form in _THINGS or (form[-1] in _INSIDE and form[:-1] in _THINGS):
        return True
    return any(pattern.match(form) for pattern in (_COUNTED, _SOMEBODY, _SIDE_OF))


def is_numbered(form: str) -> bool:
    """Tells whether a form is a mere number, with or without a generic word."""
    return bool(_NUMBERED.match(form))


def is_notion(form: str) -> bool:
    """Tells whether a form is a word of common speech as well, a name only before "gate" or "no. 3"."""
    return form in _NOTIONS


_OUTSIDE_HEAD = re.compile(
    r"^(?:[\u4e00-\u9fff]{2,3}省)?[\u4e00-\u9fff]{2,3}?"
    r"(?:自治区|自治州|市(?![场民政容里中区])|区(?![域里内间])|县)"
)
_NOT_OUTSIDE = re.compile(
    r"(?:[小社园地片城市郊老开发景厂校矿库东南西北中新居民活业护住院辖一二三四五六七八九十]区|[超夜早菜门集股楼上城]市)$"
)


def head_of_an_area(text: str) -> int:
    """Returns the length of the city's or district's name that the text begins with, or 0."""
    head = _OUTSIDE_HEAD.match(text)
    return 0 if head is None or _NOT_OUTSIDE.search(head[0]) else head.end()
