"""What a text may say to strangers: no numbers that reach a person, no names behind a word for a person.

Masks rather too much than too little, and keeps what describes the hazard: depths, counts, house numbers.
"""

import re
from collections.abc import Iterable

MASK = "***"
_SEPARATED = r"[\s\-—–·.()()]{0,2}"
_MOBILE = rf"(?:\+?86{_SEPARATED})?1[3-9]\d(?:{_SEPARATED}\d){{8}}"
_LANDLINE = r"(?:0\d{2,3}[\s\-—]{0,2})?[2-9]\d{6,7}(?:[\-—转]\d{1,5})?"
_IDENTITY = r"\d{6}(?:19|20)\d{2}(?:0[1-9]|1[0-2])\d{5}[\dXx]"
_MAIL = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
_LONG = r"\d{9,}"
_NUMBERS = re.compile(rf"(?<![\d.])(?:{_IDENTITY}|{_MOBILE}|{_LANDLINE}|{_LONG})(?!\d)|{_MAIL}")
_WRITTEN_OUT = str.maketrans(
    "０１２３４５６７８９〇零一幺二两三四五六七八九壹贰叁肆伍陆柒捌玖", "01234567890011223456789123456789"
)
"""Full-width and Chinese digits, sign for sign: a number in them lies at the same place in the text."""
_SPELT = re.compile(rf"(?<!\d){_MOBILE}(?!\d)")
_ACCOUNT = re.compile(r"((?:微信|QQ|qq|wechat|WeChat|电话|手机|联系方式)(?:号码?)?[::\s]{0,2})[\w.-]{5,}", re.ASCII)
_FAMILY = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦"
    "付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_TITLED = re.compile(rf"[{_FAMILY}][一-鿿]{{0,2}}?(?=先生|女士|小姐|师傅|大爷|大妈|阿姨|同志|经理|老板|主任|书记)")
_NAMED = re.compile(r"((?:联系人|报告人|举报人|业主|户主|房东|姓名|我叫|名叫)(?:是|为)?[::\s]{0,2})[一-鿿]{2,3}")


def redacted(text: str, names: Iterable[str] = ()) -> str:
    """Gives a text without telephone and identity numbers, addresses of mail, names given here or behind a title."""
    shown = _NUMBERS.sub(MASK, _spelt_out(text))
    shown = _ACCOUNT.sub(rf"\1{MASK}", shown)
    for name in sorted((n for n in set(names) if len(n) >= 2), key=len, reverse=True):
        shown = shown.replace(name, MASK)
    shown = _NAMED.sub(rf"\1{MASK}", shown)
    return _TITLED.sub(MASK, shown)


def _spelt_out(text: str) -> str:
    """Masks telephone numbers in full-width or Chinese digits."""
    parts, end = [], 0
    for found in _SPELT.finditer(text.translate(_WRITTEN_OUT)):
        parts += [text[end : found.start()], MASK]
        end = found.end()
    return "".join((*parts, text[end:]))
