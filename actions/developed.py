"""What a picture has become in the darkroom. Apart from everything else: the child that makes it imports no more."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Developed:
    """A picture that is safe to keep: re-encoded without metadata, with what its metadata said.

    `taken_at` is the camera's own clock, aware when the picture names an offset and else taken as local
    time; the coordinates are WGS-84 as EXIF defines them.
    """

    data: bytes
    thumb: bytes
    mime: str
    width: int
    height: int
    sha256: str
    phash: str
    taken_at: datetime | None = None
    latitude: float | None = None
    longitude: float | None = None
