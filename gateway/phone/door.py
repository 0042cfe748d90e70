"""At which addresses does the phone API answer?"""

from aiohttp import web

from gateway.phone import acting, reading, sending, signing_in
from gateway.switchboard import SWITCHBOARD


def routes() -> list[web.RouteDef]:
    """Lists the addresses that the phone page uses."""
    return [
        web.post("/phone/api/sign-in", signing_in.on_sign_in),
        web.get("/phone/api/me", reading.on_me),
        web.get("/phone/api/history", reading.on_history),
        web.get("/phone/api/events", reading.on_events),
        web.get("/phone/api/files/{file_id}", reading.on_file),
        web.get("/phone/api/map", reading.on_map),
        web.post("/phone/api/send", sending.on_send),
        web.post("/phone/api/edit", sending.on_edit),
        web.post("/phone/api/press", acting.on_press),
        web.post("/phone/api/read", acting.on_read),
        web.post("/phone/api/block", acting.on_block),
        web.get("/phones/slots", on_slots),
    ]


async def on_slots(request: web.Request) -> web.Response:
    """Lists the demonstration phones with their codes; empty when the operator set none."""
    settings = request.app[SWITCHBOARD].settings
    return web.json_response(
        [
            {"slot": slot, "title": settings.demo_titles.get(slot, slot), "code": code}
            for slot, code in settings.demo_codes.items()
        ]
    )
