"""Every payload fits into Telegram's 64 bytes, with the longest numbers and codes that the city has."""

from bot.callbacks import CaseTap, Flow, ListTap, Page, Pick
from bot.casework.commands import COMMANDS
from bot.casework.talks import AT_ONCE, TALKS
from config.seed.read import read
from models.rules import catalogue as rules
from models.rules.kinds import Purpose
from models.rules.units import Place, expand

CATALOGUE = rules.build(read())
LONGEST_NO = "WXYZAB-2026-999999"
"""A prefix of six letters, and a number of six digits."""


def fits(payload: str) -> bool:
    return len(payload.encode()) <= 64


def test_every_button_of_a_card_fits() -> None:
    for do in {*TALKS, *AT_ONCE, *COMMANDS.values(), "more", "open", "photos", "history"}:
        assert fits(CaseTap(do=do, no=LONGEST_NO, v=99_999).pack())


def test_every_offered_answer_fits() -> None:
    places = [Place(code, level, "名") for code, level in (("120103009", "street"), ("120103009013", "community"))]
    units = [u.code for u in expand(CATALOGUE.units, [*places, Place("120103", "district", "名")])]
    reasons = [r.code for purpose in Purpose for r in CATALOGUE.reasons_for(purpose)]
    args = [*units, *reasons, "in.120103009013001", "20261205T1800", LONGEST_NO]
    for talk in TALKS.values():
        for step in talk.steps:
            assert all(fits(Pick(what=step.name, no=LONGEST_NO, arg=arg).pack()) for arg in args)


def test_steering_fits() -> None:
    assert fits(Page(what="review_on", no=LONGEST_NO, page=9999).pack())
    assert all(fits(Flow(do=do, no=LONGEST_NO).pack()) for do in ("back", "cancel", "skip", "send"))
    assert fits(ListTap(what="queue", arg="here").pack())
