"""Photos kept in memory, and a darkroom without a child process."""

import warnings

from actions.develop import Unusable, develop
from actions.ports import Developed
from models.rules.errors import BadPhoto


class MemoryPhotos:
    """A `PhotoStore` in a dictionary."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    async def put(self, key: str, data: bytes) -> None:
        """Keeps bytes."""
        self.kept[key] = data

    async def get(self, key: str) -> bytes:
        """Gives bytes; FileNotFoundError when there are none."""
        if key not in self.kept:
            raise FileNotFoundError(key)
        return self.kept[key]

    async def delete(self, key: str) -> None:
        """Deletes bytes; none is fine."""
        self.kept.pop(key, None)


class OpenDarkroom:
    """A `Darkroom` that develops in this process: the pictures of tests are harmless."""

    async def develop(self, data: bytes) -> Developed:
        """Develops one picture; raises `BadPhoto`."""
        try:
            with warnings.catch_warnings():
                # dhash 1.4 asks Pillow for pixels by a name that Pillow 14 will drop.
                warnings.simplefilter("ignore", DeprecationWarning)
                return develop(data)
        except Unusable as fault:
            raise BadPhoto(why=fault.why) from fault
