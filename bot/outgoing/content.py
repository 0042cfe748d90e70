"""What goes into one message of the channel: text, buttons, pictures. Values only."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from bot.outgoing.wording import escaped, shortened, utf16_len

CAPTION_UNITS: Final = 1024
TEXT_UNITS: Final = 4096

Button = Mapping[str, str]
"""`text` with `callback_data` or `url`, as the Bot API has it."""
Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Loaded:
    """The bytes of a picture; not `whole` while a photo on it is still on its way."""

    data: bytes = field(repr=False)
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture to send: its name says what it shows, `load` makes or reads its bytes when they are needed.

    `load` gives None when the picture is not here (yet); the message then goes without it.
    """

    name: str
    load: Callable[[], Awaitable[Loaded | None]] = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """One message, ready to leave. `plain` is the text without markup, for a peer that refuses the markup."""

    html: str
    plain: str
    rows: Rows = ()
    picture: Picture | None = None
    album: tuple[Picture, ...] = ()
    reply_keyboard: Mapping[str, Any] | None = None
    location: tuple[float, float] | None = None
    silent: bool = False

    @property
    def digest(self) -> str:
        """Names this content: equal contents need no edit. The picture stands apart, since it may stay."""
        return self.digest_under(self.picture.name if self.picture else None)

    def digest_under(self, picture: str | None) -> str:
        """Names the words of this content under a picture that stayed from before."""
        said = json.dumps([self.html, self.rows], ensure_ascii=False, default=dict).encode()
        kind = "photo" if picture else "text"
        return f"{kind}|{picture or '-'}|{hashlib.sha256(said).hexdigest()[:24]}"

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """Lists every picture that belongs to the message."""
        return (self.picture, *self.album) if self.picture else self.album

    def with_pictures(self, had: Mapping[str, Picture]) -> Content:
        """Gives the same words with those pictures that could be had, by the names they were asked for."""
        kept = had.get(self.picture.name) if self.picture else None
        return replace(self, picture=kept, album=tuple(had[p.name] for p in self.album if p.name in had))

    def without_markup(self) -> Content:
        """Gives the plain words, for a peer that could not read the markup."""
        return replace(self, html=escaped(self.plain))

    def shorter(self) -> Content:
        """Gives the words without pictures and within the channel's longest text."""
        words = shortened(self.plain, TEXT_UNITS)
        return replace(self, html=escaped(words), plain=words, picture=None, album=())


def fits_caption(plain: str) -> bool:
    """Tells whether a text may stand under a picture."""
    return utf16_len(plain) <= CAPTION_UNITS


def rows_of(buttons: Sequence[Sequence[Button]] | None) -> Rows:
    """Freezes button rows and drops empty ones."""
    return tuple(tuple(dict(b) for b in row) for row in buttons or () if row)
