"""What does a phone ask for? Who it is, and the fields of its JSON or multipart body."""

import json
import math
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from gateway.phone.errors import refusal
from gateway.store import people
from gateway.store.people import Person
from gateway.switchboard import SWITCHBOARD

_CLIENT_ID_LIMIT = 64


def person_of(request: web.Request) -> Person:
    """Finds who holds the device token of the request; refuses with 401."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    board = request.app[SWITCHBOARD]
    person = people.by_token(board.database, token.strip()) if scheme == "Bearer" else None
    # A bot that is no longer in the settings has no chats any more: the phone has to sign in anew.
    if person is None or all(bot.bot_id != person.bot_id for bot in board.bots.values()):
        raise refusal(401, "unknown_token")
    return person


class Fields:
    """Gives typed access to the fields of a body; a wrong one is refused with its name."""

    def __init__(self, values: Mapping[str, Any], files: Mapping[str, web.FileField]) -> None:
        self._values = values
        self.files = files

    def raw(self, name: str) -> Any:
        """Reads a field as it came."""
        return self._values.get(name)

    def text(self, name: str, limit: int) -> str | None:
        """Reads a string of at most `limit` characters; empty counts as absent."""
        value = self._values.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            raise refusal(400, "bad_field", field=name)
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise refusal(400, "bad_field", field=name) from error
        if len(value) > limit:
            raise refusal(400, "text_too_long", field=name, limit=limit)
        return value

    def needed_text(self, name: str, limit: int) -> str:
        """Reads a string that must be there."""
        value = self.text(name, limit)
        if value is None:
            raise refusal(400, "missing_field", field=name)
        return value

    def integer(self, name: str) -> int | None:
        """Reads a whole number."""
        value = self._values.get(name)
        if value is None or value == "":
            return None
        try:
            return int(value)
        except (TypeError, ValueError, OverflowError) as error:
            raise refusal(400, "bad_field", field=name) from error

    def number(self, name: str) -> float | None:
        """Reads a finite number."""
        value = self._values.get(name)
        if value is None or value == "":
            return None
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError) as error:
            raise refusal(400, "bad_field", field=name) from error
        if not math.isfinite(number):
            raise refusal(400, "bad_field", field=name)
        return number

    def flag(self, name: str) -> bool:
        """Reads a boolean."""
        return self._values.get(name) in (True, "true", "1", 1)

    def client_id(self) -> str:
        """Reads the id the phone made for this act; the same id never acts twice."""
        return self.needed_text("client_id", _CLIENT_ID_LIMIT)


async def read_fields(request: web.Request) -> Fields:
    """Reads a JSON, form or multipart body; one above the server's limit is refused."""
    try:
        return await _read_fields(request)
    except web.HTTPRequestEntityTooLarge as error:
        raise refusal(413, "file_too_big") from error


async def _read_fields(request: web.Request) -> Fields:
    if request.content_type in {"multipart/form-data", "application/x-www-form-urlencoded"}:
        posted = await request.post()
        files = {name: value for name, value in posted.items() if isinstance(value, web.FileField)}
        return Fields({name: value for name, value in posted.items() if name not in files}, files)
    try:
        values = json.loads(await request.read() or b"{}")
    except (ValueError, RecursionError) as error:
        raise refusal(400, "bad_json") from error
    if not isinstance(values, dict):
        raise refusal(400, "bad_json")
    return Fields(values, {})


def query_integer(request: web.Request, name: str, default: int | None) -> int | None:
    """Reads a whole number of the query."""
    raw = request.query.get(name)
    if raw is None or raw == "":
        return default
    try:
        return int(raw)
    except ValueError as error:
        raise refusal(400, "bad_field", field=name) from error
