"""Was the service away, and for how long? The schedule leaves a mark; whoever finds an old one tells the admins."""

from datetime import datetime, timedelta

from actions.alarms import tell_admins
from actions.ports import Deps

NOTICED = timedelta(minutes=15)
"""From so long on people may have given up and called: the admins should know."""
FORGOTTEN = timedelta(hours=24)
"""So long Telegram keeps a message for a bot that is away; what was said before that is gone."""
MARK = "alive_at"


async def still_here(deps: Deps) -> timedelta | None:
    """Leaves a mark; gives how long nobody had, when that was long enough to tell the admins, and tells them."""
    now = deps.clock()
    async with deps.store.begin() as unit:
        left = await unit.kv.get(MARK)
        await unit.kv.put(MARK, now.isoformat())
        away = now - datetime.fromisoformat(left) if left else timedelta()
        if away < NOTICED:
            return None
        template = "notice.outage_lost" if away >= FORGOTTEN else "notice.outage"
        zone = deps.setting.calendar.zone
        since = datetime.fromisoformat(left).astimezone(zone).strftime("%Y-%m-%d %H:%M")
        await tell_admins(deps, template, {"since": since, "minutes": int(away / timedelta(minutes=1))})
    return away
