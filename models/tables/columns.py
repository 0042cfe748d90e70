"""How values become columns, alike on SQLite and PostgreSQL: times, words, JSON data, sealed ones, numbers of rows.

No value that came from a phone may make a statement fail: text is cleaned on its way in.
"""

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, LargeBinary, MetaData, Table, Text
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import SQLModel

from models.tables.keyring import Keyring

METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)
"""The schema; every constraint has a name, so that a migration can speak of it."""


class House(SQLModel):
    """Root of our tables, with a schema of their own."""

    metadata = METADATA


def table(model: type[House]) -> Table:
    """Gives the Core table of a model; hot statements are built on it."""
    return METADATA.tables[str(model.__tablename__)]


def clean(text: str) -> str:
    """Drops what no database keeps alike: NUL characters and halves of surrogate pairs."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    if text.isascii():
        return text
    return text.encode("utf-8", "replace").decode("utf-8") if _has_surrogate(text) else text


def _has_surrogate(text: str) -> bool:
    return any("\ud800" <= char <= "\udfff" for char in text)


class Words(TypeDecorator[str]):
    """Text of any length."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Cleans the text."""
        return None if value is None else clean(str(value))

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        """Gives the text as it is stored."""
        return None if value is None else str(value)


class UtcTime(TypeDecorator[datetime]):
    """A moment, aware and in UTC on both sides; a naive one is refused, for nobody knows what it means."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Converts to UTC; SQLite keeps no zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Gives an aware moment in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Json(TypeDecorator[Any]):
    """JSON data as text: the same bytes on both databases, in the order in which they were written.

    None is the JSON null; a column that may be absent is another type.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str:
        """Gives compact JSON text that every database and every reader accepts."""
        return to_json(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Reads it back."""
        return None if value is None else json.loads(value)


NO_KEYS = Keyring()


def give_keys(dialect: Dialect, keyring: Keyring | None) -> None:
    """Lets the connections of an engine, whose dialect this is, seal and open."""
    vars(dialect)["whistle_keyring"] = keyring or NO_KEYS


def keys_of(dialect: Dialect) -> Keyring:
    """Gives the keys that an engine was given."""
    found = vars(dialect).get("whistle_keyring", NO_KEYS)
    assert isinstance(found, Keyring)
    return found


class Sealed(TypeDecorator[str]):
    """Text of a person that nobody can read in the database; `purpose` is table and column."""

    impl = Text
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Cleans and seals the text."""
        return None if value is None else keys_of(dialect).seal_text(self.purpose, clean(str(value)))

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        """Opens it; KeyringError when no key here does."""
        return None if value is None else keys_of(dialect).open_text(self.purpose, value)


class SealedJson(TypeDecorator[Any]):
    """JSON data that nobody can read in the database."""

    impl = Text
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: Any, dialect: Dialect) -> str:
        """Writes and seals the data."""
        return keys_of(dialect).seal_text(self.purpose, to_json(value))

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Opens and reads it."""
        return None if value is None else json.loads(keys_of(dialect).open_text(self.purpose, value))


class SealedBytes(TypeDecorator[bytes]):
    """Bytes that nobody can read in the database."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Seals the bytes."""
        return None if value is None else keys_of(dialect).seal(self.purpose, value)

    def process_result_value(self, value: Any, dialect: Dialect) -> bytes | None:
        """Opens them."""
        return None if value is None else keys_of(dialect).open(self.purpose, bytes(value))


def sealed(kind: type[Sealed | SealedJson | SealedBytes], purpose: str) -> Any:
    """Gives a sealed type for a field of a model."""
    return kind(purpose)


def to_json(value: Any, *, sort_keys: bool = False) -> str:
    """Writes JSON; NUL and lone surrogates are dropped, numbers that JSON lacks become null."""
    try:
        text = _dumps(value, sort_keys)
    except ValueError:
        return _dumps(_cleaned(value), sort_keys)
    if "\\u0000" in text or not (text.isascii() or not _has_surrogate(text)):
        return _dumps(_cleaned(value), sort_keys)
    return text


def _dumps(value: Any, sort_keys: bool) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=sort_keys)


def _cleaned(value: Any) -> Any:
    """Cleans every text and number in JSON data."""
    match value:
        case str():
            return clean(value)
        case float():
            return value if math.isfinite(value) else None
        case Mapping():
            return {clean(str(key)): _cleaned(item) for key, item in value.items()}
        case list() | tuple():
            return [_cleaned(item) for item in value]
    return value


class BigId(TypeDecorator[int]):
    """A 64-bit number; SQLite numbers rows by itself only in a plain INTEGER."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Picks the type of the database."""
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else BigInteger())
