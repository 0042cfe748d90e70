"""What a worker's words are about: the kind, life in danger, the numbers. Pure lookup in the catalogue's lists.

Suggests only: the worker confirms what is recognised, and nothing here changes a case.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from models.rules.catalogue import Catalogue
from models.rules.kinds import Cues, DangerWords, FieldType, Kind, Quantity
from models.rules.numerals import Amount, amounts
from models.rules.script import normalise

NAME_WEIGHT = 10.0
"""Somebody who writes the kind's own name means it."""
CLEAR_LEAD = 2.0
"""A guess is decided when it scores this many times the next one."""
_GAP = 8
_CLAUSE = ",。;!?\n"
_FILLER = (
    r"(?:大约|大概|差不多|将近|超过|达到|至少|不到|已经|足有|能有|共有|可能|最深|涨到"
    r"|约|有|达|近|超|已|了|为|是|得|都|快|共|到|最|处|:|深|高)"
)
_COUNTED_NONE = re.compile(r"(?:人数|人口|人员)?\s*(?:[:为是]\s*)?[0零〇](?:人|名|个|例|起)?(?![0-9.几多余点])")
"""A number right after the word that says there is none of it: 死亡0人, 失踪人数:0."""
_NO_DENIAL = ("有", "是否", "淹", "沉", "埋", "吞", "覆", "消")
_SUFFIX = r"(?:左右|上下|以上|多|的|来|余)"


@dataclass(frozen=True, slots=True)
class Guess:
    """A kind that the words may mean, by its code; scores compare only within one answer."""

    kind: str
    score: float


def recognise(text: str, catalogue: Catalogue, n: int = 3) -> tuple[Guess, ...]:
    """Lists the n most likely kinds, best first; none when no keyword is in the text."""
    plain = normalise(text)
    scored = (Guess(kind.code, _score(plain, kind)) for kind in catalogue.kinds.values())
    likely = sorted((g for g in scored if g.score > 0), key=lambda g: g.score, reverse=True)
    return tuple(likely[:n])


def decided(guesses: Sequence[Guess]) -> str | None:
    """Gives the kind that the words clearly mean; None when the worker should choose."""
    if not guesses:
        return None
    if len(guesses) == 1 or guesses[0].score >= CLEAR_LEAD * guesses[1].score:
        return guesses[0].kind
    return None


def danger(text: str, catalogue: Catalogue) -> tuple[str, ...]:
    """Lists the words of the text that mean life in danger, in their order.

    Denied ones (无人被困, 没有人员伤亡) and innocent phrases (演练, 火灾隐患) do not count; a doubt (有没有人被困,
    伤亡不明) does, and so does a rescue that is told as over: a call too many harms nobody.
    """
    lexicon = catalogue.danger_words
    plain = normalise(text)
    hidden = [m.span() for phrase in lexicon.innocent for m in _glob(phrase).finditer(plain)]
    found: list[tuple[int, str]] = []
    for word, counts_when_supposed in lexicon.words.items():
        for match in _glob(word).finditer(plain):
            if any(a <= match.start() and match.end() <= b for a, b in hidden):
                continue
            before = _clause_before(plain, match.start())
            if (
                _COUNTED_NONE.match(plain, match.end())
                or _denied(before, lexicon)
                or (not counts_when_supposed and _supposed(before, lexicon))
            ):
                continue
            found.append((match.start(), match[0]))
    return tuple(dict.fromkeys(word for _, word in sorted(found)))


def numbers(text: str, kind: Kind) -> dict[str, float]:
    """Takes the numbers with their unit out of the text, by field code; what is doubtful is left to be asked."""
    fields = [f for f in kind.fields if f.type is FieldType.NUMBER and not f.only_major]
    return _assign(normalise(text), fields)


def figure_numbers(text: str, catalogue: Catalogue) -> dict[str, float]:
    """Takes disaster figures out of the text, by figure code; what is not said stays unknown."""
    return _assign(normalise(text), catalogue.figures)


class Numeric(Protocol):
    """What a number can be assigned to: a field of a kind, or a disaster figure."""

    @property
    def code(self) -> str: ...
    @property
    def unit(self) -> Quantity | None: ...
    @property
    def low(self) -> float | None: ...
    @property
    def high(self) -> float | None: ...
    @property
    def cues(self) -> Cues: ...


def _score(plain: str, kind: Kind) -> float:
    """Adds the weights of the keywords in the text; a word inside a longer one that matched counts once."""
    total = 0.0
    taken: list[tuple[int, int]] = []
    names = ((normalise(name), NAME_WEIGHT) for name in (kind.label.zh_CN, kind.label.en))
    words = sorted((*kind.keywords, *names), key=lambda pair: len(pair[0]), reverse=True)
    for word, weight in words:
        if "*" not in word and word not in plain:
            continue
        for match in _glob(word).finditer(plain):
            a, b = match.span()
            if not any(x <= a and b <= y for x, y in taken):
                taken.append((a, b))
                total += weight
                break
    return total


def _denied(before: str, lexicon: DangerWords) -> bool:
    """Tells whether a denial stands before the word, with nothing but fillers and danger words between.

    有没有 and 有无 ask and do not deny; 淹没 and 消防 end with the sign of a denial and are none.
    """
    rest = before.rstrip()
    steps = (*lexicon.fillers, *(w for w in lexicon.words if "*" not in w))
    while rest:
        denial = next((d for d in lexicon.denials if rest.endswith(d)), None)
        if denial is not None:
            head = rest[: -len(denial)]
            return not (head.endswith(_NO_DENIAL) or (denial.isdigit() and head[-1:].isdigit()))
        step = max((s for s in steps if rest.endswith(s)), key=len, default=None)
        if step is None:
            return False
        rest = rest[: -len(step)].rstrip()
    return False


def _supposed(before: str, lexicon: DangerWords) -> bool:
    """Tells whether the clause speaks of what might happen."""
    if any(doubt in before for doubt in lexicon.doubts):
        return False
    return any(word in before for word in lexicon.suppositions)


def _clause_before(plain: str, position: int) -> str:
    start = max(plain.rfind(mark, 0, position) for mark in _CLAUSE) + 1
    return plain[start:position]


@cache
def _glob(word: str) -> re.Pattern[str]:
    """Compiles a keyword; `*` in it stands for a few characters within one clause."""
    gap = f"[^{re.escape(_CLAUSE)}]{{0,{_GAP}}}?"
    return re.compile(gap.join(re.escape(part) for part in word.split("*")))


def _assign(plain: str, targets: Iterable[Numeric]) -> dict[str, float]:
    """Gives every number to the target that its neighbouring words name, each at most once."""
    found = [(t, a) for t in targets if t.unit is not None for a in amounts(plain, t.unit.words)]
    unled = _unled(plain, found)
    claims: list[tuple[int, int, int, Numeric, Amount]] = []
    for order, (target, amount) in enumerate(found):
        strength = _strength(plain, amount, target.cues, unled)
        if strength and _in_range(amount.value, target):
            claims.append((-strength, order, amount.start, target, amount))
    values: dict[str, float] = {}
    used: list[Amount] = []
    for _, _, _, target, amount in sorted(claims, key=lambda claim: claim[:3]):
        overlaps = any(u.start < amount.end and amount.start < u.end for u in used)
        if target.code not in values and not overlaps:
            values[target.code] = amount.value
            used.append(amount)
    return values


def _unled(plain: str, found: Iterable[tuple[Numeric, Amount]]) -> frozenset[int]:
    """Lists where the amounts end that no word leads in: the word behind such a one is its own (1人死亡2人失踪)."""
    unled: set[int] = set()
    by_start: dict[int, list[tuple[Numeric, Amount]]] = {}
    for target, amount in found:
        by_start.setdefault(amount.start, []).append((target, amount))
    for start in sorted(by_start):
        if not any(_leads(plain, amount, target.cues, unled) for target, amount in by_start[start]):
            unled |= {amount.end for _, amount in by_start[start]}
    return frozenset(unled)


def _leads(plain: str, amount: Amount, cues: Cues, unled: Collection[int]) -> bool:
    """Tells whether one of the words stands right before the amount and is not the word behind another one."""
    pattern, _ = _cue_patterns(cues)
    before = _clause_before(plain, amount.start)
    match = pattern.search(before) if pattern else None
    return match is not None and amount.start - len(before) + match.start() not in unled


def _strength(plain: str, amount: Amount, cues: Cues, unled: Collection[int]) -> int:
    """Rates a claim: 3 for a word right before, 2 right after, 1 for a unit that says enough alone, 0 for none."""
    _, after = _cue_patterns(cues)
    if _leads(plain, amount, cues, unled):
        return 3
    if after is not None and after.match(plain, amount.end):
        return 2
    return 1 if amount.word in cues.alone else 0


@cache
def _cue_patterns(cues: Cues) -> tuple[re.Pattern[str] | None, re.Pattern[str] | None]:
    before = "|".join(map(re.escape, cues.before))
    after = "|".join(map(re.escape, cues.after))
    return (
        re.compile(rf"(?:{before}){_FILLER}{{0,4}}\s*$") if before else None,
        re.compile(rf"{_SUFFIX}{{0,2}}\s*(?:{after})") if after else None,
    )


def _in_range(value: float, target: Numeric) -> bool:
    return (target.low is None or value >= target.low) and (target.high is None or value <= target.high)
