"""What an action needs from outside, as one frozen value built once in each `__main__`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from actions.developed import Developed as Developed
from actions.roots import RootsBook
from geo.areas import AreaIndex
from geo.gazetteer import Gazetteer
from models.rules.catalogue import Catalogue
from models.rules.workflow import Setting
from models.store.errors import StoreUnavailableError as StoreUnavailableError
from models.store.rows import LeaseRow as LeaseRow
from models.store.unit import Store as Store
from models.store.unit import Unit as Unit


class PhotoStore(Protocol):
    """Where pictures live: a folder or an S3-compatible bucket. Keys are relative paths with `/`."""

    async def put(self, key: str, data: bytes) -> None:
        """Stores bytes durably under a key; the same key again replaces them."""

    async def get(self, key: str) -> bytes:
        """Reads the bytes of a key; FileNotFoundError when there are none."""

    async def delete(self, key: str) -> None:
        """Deletes the bytes of a key; none is fine."""


class Darkroom(Protocol):
    """Decodes pictures of strangers in a child process with limits, away from this one."""

    async def develop(self, data: bytes) -> "Developed":
        """Checks, turns upright, strips and shrinks a picture; raises `BadPhoto`."""


@dataclass(frozen=True, slots=True)
class CityInfo:
    """How the city calls itself and its cases."""

    code: str
    name: str
    prefix: str
    synthetic: bool = False
    map_link: str = ""
    web_url: str = ""
    """How browsers reach the board, without a slash at the end; empty where there is none."""


@dataclass(frozen=True)
class Deps:
    """Everything an action may reach. `hint` wakes the relay after a commit and may fail freely.

    `index` and `gazetteer` are None until boundaries were imported; reports are then placed by a dispatcher.
    `standing_codes` are the hashes of the demonstration's codes, which stay good so that a second browser can
    sign in; empty in production. `roots` is the file in which the state of all cases is signed.
    """

    store: Store
    catalogue: Catalogue
    setting: Setting
    photos: PhotoStore
    darkroom: Darkroom
    clock: Callable[[], datetime]
    hint: Callable[[], None]
    city: CityInfo
    index: AreaIndex | None = None
    gazetteer: Gazetteer | None = None
    standing_codes: frozenset[str] = frozenset()
    confirm_bindings: bool = False
    """An admin has to confirm whoever shows an invite code."""
    roots: RootsBook | None = None
    silent: bool = False
    """Nobody is told and no job is left: for a life that is played and not lived."""
