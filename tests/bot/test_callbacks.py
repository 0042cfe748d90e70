"""Every payload fits into Telegram's 64 bytes with the longest values the catalogue and the city have."""

import inspect

import pytest
from aiogram.filters.callback_data import CallbackData

from bot import callbacks
from bot.callbacks import Answer, DraftTap
from bot.intake import questions as q
from bot.intake.talk import _ID_SPACE, short
from models.rules.catalogue import Catalogue

LONGEST_ID = short(_ID_SPACE - 1)
BUDGET = 64


def test_every_field_and_figure_can_be_answered(catalogue: Catalogue) -> None:
    packed = []
    for kind in catalogue.kinds.values():
        packed.append(Answer(id=LONGEST_ID, q=q.KIND, a=kind.code))
        for field in kind.fields:
            packed += [Answer(id=LONGEST_ID, q=q.FIELD + field.code, a=choice.code) for choice in field.choices]
            packed.append(Answer(id=LONGEST_ID, q=q.FIELD + field.code, a="unknown"))
    packed += [Answer(id=LONGEST_ID, q=q.FIGURE + figure.code, a="unknown") for figure in catalogue.figures]

    assert all(len(payload.pack().encode()) <= BUDGET for payload in packed)


def test_every_step_of_a_draft_fits(catalogue: Catalogue) -> None:
    codes = {q.FIELD + field.code for kind in catalogue.kinds.values() for field in kind.fields}
    codes |= {q.FIGURE + figure.code for figure in catalogue.figures}
    codes |= {"TJ-2026-0000001", "streets.120103009.10", "kinds.observation"}
    packed = [DraftTap(id=LONGEST_ID, do="unshoot", arg=code, v=99999) for code in codes]

    assert all(len(payload.pack().encode()) <= BUDGET for payload in packed)


def test_no_two_payloads_begin_alike() -> None:
    found = [
        cls
        for _, cls in inspect.getmembers(callbacks, inspect.isclass)
        if issubclass(cls, CallbackData) and cls is not CallbackData
    ]
    prefixes = [cls.__prefix__ for cls in found]

    assert len(prefixes) == len(set(prefixes))


@pytest.mark.parametrize("number", [0, 35, 36, _ID_SPACE - 1])
def test_numbers_of_drafts_are_short(number: int) -> None:
    assert int(short(number), 36) == number
    assert len(short(number)) <= 5
