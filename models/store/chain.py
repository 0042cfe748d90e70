"""Ties the events of a case to each other, so that a row changed, removed or moved later shows.

Each event carries the hash of the one before it and its own. There is one chain a case: writers of different
cases never wait for each other. What a chain cannot show, that its end was cut off, `anchors` shows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from models.rules.events import Event
from models.store.frozen import dump_event
from models.tables.columns import to_json

ORIGIN = bytes(32)
"""What the first event of a case follows."""


class Break(StrEnum):
    """How a chain is broken at an event."""

    MISSING = "missing"
    CHANGED = "changed"
    MOVED = "moved"
    CUT_OFF = "cut_off"
    OTHER_END = "other_end"


@dataclass(frozen=True, slots=True)
class Broken:
    """The first event at which a chain does not hold."""

    seq: int
    how: Break


@dataclass(frozen=True, slots=True)
class Link:
    """An event as it lies in the table."""

    case_no: str
    seq: int
    tag: str
    at: datetime
    actor_id: int | None
    channel: str
    data: Any
    prev: bytes
    hash: bytes


def digest(prev: bytes, row: Mapping[str, Any]) -> bytes:
    """Hashes a row of `case_event` and what it follows.

    The row is written as JSON with sorted keys, its moment in UTC; it names people by number only, so that the
    chain outlives the erasure of a person's data.
    """
    at = row["at"].astimezone(UTC).isoformat(timespec="microseconds")
    said = [row["case_no"], row["seq"], row["tag"], at, row["actor_id"], row["channel"], row["data"]]
    return sha256(prev + to_json(said, sort_keys=True).encode()).digest()


def linked(prev: bytes, happened: Sequence[Event]) -> list[dict[str, Any]]:
    """Gives the rows of events that follow the event with that hash; every row of `case_event` is made here."""
    rows: list[dict[str, Any]] = []
    for event in happened:
        tag, data = dump_event(event)
        row: dict[str, Any] = {
            "case_no": event.case_no,
            "seq": event.seq,
            "tag": tag,
            "at": event.at,
            "actor_id": event.actor_id,
            "channel": event.channel,
            "data": data,
        }
        row |= {"prev": prev, "hash": digest(prev, row)}
        prev = row["hash"]
        rows.append(row)
    return rows


def broken(links: Sequence[Link], version: int, head: bytes | None) -> Broken | None:
    """Finds the first event that does not hold; the links are in the order of `seq`, the rest is the case's row."""
    prev = ORIGIN
    for seq, link in enumerate(links, start=1):
        if link.seq != seq:
            return Broken(seq, Break.MISSING)
        if link.prev != prev:
            return Broken(seq, Break.MOVED)
        row = {name: getattr(link, name) for name in ("case_no", "seq", "tag", "at", "actor_id", "channel", "data")}
        if digest(prev, row) != link.hash:
            return Broken(seq, Break.CHANGED)
        prev = link.hash
    if len(links) < version:
        return Broken(len(links) + 1, Break.CUT_OFF)
    return None if prev == head else Broken(len(links), Break.OTHER_END)
