"""Turns the body of a message row into a content, at the moment of sending and for that very reader.

A row holds a key and numbers, never a text about a case: what is shown is what is true and allowed now.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from actions import bindings, cases, people, todo
from actions.ports import Deps
from actions.views import CaseView, Member
from bot.outgoing import board_picture, notices, pictures
from bot.outgoing.binding_card import binding_content
from bot.outgoing.buttons import card_rows
from bot.outgoing.card import CardText
from bot.outgoing.content import Content, fits_caption, rows_of
from bot.outgoing.ground import Ground
from bot.outgoing.lists import brief_content
from bot.outgoing.wording import Say, Sayings, escaped
from models.rules.errors import Refusal, UnknownCase

CARD = "card"
FAREWELL = "farewell."
"""Said to a chat that speaks for nobody any more."""
BRIEFS = frozenset({"brief", "notice.brief"})
"""The morning brief; its figures are those of the moment of sending."""
_TAG = re.compile(r"</?[a-zA-Z][^>]*>")


@dataclass(frozen=True, slots=True)
class Gone:
    """There is nothing (any more) to show to this reader; `why` says it for the record."""

    why: str


class Renderer:
    """Renders for the readers of one channel."""

    def __init__(self, deps: Deps, channel: str, sayings: Sayings, ground: Ground) -> None:
        self._deps = deps
        self._ground = ground
        self._channel = channel
        self._sayings = sayings

    async def render(self, chat_id: int, body: Mapping[str, Any], *, loud: bool) -> Content | Gone:
        """Renders one row for the person that the chat is bound to now.

        A quiet row only draws the card anew: its sentence would stand there long after it was news.
        """
        if "say" in body:
            return self._said(body["say"])
        key = str(body["template"])
        if key == bindings.TEMPLATE:
            return await self._binding(chat_id, body)
        if key.startswith(FAREWELL):
            text = self._sayings.of(str(body["language"]))(key)
            return Content(html=escaped(text), plain=text, reply_keyboard={"remove_keyboard": True})
        reader = await people.who(self._deps, self._channel, chat_id)
        if reader is None:
            return Gone("unbound")
        t = self._sayings.of(reader.language)
        if key in BRIEFS:
            return await self._brief(reader, t)
        if key == board_picture.TEMPLATE:
            link = str((body.get("facts") or {}).get("link") or "")
            button = {"text": t("access.board"), "url": link} if link else None
            return board_picture.content(await board_picture.of_member(self._deps, reader), t, button)
        if not body.get("case_no"):
            text = notices.about_no_case(key, body.get("facts") or {}, t)
            return Content(html=escaped(text), plain=text)
        try:
            view = await cases.view(self._deps, reader.actor, str(body["case_no"]))
        except UnknownCase:
            return Gone("not_theirs")
        return self.card(view, t, body, loud=loud)

    def card(self, view: CaseView, t: Say, body: Mapping[str, Any], *, loud: bool) -> Content:
        """Renders a case's card, under the sentence of a notice when the body names one."""
        now = self._deps.clock()
        text = CardText(self._deps.catalogue, t, now)
        key = str(body["template"])
        facts = body.get("facts") or {}
        heading = "" if key == CARD or not loud else notices.sentence(key, body, view, text, t, now)
        picture = pictures.of_card(self._deps, view, self._ground, t)
        sides = picture is not None and pictures.compares(view)
        markup, plain = text.write(view, caption=picture is not None, above=heading, sides=sides)
        return Content(
            html=markup,
            plain=plain,
            rows=card_rows(view, t, map_url=self._map_url(view), more=bool(facts.get("more"))),
            picture=picture if fits_caption(plain) else None,
        )

    async def line(self, chat_id: int, body: Mapping[str, Any]) -> tuple[str, str] | None:
        """Renders a notice as (title, sentence) for a bundle; None when it is no longer theirs to read."""
        reader = await people.who(self._deps, self._channel, chat_id)
        if reader is None or not body.get("case_no"):
            return None
        t = self._sayings.of(reader.language)
        try:
            view = await cases.view(self._deps, reader.actor, str(body["case_no"]))
        except UnknownCase:
            return None
        now: datetime = self._deps.clock()
        text = CardText(self._deps.catalogue, t, now)
        return text.title(view), notices.sentence(str(body["template"]), body, view, text, t, now)

    async def language(self, chat_id: int) -> Say:
        """Gives the sentences in the language of a chat's reader."""
        reader: Member | None = await people.who(self._deps, self._channel, chat_id)
        return self._sayings.of(reader.language if reader else "")

    async def _binding(self, chat_id: int, body: Mapping[str, Any]) -> Content | Gone:
        """Draws the card on which an admin confirms somebody."""
        reader = await people.who(self._deps, self._channel, chat_id)
        if reader is None:
            return Gone("unbound")
        facts = body["facts"]
        try:
            view = await bindings.view(self._deps, reader.actor, int(facts["request_id"]))
        except Refusal:
            return Gone("not_theirs")
        return binding_content(view, self._sayings.of(reader.language), danger=bool(facts.get("danger")))

    async def _brief(self, reader: Member, t: Say) -> Content:
        summary = await todo.brief(self._deps, reader.person_id)
        told = brief_content(summary, self._deps.catalogue, t, self._deps.clock())
        return board_picture.beside(told, await board_picture.of_member(self._deps, reader), t)

    def _map_url(self, view: CaseView) -> str | None:
        return self._ground.map_url(view.place.latitude, view.place.longitude) if view.place else None

    def _said(self, say: Mapping[str, Any]) -> Content:
        """Takes a reply as a handler wrote it; its text is Telegram HTML already."""
        location = say.get("location")
        keys = say.get("reply_keyboard")
        if keys is None and say.get("force_reply"):
            keys = {"force_reply": True}
        return Content(
            html=str(say.get("text") or ""),
            plain=str(say.get("plain") or _without_tags(str(say.get("text") or ""))),
            rows=rows_of(say.get("keyboard")),
            picture=pictures.photo(self._deps, say["photo"]) if say.get("photo") is not None else None,
            album=tuple(pictures.photo(self._deps, m) for m in say.get("album") or ()),
            reply_keyboard=keys,
            location=(location["latitude"], location["longitude"]) if location else None,
        )


def _without_tags(markup: str) -> str:
    """Takes the few tags out that our own sentences use, and reads the escapes back."""
    return html.unescape(_TAG.sub("", markup))
