"""A small Bot API over real HTTP that remembers what every chat looks like and can be told to misbehave."""

import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

TOKEN = "42:TEST-SECRET"


@dataclass
class Bubble:
    """One message as the phone shows it now. `n_edits` counts how often it was changed."""

    message_id: int
    text: str = ""
    buttons: list[list[dict[str, str]]] = field(default_factory=list)
    photo: bytes | str | None = None
    album: int | None = None
    silent: bool = False
    n_edits: int = 0
    reply_keyboard: dict[str, Any] | None = None

    def labels(self) -> list[str]:
        """Lists what stands on the buttons."""
        return [button["text"] for row in self.buttons for button in row]

    def data(self, label: str) -> str:
        """Finds the payload of the button whose label contains the words."""
        found = [b for row in self.buttons for b in row if label in b["text"]]
        assert found, f"no button {label!r} among {self.labels()} under {self.text!r}"
        return found[0]["callback_data"]


@dataclass
class Fault:
    """What the next matching calls get instead of success."""

    method: str
    status: int
    description: str
    times: int = 1
    chat_id: int | None = None
    parameters: dict[str, Any] | None = None


class FakeBotApi:
    """The server. `chats` holds what each phone shows; `calls` what was asked, in order."""

    def __init__(self) -> None:
        self.chats: dict[int, list[Bubble]] = {}
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.answers: list[dict[str, Any]] = []
        self.faults: deque[Fault] = deque()
        self.files: dict[str, bytes] = {}
        self.base = ""
        self._numbers = self._count()
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listens on a free port."""
        app = web.Application(client_max_size=64 << 20)
        app.router.add_post(f"/bot{TOKEN}/{{method}}", self._call)
        app.router.add_get(f"/file/bot{TOKEN}/{{name}}", self._file)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        assert self._runner.addresses
        self.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Stops listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    def fail(self, method: str, status: int, description: str, **more: Any) -> None:
        """Orders a failure; `*` means any method."""
        self.faults.append(Fault(method, status, description, **more))

    def last(self, chat_id: int) -> Bubble:
        """Gives the newest message of a chat."""
        return self.chats[chat_id][-1]

    def sent(self, method: str | None = None) -> list[dict[str, Any]]:
        """Lists the calls that were made, failed ones too."""
        return [params for name, params in self.calls if method in (None, name)]

    def _count(self) -> Iterator[int]:
        number = 100
        while True:
            number += 1
            yield number

    async def _file(self, request: web.Request) -> web.Response:
        return web.Response(body=self.files[request.match_info["name"]])

    async def _call(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        params: dict[str, Any] = {}
        for name, value in (await request.post()).items():
            params[name] = value.file.read() if isinstance(value, web.FileField) else _decoded(str(value))
        self.calls.append((method, params))
        chat_id = params.get("chat_id")
        for fault in self.faults:
            if fault.method in ("*", method) and fault.chat_id in (None, chat_id):
                fault.times -= 1
                if fault.times <= 0:
                    self.faults.remove(fault)
                body = {"ok": False, "error_code": fault.status, "description": fault.description}
                if fault.parameters:
                    body["parameters"] = fault.parameters
                return web.json_response(body, status=fault.status)
        body = getattr(self, f"_{_snake(method)}", self._done)(params)
        return web.json_response(body, status=200 if body["ok"] else body["error_code"])

    def _done(self, params: dict[str, Any]) -> dict[str, Any]:
        return {"ok": True, "result": True}

    def _get_file(self, params: dict[str, Any]) -> dict[str, Any]:
        name = params["file_id"]
        return _ok({"file_id": name, "file_unique_id": name, "file_path": name})

    def _answer_callback_query(self, params: dict[str, Any]) -> dict[str, Any]:
        self.answers.append(params)
        return _ok(True)

    def _send_message(self, params: dict[str, Any]) -> dict[str, Any]:
        return self._sent(params, Bubble(next(self._numbers), str(params["text"])))

    def _send_photo(self, params: dict[str, Any]) -> dict[str, Any]:
        photo = _upload(params, params["photo"])
        return self._sent(params, Bubble(next(self._numbers), str(params.get("caption") or ""), photo=photo))

    def _send_location(self, params: dict[str, Any]) -> dict[str, Any]:
        return self._sent(params, Bubble(next(self._numbers), f"@{params['latitude']},{params['longitude']}"))

    def _send_media_group(self, params: dict[str, Any]) -> dict[str, Any]:
        group = next(self._numbers)
        results = []
        for item in params["media"]:
            bubble = Bubble(next(self._numbers), photo=_upload(params, item["media"]), album=group)
            results.append(self._sent(params, bubble)["result"])
        return _ok(results)

    def _sent(self, params: dict[str, Any], bubble: Bubble) -> dict[str, Any]:
        markup = params.get("reply_markup") or {}
        bubble.buttons = markup.get("inline_keyboard", [])
        bubble.reply_keyboard = markup if "keyboard" in markup else None
        bubble.silent = str(params.get("disable_notification", "")).lower() == "true"
        self.chats.setdefault(int(params["chat_id"]), []).append(bubble)
        return _ok(_message(params["chat_id"], bubble))

    def _edit_message_text(self, params: dict[str, Any]) -> dict[str, Any]:
        return self._edited(params, text=str(params["text"]))

    def _edit_message_caption(self, params: dict[str, Any]) -> dict[str, Any]:
        return self._edited(params, text=str(params.get("caption") or ""))

    def _edit_message_media(self, params: dict[str, Any]) -> dict[str, Any]:
        media = params["media"]
        return self._edited(params, text=str(media.get("caption") or ""), photo=_upload(params, media["media"]))

    def _edit_message_reply_markup(self, params: dict[str, Any]) -> dict[str, Any]:
        return self._edited(params)

    def _delete_message(self, params: dict[str, Any]) -> dict[str, Any]:
        kept = [b for b in self.chats.get(int(params["chat_id"]), []) if b.message_id != int(params["message_id"])]
        self.chats[int(params["chat_id"])] = kept
        return _ok(True)

    def _edited(self, params: dict[str, Any], **changes: Any) -> dict[str, Any]:
        found = [b for b in self.chats.get(int(params["chat_id"]), []) if b.message_id == int(params["message_id"])]
        if not found:
            return _bad("Bad Request: message to edit not found")
        bubble = found[0]
        changes["buttons"] = (params.get("reply_markup") or {}).get("inline_keyboard", [])
        if all(getattr(bubble, name) == value for name, value in changes.items()):
            return _bad("Bad Request: message is not modified")
        for name, value in changes.items():
            setattr(bubble, name, value)
        bubble.n_edits += 1
        return _ok(_message(params["chat_id"], bubble))


def _upload(params: dict[str, Any], named: str) -> bytes | str:
    """Gives the bytes of an upload, or the file id as it was given."""
    if named.startswith("attach://"):
        data = params[named.removeprefix("attach://")]
        assert isinstance(data, bytes)
        return data
    return named


def _message(chat_id: Any, bubble: Bubble) -> dict[str, Any]:
    body: dict[str, Any] = {
        "message_id": bubble.message_id,
        "date": 1_790_000_000,
        "chat": {"id": int(chat_id), "type": "private"},
    }
    if bubble.photo is not None:
        file_id = f"file-of-{bubble.message_id}" if isinstance(bubble.photo, bytes) else bubble.photo
        return body | {
            "caption": bubble.text,
            "photo": [{"file_id": file_id, "file_unique_id": file_id, "width": 480, "height": 480}],
        }
    return body | {"text": bubble.text}


def _ok(result: Any) -> dict[str, Any]:
    return {"ok": True, "result": result}


def _bad(description: str) -> dict[str, Any]:
    return {"ok": False, "error_code": 400, "description": description}


def _decoded(value: str) -> Any:
    """Reads numbers and JSON as the Bot API does; everything else stays text."""
    if value[:1] in "[{" or value.lstrip("-").isdigit():
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _snake(method: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in method)
