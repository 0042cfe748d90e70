"""The finished index as flat arrays, and as one file that processes map into memory and share.

Word layout of a cell: a plain cell holds the number of a profile (the area on each level), a crossed one `CROSSED` plus
its record, a divided one `DIVIDED` plus its block. All are less than 2**30, which Python compares fastest.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

LEVEL_COUNT: Final = 5

CROSSED: Final = 1 << 28
DIVIDED: Final = 1 << 29
NUMBER: Final = CROSSED - 1

# A run: first vertex, number of edges with the two flags, bits of the areas that its edges bound.
RUN_WORDS: Final = 3
LEAVES_FIRST: Final = 1 << 27
LEAVES_LAST: Final = 1 << 28
RUN_LENGTH: Final = LEAVES_FIRST - 1

# A record: a shade of two bits for each square (a row of them is half a word), the profiles of the shades 0 and 1, its
# palette, and its run without the bits. Most cells have one run: what it bounds lies on one side or on the other, and
# 0 is where it flips nothing. Where there are several, the last two words are where they begin in `runs`, and `MANY`
# plus their number.
RECORD_WORDS: Final = 9
RECORD_PROFILES: Final = 4
RECORD_PALETTE: Final = 6
RECORD_RUN: Final = 7
MANY: Final = 1 << 29
# Every cell is looked at in squares; those without an edge are answered without a test.
FINE: Final = 8
SQUARES: Final = FINE * FINE
# A palette, what many records share: the group, the base bits, the bits of the only run, the profile of the shade 2.
PALETTE_WORDS: Final = 4
PALETTE_BASE: Final = 1
PALETTE_BITS: Final = 2
PALETTE_THIRD: Final = 3
# The shade of a square in which the edges are to be tested.
TEST: Final = 3

BLOCK_SIDE: Final = 8
FORMAT: Final = 3
_MAGIC: Final = b"whistle-areas\n"
_ALIGNMENT: Final = 64

Words = NDArray[np.uint32]


class BadIndexFile(ValueError):
    """The file is no index, or of another version, or cut short."""


@dataclass(frozen=True, slots=True)
class Head:
    """What is known of an index before any array is read. Degrees, and cells a degree."""

    edition: str
    west: float
    south: float
    columns_per_degree: float
    rows_per_degree: float
    columns: int
    rows: int


@dataclass(frozen=True, slots=True)
class Arrays:
    """All arrays of an index. Areas are numbered by level, and within a level along the tree.

    `profiles` has a row for each set of areas that some place lies in, one column a level, -1 for none. A group is the
    list of areas that matter in a cell; a face is a set of them, as bits in the group's order, with its profile.
    """

    cells: Words
    blocks: Words
    records: Words
    palettes: Words
    runs: Words
    vertices: NDArray[np.float64]
    profiles: NDArray[np.int32]
    group_start: Words
    group_areas: Words
    face_start: Words
    face_bits: Words
    face_profile: Words
    level_start: Words
    synthetic: NDArray[np.uint8]
    codes: NDArray[np.uint8]
    names: NDArray[np.uint8]
    parent_codes: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Tables(Arrays):
    """The arrays as they lie in one piece of memory, and that piece as words and as doubles.

    The compiled road takes the two views rather than a dozen arrays: handing an array over costs it as much as a
    look-up. Where an array begins in them is written at their start, see `LAYOUT` and `FRAME`.
    """

    words: Words
    doubles: NDArray[np.float64]


# The first words say where these arrays begin, counted in their own type.
LAYOUT: Final = (
    "cells",
    "blocks",
    "records",
    "palettes",
    "runs",
    "vertices",
    "face_start",
    "face_bits",
    "face_profile",
)
# Then, as doubles: west, south, columns and rows a degree, columns, rows.
FRAME: Final = 8


def pack_texts(texts: list[str]) -> NDArray[np.uint8]:
    """Joins texts into bytes; raises ValueError for one that holds the separator."""
    if any("\0" in text for text in texts):
        raise ValueError("a code or name holds a NUL character")
    return np.frombuffer("\0".join(texts).encode(), dtype=np.uint8)


def unpack_texts(held: NDArray[np.uint8], count: int) -> list[str]:
    """Returns the texts that `pack_texts` joined."""
    return held.tobytes().decode().split("\0") if count else []


def lay_out(head: Head, arrays: Arrays) -> tuple[bytes, NDArray[np.uint8]]:
    """Returns the first page and the body of the file, both of a length that keeps arrays aligned."""
    held = {field.name: np.ascontiguousarray(getattr(arrays, field.name)) for field in fields(Arrays)}
    sections: dict[str, Any] = {}
    offset = 2 * _ALIGNMENT
    for name, array in held.items():
        sections[name] = {"offset": offset, "type": array.dtype.str, "shape": array.shape}
        offset += -(-array.nbytes // _ALIGNMENT) * _ALIGNMENT
    body = np.zeros(offset, dtype=np.uint8)
    for name, array in held.items():
        begin = sections[name]["offset"]
        body[begin : begin + array.nbytes] = array.reshape(-1).view(np.uint8)
    body.view(np.uint32)[: len(LAYOUT)] = [sections[n]["offset"] // held[n].itemsize for n in LAYOUT]
    frame = (head.west, head.south, head.columns_per_degree, head.rows_per_degree, head.columns, head.rows)
    body.view(np.float64)[FRAME : FRAME + len(frame)] = frame
    page = {"format": FORMAT, "size": offset, "sections": sections, "sha256": hashlib.sha256(body.data).hexdigest()}
    page["head"] = {field.name: getattr(head, field.name) for field in fields(Head)}
    text = json.dumps(page).encode()
    prefix = _MAGIC + len(text).to_bytes(8, "little") + text
    return prefix.ljust(-(-len(prefix) // _ALIGNMENT) * _ALIGNMENT, b"\0"), body


def in_memory(head: Head, arrays: Arrays) -> Tables:
    """Lays the arrays out as a file would hold them, without a file."""
    prefix, body = lay_out(head, arrays)
    page = json.loads(prefix[len(_MAGIC) + 8 :].rstrip(b"\0"))
    return _tables(body, page["sections"])


def write(path: Path, head: Head, arrays: Arrays) -> None:
    """Writes one file, whole or not at all: a reader never sees half of it."""
    prefix, body = lay_out(head, arrays)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("wb") as out:
            out.write(prefix)
            out.write(body.data)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def verify(path: Path) -> None:
    """Reads the whole file and compares its digest; raises BadIndexFile. Not done at each start: it takes a while."""
    page, body = _mapped(path)
    if hashlib.sha256(body.data).hexdigest() != page["sha256"]:
        raise BadIndexFile(f"{path.name} is damaged: import the boundaries again")


def read(path: Path) -> tuple[Head, Tables]:
    """Maps a file into memory; raises BadIndexFile. Nothing but the first page is read now."""
    page, body = _mapped(path)
    return Head(**page["head"]), _tables(body, page["sections"])


def _mapped(path: Path) -> tuple[dict[str, Any], NDArray[np.uint8]]:
    with path.open("rb") as source:
        size = os.fstat(source.fileno()).st_size
        if size < len(_MAGIC) + 8:
            raise BadIndexFile(f"{path.name} is no index of areas")
        whole = mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ)
    text_at = len(_MAGIC) + 8
    if whole[: len(_MAGIC)] != _MAGIC:
        raise BadIndexFile(f"{path.name} is no index of areas")
    length = int.from_bytes(whole[len(_MAGIC) : text_at], "little")
    try:
        page = json.loads(whole[text_at : text_at + length])
    except ValueError as fault:
        raise BadIndexFile(f"{path.name} is damaged: {fault}") from fault
    if page.get("format") != FORMAT:
        raise BadIndexFile(f"{path.name} has format {page.get('format')}, this program reads {FORMAT}")
    start = -(-(text_at + length) // _ALIGNMENT) * _ALIGNMENT
    if size != start + page["size"]:
        raise BadIndexFile(f"{path.name} is cut short: {size} bytes of {start + page['size']}")
    return page, np.frombuffer(whole, dtype=np.uint8, offset=start)


def _tables(body: NDArray[np.uint8], sections: dict[str, Any]) -> Tables:
    arrays = {
        name: np.frombuffer(
            body.data, dtype=np.dtype(at["type"]), count=int(np.prod(at["shape"])), offset=at["offset"]
        ).reshape(at["shape"])
        for name, at in sections.items()
    }
    return Tables(**arrays, words=body.view(np.uint32), doubles=body.view(np.float64))
