"""What a typed or tapped answer means for a field, and whether a whole set of answers is complete and in range.

Returns a value or a refusal; asks nothing and writes nothing.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from models.rules.calendars import SHANGHAI
from models.rules.disaster import Figure
from models.rules.errors import FieldMissing, FieldOutOfRange, FieldUnreadable, Refusal, TooLong
from models.rules.kinds import Choice, Field, FieldType, FieldValue, Kind, Quantity
from models.rules.numerals import amounts, bare, parse
from models.rules.script import normalise
from models.rules.states import Grade

_AROUND = re.compile(r"^(?:大约|大概|差不多|可能|估计|约|有|共)+|(?:左右|上下|吧|多|呢|\.|。)+$")
_NONE = frozenset({"没有", "无", "没", "none", "no"})
_UNKNOWN = frozenset({"不清楚", "不知道", "不详", "不明", "未知", "暂不清楚", "?", "unknown"})
_SEPARATORS = re.compile(r"[,、/;;\s]+|和|还有")
_DAY_WORDS = {"前天": -2, "昨天": -1, "昨晚": -1, "昨夜": -1, "今天": 0, "今早": 0, "今晚": 0, "明天": 1, "后天": 2}
_DAY_WORDS |= {"day before yesterday": -2, "yesterday": -1, "today": 0, "tomorrow": 1}
_FULL_DAY = re.compile(r"(?P<y>\d{4})[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})[日号]?")
_SHORT_DAY = re.compile(r"(?P<m>[\d一二三四五六七八九十]{1,3})[-/.月](?P<d>[\d一二三四五六七八九十]{1,3})[日号]?")
_CLOCK = re.compile(
    r"(?P<h>[\d一二两三四五六七八九十]{1,3})(?::|点)(?P<half>半)?(?P<q>[一三]刻)?(?P<min>[\d一二三四五六七八九十]{1,3})?分?整?"
)
_AGO = re.compile(r"(?P<n>半|[\d一二两三四五六七八九十]+)个?(?P<unit>分钟|小时|钟头)(?:以)?前")
_LATE = re.compile(r"下午|晚上|傍晚|昨晚|今晚|夜里|pm")
_NOW = frozenset({"刚才", "刚刚", "现在", "now"})


def read(field: Field, typed: str, now: datetime | None = None) -> FieldValue | Refusal:
    """Reads what was typed into a field.

    `now` is needed by times and days, which understand 刚才, 昨晚9点半, 20分钟前, 12月3日, 2026-12-03 08:30 as
    local time. A photo is never typed: it comes as a media number through `check`.
    """
    text = typed.strip()
    match field.type:
        case FieldType.NUMBER:
            number = _number(text, field.unit)
            return FieldUnreadable(field=field.code) if number is None else _bounded(field, number)
        case FieldType.CHOICE:
            choice = _choice(field, text)
            return choice.code if choice else FieldUnreadable(field=field.code)
        case FieldType.MULTI:
            return _multi(field, text)
        case FieldType.TIME | FieldType.DAY:
            return _moment(field, text, now)
        case FieldType.TEXT:
            if field.high is not None and len(text) > field.high:
                return TooLong(field=field.code, limit=int(field.high), length=len(text))
            return text or FieldUnreadable(field=field.code)
    return FieldUnreadable(field=field.code)


def read_figure(figure: Figure, typed: str) -> float | Refusal | None:
    """Reads a disaster figure: a number, 无 for zero, 不清楚 for None (unknown, which is not zero)."""
    if normalise(typed.strip()) in _UNKNOWN:
        return None
    number = _number(typed.strip(), figure.unit)
    if number is None or (figure.whole and number != int(number)):
        return FieldUnreadable(field=figure.code)
    if number < figure.low or (figure.high is not None and number > figure.high):
        return FieldOutOfRange(field=figure.code, low=figure.low, high=figure.high, value=number)
    return number


def check(kind: Kind, grade: Grade, values: Mapping[str, FieldValue], now: datetime | None = None) -> Refusal | None:
    """Judges a whole set of answers at filing: known fields, right types, in range, nothing required missing."""
    for code, value in values.items():
        field = kind.field(code)
        if field is None:
            return FieldUnreadable(field=code)
        refusal = _check_one(field, value, now)
        if refusal is not None:
            return refusal
    gap = next((f for f in missing(kind, grade, values) if f.required), None)
    return FieldMissing(field=gap.code) if gap else None


def missing(kind: Kind, grade: Grade, values: Mapping[str, FieldValue]) -> tuple[Field, ...]:
    """Lists the fields without an answer in the order of asking, optional ones too."""
    return tuple(f for f in kind.asked(grade) if f.code not in values)


def shown(field: Field, value: FieldValue, locale: str) -> str:
    """Gives a stored value as a reader of the locale sees it, with its unit or its labels, in local time."""
    if isinstance(value, float | int):
        unit = f" {field.unit.label.in_(locale)}" if field.unit else ""
        return f"{value:g}{unit}"
    if isinstance(value, tuple | list):
        return " · ".join(_label(field, code, locale) for code in value)
    match field.type:
        case FieldType.CHOICE:
            return _label(field, value, locale)
        case FieldType.TIME:
            return datetime.fromisoformat(value).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    return value


def _number(text: str, unit: Quantity | None) -> float | None:
    plain = _AROUND.sub("", normalise(text)).strip()
    if plain in _NONE:
        return 0.0
    alone = bare(plain)
    if alone is not None or unit is None:
        return alone
    found = amounts(plain, unit.words)
    whole = len(found) == 1 and found[0].start == 0 and found[0].end == len(plain)
    return found[0].value if whole else None


def _bounded(field: Field, number: float) -> FieldValue | Refusal:
    if field.whole and number != int(number):
        return FieldUnreadable(field=field.code)
    too_low = field.low is not None and number < field.low
    if too_low or (field.high is not None and number > field.high):
        return FieldOutOfRange(field=field.code, low=field.low, high=field.high, value=number)
    return float(number)


def _choice(field: Field, text: str) -> Choice | None:
    """Finds an answer by code, by label in any language, or by its place in the list, counted from 1."""
    plain = normalise(text)
    for place, choice in enumerate(field.choices, start=1):
        names = {choice.code, str(place), *(normalise(name) for name in choice.label.all)}
        if plain in names:
            return choice
    return None


def _multi(field: Field, text: str) -> FieldValue | Refusal:
    whole = _choice(field, text)
    if whole is not None:
        return (whole.code,)
    found = [_choice(field, part) for part in _SEPARATORS.split(normalise(text)) if part]
    codes = tuple(dict.fromkeys(choice.code for choice in found if choice))
    if not found or None in found:
        return FieldUnreadable(field=field.code)
    if field.high is not None and len(codes) > field.high:
        return FieldOutOfRange(field=field.code, low=field.low, high=field.high, value=len(codes))
    return codes


def _moment(field: Field, text: str, now: datetime | None) -> FieldValue | Refusal:
    if now is None:
        raise ValueError("a time is read against a now")
    local = now.astimezone(SHANGHAI)
    plain = normalise(text)
    try:
        day = _day(plain, local.date()) if field.type is FieldType.DAY else None
        moment = _time(plain, local) if field.type is not FieldType.DAY else None
    except (ValueError, OverflowError):
        # Digits that are no number, or further away than the calendar goes.
        return FieldUnreadable(field=field.code)
    if day is not None:
        return _near(field, (day - local.date()).days) or day.isoformat()
    if moment is None:
        return FieldUnreadable(field=field.code)
    return _near(field, (moment - local) / timedelta(days=1)) or moment.astimezone(UTC).isoformat()


def _near(field: Field, days: float) -> Refusal | None:
    """Refuses a moment further from now than the field allows, in days."""
    if (field.low is not None and days < field.low) or (field.high is not None and days > field.high):
        return FieldOutOfRange(field=field.code, low=field.low, high=field.high, value=round(days, 2))
    return None


def _day(plain: str, today: date) -> date | None:
    """Reads a day; one without a year is the nearest one to today."""
    for word, offset in _DAY_WORDS.items():
        if plain.startswith(word):
            return today + timedelta(days=offset)
    full = _FULL_DAY.match(plain)
    if full:
        return _valid(int(full["y"]), int(full["m"]), int(full["d"]))
    short = _SHORT_DAY.match(plain)
    if short is None:
        return None
    month, day = int(parse(short["m"])), int(parse(short["d"]))
    candidates = (_valid(today.year + years, month, day) for years in (-1, 0, 1))
    return min((c for c in candidates if c), key=lambda c: abs((c - today).days), default=None)


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _time(plain: str, local: datetime) -> datetime | None:
    if plain in _NOW:
        return local
    ago = _AGO.fullmatch(plain)
    if ago:
        amount = 0.5 if ago["n"] == "半" else parse(ago["n"])
        return local - timedelta(minutes=amount * (1 if ago["unit"] == "分钟" else 60))
    clock = _CLOCK.search(plain)
    if clock is None:
        return None
    hour = int(parse(clock["h"]))
    minute = 30 if clock["half"] else {"一刻": 15, "三刻": 45}.get(clock["q"] or "", 0)
    minute = int(parse(clock["min"])) if clock["min"] else minute
    if _LATE.search(plain) and hour < 12:
        hour += 12
    day = _day(plain, local.date()) or local.date()
    if hour > 23 or minute > 59:
        return None
    return datetime.combine(day, time(hour, minute), SHANGHAI)


def _check_one(field: Field, value: FieldValue, now: datetime | None) -> Refusal | None:
    """Judges one stored value; numbers, codes and texts by type, times against `now` where it is given."""
    match field.type:
        case FieldType.NUMBER:
            if isinstance(value, bool) or not isinstance(value, int | float):
                return FieldUnreadable(field=field.code)
            answer = _bounded(field, float(value))
            return answer if isinstance(answer, Refusal) else None
        case FieldType.PHOTO:
            return None if isinstance(value, int | str) else FieldUnreadable(field=field.code)
        case FieldType.MULTI:
            known = {choice.code for choice in field.choices}
            fits = isinstance(value, tuple | list) and value and set(value) <= known
            return None if fits else FieldUnreadable(field=field.code)
        case FieldType.CHOICE:
            fits = any(choice.code == value for choice in field.choices)
            return None if fits else FieldUnreadable(field=field.code)
    if not isinstance(value, str):
        return FieldUnreadable(field=field.code)
    if field.type is FieldType.TEXT:
        answer = read(field, value)
        return answer if isinstance(answer, Refusal) else None
    return _check_moment(field, value, now)


def _check_moment(field: Field, value: str, now: datetime | None) -> Refusal | None:
    try:
        moment = datetime.fromisoformat(value) if field.type is FieldType.TIME else None
        day = date.fromisoformat(value) if field.type is FieldType.DAY else None
    except ValueError:
        return FieldUnreadable(field=field.code)
    if moment is not None and moment.tzinfo is None:
        return FieldUnreadable(field=field.code)
    if now is None:
        return None
    if moment is not None:
        return _near(field, (moment - now) / timedelta(days=1))
    return _near(field, (day - now.astimezone(SHANGHAI).date()).days) if day else None


def _label(field: Field, code: str, locale: str) -> str:
    return next((c.label.in_(locale) for c in field.choices if c.code == code), code)
