"""What did the bot ask for? Reads one call's parameters, whichever of the four encodings they came in."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from gateway.botapi.errors import BadRequest


@dataclass(frozen=True, slots=True)
class Upload:
    """One file part of a multipart request."""

    name: str
    mime: str
    content: bytes


class Params:
    """Gives typed access to the parameters of one call; an absent and an empty one are the same."""

    def __init__(self, values: Mapping[str, Any], uploads: Mapping[str, Upload]) -> None:
        self._values = values
        self._uploads = uploads

    def has(self, name: str) -> bool:
        """Tells whether the parameter was given at all."""
        return self._values.get(name) is not None

    def text(self, name: str) -> str:
        """Reads a string; absent gives an empty one."""
        value = self._values.get(name)
        if value is None:
            return ""
        text = value if isinstance(value, str) else json.dumps(value)
        return readable(text)

    def integer(self, name: str, default: int | None = None) -> int | None:
        """Reads a whole number, also from its decimal text."""
        value = self._values.get(name)
        if value is None or value == "":
            return default
        try:
            return int(value)
        except (TypeError, ValueError, OverflowError) as error:
            raise BadRequest(f"invalid {name} specified") from error

    def number(self, name: str) -> float | None:
        """Reads a finite number."""
        value = self._values.get(name)
        if value is None or value == "":
            return None
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError) as error:
            raise BadRequest(f"invalid {name} specified") from error
        if not math.isfinite(number):
            raise BadRequest(f"invalid {name} specified")
        return number

    def flag(self, name: str) -> bool:
        """Reads a boolean; forms say true, True, yes or 1."""
        value = self._values.get(name)
        return value is True or value == 1 or (isinstance(value, str) and value.lower() in {"true", "yes", "1"})

    def structure(self, name: str) -> Any:
        """Reads a JSON value, given as such or as its text; absent gives None."""
        value = self._values.get(name)
        if not isinstance(value, str):
            return value
        if value == "":
            return None
        try:
            return json.loads(value)
        except (ValueError, RecursionError) as error:
            raise BadRequest(f"can't parse {name.replace('_', ' ')} JSON object") from error

    def upload(self, name: str) -> Upload | None:
        """Finds a file part by its name."""
        return self._uploads.get(name)


def readable(text: str) -> str:
    """Returns the text, or refuses it when it holds half of a surrogate pair and cannot be stored."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise BadRequest("strings must be encoded in UTF-8") from error
    return text


async def read_params(request: web.Request) -> Params:
    """Reads query, JSON, form or multipart into one set of parameters; the body wins over the query."""
    values: dict[str, Any] = dict(request.query)
    uploads: dict[str, Upload] = {}
    if request.content_type == "application/json" and request.can_read_body:
        try:
            body = json.loads(await request.read() or b"{}")
        except (ValueError, RecursionError) as error:
            raise BadRequest("can't parse JSON object") from error
        if not isinstance(body, dict):
            raise BadRequest("object expected")
        values |= body
    elif request.method == "GET" and request.can_read_body:
        # Some libraries send a form with GET, which aiohttp's own reader leaves alone.
        values |= dict(parse_qsl((await request.read()).decode(errors="replace"), keep_blank_values=True))
    elif request.can_read_body:
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                uploads[name] = Upload(value.filename, value.content_type, value.file.read())
            else:
                values[name] = value
    return Params(values, uploads)
