"""Turns frozen values into plain JSON data and back, by their annotations.

Events, limits and facts are stored this way; unknown keys are refused, so that a stored event that the code
no longer understands is noticed and not half read.
"""

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from models.rules.events import EVENTS, Event

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


def dump(value: Any) -> Json:
    """Gives the JSON data of a value made of dataclasses, tuples, mappings, enums, dates and scalars.

    Fields equal to their default are left out.
    """
    if isinstance(value, Enum):
        return str(value.value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [dump(item) for item in value]
    if isinstance(value, Mapping):
        return {str(dump(key)): dump(item) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: dump(item) for f in fields(value) if (item := getattr(value, f.name)) != f.default}
    raise TypeError(f"{type(value).__name__} is not stored")


def load(hint: Any, data: Any) -> Any:
    """Builds a value of the annotated type from JSON data; ValueError or TypeError when it does not fit."""
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        if data is None:
            return None
        options = [a for a in get_args(hint) if a is not type(None)]
        return load(options[0], data) if len(options) == 1 else data
    if origin is tuple:
        return tuple(load(get_args(hint)[0], item) for item in data)
    if origin is not None and issubclass(origin, Mapping):
        key, item = get_args(hint)
        return {load(key, k): load(item, v) for k, v in data.items()}
    if isinstance(hint, type):
        if issubclass(hint, Enum):
            return hint(data)
        if issubclass(hint, datetime):
            return datetime.fromisoformat(data)
        if issubclass(hint, date):
            return date.fromisoformat(data)
        if is_dataclass(hint):
            return _load_dataclass(hint, data)
    return data


def dump_event(event: Event) -> tuple[str, Json]:
    """Gives an event's tag and JSON data."""
    return event.tag, dump(event)


def load_event(tag: str, data: Any) -> Event:
    """Builds an event from its tag and JSON data; KeyError for a tag that no class has."""
    event = _load_dataclass(EVENTS[tag], data)
    assert isinstance(event, Event)
    return event


@cache
def _hints(cls: type) -> dict[str, Any]:
    return {name: hint for name, hint in get_type_hints(cls).items() if name in _names(cls)}


@cache
def _names(cls: Any) -> frozenset[str]:
    return frozenset(f.name for f in fields(cls))


def _load_dataclass(cls: type, data: Mapping[str, Any]) -> Any:
    unknown = data.keys() - _names(cls)
    if unknown:
        raise ValueError(f"{cls.__name__} has no {', '.join(sorted(unknown))}")
    hints = _hints(cls)
    return cls(**{name: load(hints[name], item) for name, item in data.items()})
