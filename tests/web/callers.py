"""Callers of the API in a test: a person by a key in their name, or a system by a key of its own."""

from dataclasses import dataclass
from typing import Any

from actions import access, roster
from actions.ports import Deps
from tests.web.conftest import Client

PROBLEM = "application/problem+json"


@dataclass
class Speaker:
    """Somebody who calls the API."""

    client: Client
    key: str

    @property
    def headers(self) -> dict[str, str]:
        """Gives how they say who they are."""
        return {"Authorization": f"Bearer {self.key}"}

    async def get(self, address: str, status: int = 200, **headers: str) -> Any:
        """Reads, and gives the JSON of the answer."""
        answer = await self.client.get(address, headers=self.headers | headers)
        assert answer.status == status, await answer.text()
        return await answer.json(content_type=PROBLEM if status >= 400 else "application/json")

    async def post(self, address: str, body: Any = None, status: int = 200, **headers: str) -> Any:
        """Writes JSON, and gives the JSON of the answer."""
        answer = await self.client.post(address, json=body if body is not None else {}, headers=self.headers | headers)
        assert answer.status == status, await answer.text()
        return await answer.json(content_type=PROBLEM if status >= 400 else "application/json")


async def person(client: Client, deps: Deps, staff_no: str, *, area: str | None = None) -> Speaker:
    """Gives somebody of the cast."""
    found = await roster.find(deps, staff_no)
    scopes = (access.READ, access.WRITE, access.WEBHOOKS)
    return Speaker(client, await access.new_key(deps, staff_no, scopes, area_code=area, person_id=found.person_id))


async def system(client: Client, deps: Deps, *scopes: str, area: str | None = None) -> Speaker:
    """Gives another system that acts for nobody."""
    return Speaker(client, await access.new_key(deps, "another system", scopes or (access.READ,), area_code=area))
