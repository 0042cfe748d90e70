"""Every payload a button may carry, in one place, each within Telegram's 64 bytes. Says what was tapped only.

A payload never authorises: the action asks again who taps and whether it may be.
"""

from aiogram.filters.callback_data import CallbackData


class CaseTap(CallbackData, prefix="c"):
    """A button of a case's card. `v` is the version of the case that the card showed."""

    do: str
    no: str
    v: int = 0


class Pick(CallbackData, prefix="p"):
    """One of the offered answers within a talk about a case."""

    what: str
    no: str
    arg: str


class Page(CallbackData, prefix="pg"):
    """Another page of the choices within a talk, or of a list (`no` is then empty)."""

    what: str
    no: str
    page: int


class Flow(CallbackData, prefix="f"):
    """Steers a talk about a case: back, cancel, skip, send."""

    do: str
    no: str


class ListTap(CallbackData, prefix="l"):
    """Steers one's own lists and duty: which list, or on and off duty."""

    what: str
    arg: str = ""


class DraftTap(CallbackData, prefix="d"):
    """Steers a report that is being written: file, back, edit, later, cancel. `v` is the version of the card."""

    id: str
    do: str
    arg: str = ""
    v: int = 0


class Answer(CallbackData, prefix="a"):
    """Answers one question `q` of a report that is being written."""

    id: str
    q: str
    a: str


class Language(CallbackData, prefix="g"):
    """The language somebody wants to read."""

    code: str


class BindTap(CallbackData, prefix="b"):
    """An admin's word on a chat that shows somebody's code: yes, no, or how it stands."""

    do: str
    id: int


class TeamTap(CallbackData, prefix="t"):
    """What a lead does about a colleague: look, turn a page, note as away or back, swap A and B."""

    do: str
    id: int = 0
    arg: int = 0
