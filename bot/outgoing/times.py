"""How a moment and a span are said to people: by the day they think of, and how much is left."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from bot.outgoing.wording import Say
from models.rules.calendars import SHANGHAI


def moment(at: datetime, now: datetime, t: Say) -> str:
    """Says a moment in the city's time: "今天 10:47", "明天 09:00", or with its date."""
    local, here = at.astimezone(SHANGHAI), now.astimezone(SHANGHAI)
    clock = local.strftime("%H:%M")
    days = (local.date() - here.date()).days
    if -1 <= days <= 2:
        return t(f"time.day.{('yesterday', 'today', 'tomorrow', 'after_tomorrow')[days + 1]}", clock=clock)
    if local.year == here.year:
        return t("time.date", month=local.month, day=local.day, clock=clock)
    return t("time.far_date", year=local.year, month=local.month, day=local.day, clock=clock)


def day(on: date, t: Say) -> str:
    """Says a day."""
    return t("time.on_day", year=on.year, month=on.month, day=on.day)


def span(length: timedelta, t: Say) -> str:
    """Says how long something is, in the two largest units that matter."""
    minutes = max(1, round(abs(length) / timedelta(minutes=1)))
    days, rest = divmod(minutes, 1440)
    hours, left = divmod(rest, 60)
    if days:
        return t("time.days_hours", days=days, hours=hours) if hours else t("time.days", days=days)
    if hours:
        return t("time.hours_minutes", hours=hours, minutes=left) if left else t("time.hours", hours=hours)
    return t("time.minutes", minutes=left)


def due(at: datetime, now: datetime, t: Say) -> str:
    """Says when something is due and how much time is left, or by how much it is late."""
    if abs(at - now) < timedelta(minutes=1):
        return t("time.due_now", at=moment(at, now, t))
    key = "time.left" if at > now else "time.late"
    return t(key, at=moment(at, now, t), span=span(at - now, t))
