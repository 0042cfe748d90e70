"""What a person may ask of those who keep their data: all of it in their hands, or none of it here.

个人信息保护法, articles 45 (a copy) and 47 (deletion). Events name people by number, so that their chain still holds.
"""

import io
import json
import zipfile

import structlog

from actions.media import photo
from actions.ports import Deps
from models.rules.errors import NoSuchItem

log = structlog.get_logger(__name__)


class StillNeeded(Exception):
    """Open cases wait for this person; the message says which."""


async def person_id_of(deps: Deps, staff_no: str) -> int:
    """Finds a person by the roster's number, active or not; raises `NoSuchItem`."""
    async with deps.store.read() as unit:
        person = await unit.people.by_staff_no(staff_no)
    if person is None:
        raise NoSuchItem(what="person", name=staff_no)
    return person.person_id


async def export(deps: Deps, person_id: int) -> bytes:
    """Gives a ZIP file with everything known of a person: `data.json` by table, and their pictures."""
    async with deps.store.read() as unit:
        known = await unit.persons.everything(person_id)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("data.json", json.dumps(known, ensure_ascii=False, indent=1, default=str))
        for row in known.get("media", []):
            try:
                data = await photo(deps, row["media_id"])
            except (NoSuchItem, FileNotFoundError):
                # It never came, or was let go of: its row says so.
                continue
            out.writestr(f"photos/{row['media_id']}.jpg", data)
    return packed.getvalue()


async def erase(deps: Deps, person_id: int) -> bool:
    """Leaves a number in the place of a person; False when that was done before. Raises `StillNeeded`."""
    async with deps.store.begin() as unit:
        needed = await unit.persons.needed(person_id)
        if needed:
            named = ", ".join(needed[:5])
            raise StillNeeded(f"{len(needed)} open cases wait for this person ({named}); hand them over first")
        done = await unit.persons.erase(person_id, deps.clock())
    if done:
        log.info("person erased", person_id=person_id)
    return done
