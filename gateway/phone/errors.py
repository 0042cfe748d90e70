"""How does the phone API refuse? With a code; the page finds the words in its own language."""

import json

from aiohttp import web


def refusal(status: int, code: str, **facts: object) -> web.HTTPException:
    """Makes the error to raise: a JSON body {"error": code, …}."""
    return _Refused(status, json.dumps({"error": code, **facts}))


class _Refused(web.HTTPException):
    def __init__(self, status: int, text: str) -> None:
        self.status_code = status
        super().__init__(text=text, content_type="application/json")
