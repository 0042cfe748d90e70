"""Turns frozen values into plain JSON data and back, by their annotations.

Events, limits and facts are stored this way; unknown keys are refused, so that a stored event that the code
no longer understands is noticed and not half read.
"""

import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache, partial
from typing import Any, Union, get_args, get_origin, get_type_hints

from models.rules.events import EVENTS, Event

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


def dump(value: Any) -> Json:
    """Gives the JSON data of a value made of dataclasses, tuples, mappings, enums, dates and scalars.

    Fields equal to their default are left out.
    """
    cls = type(value)
    if cls in PLAIN:
        return value  # type: ignore[no-any-return]
    write = WRITERS.get(cls) or _writer(cls)
    return write(value)


def load(hint: Any, data: Any) -> Any:
    """Builds a value of the annotated type from JSON data; ValueError or TypeError when it does not fit."""
    return _reader(hint)(data)


PLAIN = frozenset({type(None), bool, int, float, str})
WRITERS: dict[type, Callable[[Any], Json]] = {}
"""How values of a class are written; found once, because every event and every case goes through here."""


def _writer(cls: type) -> Callable[[Any], Json]:
    write: Callable[[Any], Json]
    if issubclass(cls, Enum):
        write = _value
    elif issubclass(cls, datetime | date):
        write = cls.isoformat
    elif issubclass(cls, bool | int | float | str):
        write = _itself
    elif issubclass(cls, list | tuple):
        write = _items
    elif issubclass(cls, Mapping):
        write = _entries
    elif is_dataclass(cls):
        write = partial(_set_fields, tuple((f.name, f.default) for f in fields(cls)))
    else:
        raise TypeError(f"{cls.__name__} is not stored")
    WRITERS[cls] = write
    return write


def _value(value: Enum) -> Json:
    return str(value.value)


def _itself(value: Any) -> Json:
    return value  # type: ignore[no-any-return]


def _items(value: Sequence[Any]) -> Json:
    return [dump(item) for item in value]


def _entries(value: Mapping[Any, Any]) -> Json:
    return {str(dump(key)): dump(item) for key, item in value.items()}


def _set_fields(names: tuple[tuple[str, Any], ...], value: Any) -> Json:
    return {name: dump(item) for name, default in names if (item := getattr(value, name)) != default}


@cache
def _reader(hint: Any) -> Callable[[Any], Any]:
    """Finds how a value of the annotated type is read."""
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        options = [a for a in get_args(hint) if a is not type(None)]
        read = _reader(options[0]) if len(options) == 1 else _itself
        return lambda data: None if data is None else read(data)
    if origin is tuple:
        item = _reader(get_args(hint)[0])
        return lambda data: tuple(item(one) for one in data)
    if origin is not None and issubclass(origin, Mapping):
        key, item = (_reader(part) for part in get_args(hint))
        return lambda data: {key(k): item(v) for k, v in data.items()}
    if isinstance(hint, type):
        if issubclass(hint, Enum):
            return hint
        if issubclass(hint, datetime):
            return datetime.fromisoformat
        if issubclass(hint, date):
            return date.fromisoformat
        if is_dataclass(hint):
            return partial(_load_dataclass, hint)
    return _itself


def dump_event(event: Event) -> tuple[str, Json]:
    """Gives an event's tag and JSON data."""
    return event.tag, dump(event)


def load_event(tag: str, data: Any) -> Event:
    """Builds an event from its tag and JSON data; KeyError for a tag that no class has."""
    event = _load_dataclass(EVENTS[tag], data)
    assert isinstance(event, Event)
    return event


@cache
def _readers(cls: type) -> dict[str, Callable[[Any], Any]]:
    return {name: _reader(hint) for name, hint in get_type_hints(cls).items() if name in _names(cls)}


@cache
def _names(cls: Any) -> frozenset[str]:
    return frozenset(f.name for f in fields(cls))


def _load_dataclass(cls: type, data: Mapping[str, Any]) -> Any:
    unknown = data.keys() - _names(cls)
    if unknown:
        raise ValueError(f"{cls.__name__} has no {', '.join(sorted(unknown))}")
    readers = _readers(cls)
    return cls(**{name: readers[name](item) for name, item in data.items()})
