"""Updates of every kind that the Bot API has, made from the library's own types, whole and broken.

Whatever they are, none stays undone; one that is well formed is never set aside, wanted or not.
"""

import json
import random
import types
import typing
from datetime import datetime
from enum import Enum
from typing import Any

import pytest
from aiogram.types import Update
from aiogram.types.base import TelegramObject
from pydantic.fields import FieldInfo

from tests.bot.chat import Chat
from tests.bot.conftest import Street

KINDS = sorted(name for name in Update.model_fields if name != "update_id")
N_EACH = 5
WORDS = ("", "楼道堆满纸箱", "<b>", "\u202e", "0", "x" * 300, "/start", "{}")
BROKEN: tuple[Any, ...] = (None, "", 0, -1, 1.5, True, [], {}, [[]], {"id": None}, "x" * 5000, 2**70, "\ud800", [None])


class Maker:
    """Makes JSON of the library's types by chance: what must be there always, what may be there sometimes."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)

    def made(self, kind: type[TelegramObject], depth: int) -> dict[str, Any]:
        """Makes one object; deep down only what must be there."""
        found: dict[str, Any] = {}
        for name, field in kind.model_fields.items():
            fixed = isinstance(field.default, str) and field.default
            if fixed or field.is_required() or self._dice.random() < (0.12 if depth < 3 else 0.0):
                found[field.alias or name] = self._value(field.annotation, depth, field)
        return {name: value for name, value in found.items() if value is not ...}

    def _value(self, annotation: Any, depth: int, field: FieldInfo | None = None) -> Any:
        origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
        if origin in (typing.Union, types.UnionType):
            return self._value(self._choice([a for a in arguments if a is not type(None)]), depth, field)
        if origin is typing.Annotated:
            return self._value(arguments[0], depth, field)
        if origin is typing.Literal:
            return getattr(self._choice(arguments), "value", arguments[0])
        if origin is list:
            return [
                self._value(arguments[0], depth + 1) for _ in range(self._dice.choice((0, 1, 2)) if depth < 4 else 0)
            ]
        if isinstance(annotation, type):
            return self._plain(annotation, depth, field)
        return {}

    def _plain(self, kind: type, depth: int, field: FieldInfo | None) -> Any:
        if issubclass(kind, TelegramObject):
            return self.made(kind, depth + 1)
        if issubclass(kind, Enum):
            # A type tells itself by a fixed word.
            fixed = field.default if field is not None else None
            return fixed if fixed is not None and not callable(fixed) else self._choice(list(kind)).value
        if issubclass(kind, bool):
            return self._dice.random() < 0.5
        if issubclass(kind, datetime) or issubclass(kind, int):
            return self._choice((0, 1, 501, 1_790_000_000, -1001234567890))
        if issubclass(kind, float):
            return self._choice((0.0, 39.085, 117.21, -1.0, 1e9))
        return self._choice(WORDS) if issubclass(kind, str) else {}

    def _choice(self, among: typing.Sequence[Any]) -> Any:
        return among[self._dice.randrange(len(among))]

    def broken(self, whole: Any) -> Any:
        """Puts something wrong into one place of a JSON value."""
        if isinstance(whole, dict) and whole and self._dice.random() < 0.8:
            name = self._choice(sorted(whole))
            if self._dice.random() < 0.2:
                return {n: v for n, v in whole.items() if n != name}
            return whole | {name: self.broken(whole[name])}
        return self._choice(BROKEN)


def update(kind: str, seed: int, number: int) -> dict[str, Any]:
    """Makes an update of a kind from the private chat of Li, as far as it has a chat."""
    field = Update.model_fields[kind]
    of = next(a for a in typing.get_args(field.annotation) if isinstance(a, type) and issubclass(a, TelegramObject))
    content = Maker(seed).made(of, 0)
    for name, value in (
        ("chat", {"id": 501, "type": "private"}),
        ("from", {"id": 501, "is_bot": False, "first_name": "李"}),
    ):
        if name in content:
            content[name] = value
    return {"update_id": number, kind: content}


def is_well_formed(made: dict[str, Any]) -> bool:
    """Tells whether the library itself reads it."""
    try:
        Update.model_validate_json(json.dumps(made))
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("kind", KINDS)
async def test_no_update_of_any_kind_is_left_undone(street: Street, li: Chat, kind: str) -> None:
    good: list[int] = []
    for seed in range(N_EACH):
        made = update(kind, seed, street.numbers())
        bad = Maker(seed).broken(made | {"update_id": street.numbers()})
        good += [made["update_id"]] if is_well_formed(made) else []
        await street.deliver([json.dumps(made).encode(), json.dumps(bad).encode()])
    await li.says("楼道堆满纸箱，过道只剩60厘米")

    async with street.deps.store.read() as unit:
        aside = {row.update_id: row.fault for row in await unit.inbox.poisoned()}
        undone = (await unit.inbox.counts()).undone
    assert undone == 0
    assert good, "the maker makes nothing that the library reads"
    assert [aside[number] for number in good if number in aside] == []
    assert "Traceback" not in "".join(fault or "" for fault in aside.values())
    assert "纸箱" in "".join(bubble.text for bubble in li.bubbles)
