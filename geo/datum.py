"""Which point on the ground do these numbers mean? WGS-84, GCJ-02, BD-09 and CGCS2000, there and back.

The GCJ-02 offset is not published; the open formula used here is the one every map library uses, and the
inverse is iterated until the round trip is exact. The packages on offer stop short of that: the largest error
of a BD-09 round trip is 0.16 m with coord-convert 0.2.1 and 0.02 m with prcoords 1.0.2.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_KRASOVSKY_A_M: Final = 6378245.0
_KRASOVSKY_EE: Final = 0.00669342162296594323
_BAIDU_TURN: Final = math.pi * 3000.0 / 180.0
_CHINA_LATITUDE: Final = (0.8293, 55.8271)
_CHINA_LONGITUDE: Final = (72.004, 137.8347)

_WGS84_A_M: Final = 6378137.0
_WGS84_F: Final = 1 / 298.257223563
_MEAN_RADIUS_M: Final = 6371008.8

# Newton-like steps gain about two digits each; nine reach the last bit everywhere in China.
_INVERSE_STEPS: Final = 9


class Datum(StrEnum):
    """The frame a pair of numbers is given in."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"
    CGCS2000 = "cgcs2000"


class BadCoordinate(ValueError):
    """These numbers cannot be a place on earth: not a number, infinite, or out of range."""

    def __init__(self, latitude: float, longitude: float) -> None:
        super().__init__(f"no such place: latitude {latitude!r}, longitude {longitude!r}")
        self.latitude = latitude
        self.longitude = longitude


@dataclass(frozen=True, slots=True)
class Point:
    """A pair of degrees. Holds whatever was sent, even nonsense: `checked` or a conversion refuses that."""

    latitude: float
    longitude: float

    @property
    def is_place(self) -> bool:
        """Whether both numbers are finite and in range."""
        return -90.0 <= self.latitude <= 90.0 and -180.0 <= self.longitude <= 180.0


def checked(point: Point) -> Point:
    """Returns the same point, or raises BadCoordinate."""
    if not point.is_place:
        raise BadCoordinate(point.latitude, point.longitude)
    return point


def to_wgs84(point: Point, datum: Datum) -> Point:
    """Converts from `datum`; raises BadCoordinate. Round trips agree to well under a centimetre.

    CGCS2000 and WGS-84 differ by less than a metre and are taken as equal (EPSG's null transformation).
    """
    checked(point)
    if datum in (Datum.WGS84, Datum.CGCS2000):
        return point
    latitude, longitude = to_wgs84_many(np.array([point.latitude]), np.array([point.longitude]), datum)
    return Point(float(latitude[0]), float(longitude[0]))


def from_wgs84(point: Point, datum: Datum) -> Point:
    """Converts to `datum`; raises BadCoordinate. Outside China GCJ-02 is the identity."""
    checked(point)
    if datum in (Datum.WGS84, Datum.CGCS2000):
        return point
    latitude, longitude = from_wgs84_many(np.array([point.latitude]), np.array([point.longitude]), datum)
    return Point(float(latitude[0]), float(longitude[0]))


def to_wgs84_many(latitude: Floats, longitude: Floats, datum: Datum) -> tuple[Floats, Floats]:
    """The vectorised twin of `to_wgs84`: (latitude, longitude) in degrees, same shape."""
    _check_many(latitude, longitude)
    if datum is Datum.BD09:
        latitude, longitude = _undo_baidu(latitude, longitude)
    if datum in (Datum.BD09, Datum.GCJ02):
        latitude, longitude = _undo_gcj(latitude, longitude)
    return latitude, longitude


def from_wgs84_many(latitude: Floats, longitude: Floats, datum: Datum) -> tuple[Floats, Floats]:
    """The vectorised twin of `from_wgs84`: (latitude, longitude) in degrees, same shape."""
    _check_many(latitude, longitude)
    if datum in (Datum.BD09, Datum.GCJ02):
        latitude, longitude = _do_gcj(latitude, longitude)
    if datum is Datum.BD09:
        latitude, longitude = _do_baidu(latitude, longitude)
    return latitude, longitude


def distance_m(a: Point, b: Point) -> float:
    """Metres along the WGS-84 ellipsoid by Lambert's formula (10 m off in a thousand kilometres)."""
    return float(
        distance_m_many(
            np.float64(a.latitude), np.float64(a.longitude), np.float64(b.latitude), np.float64(b.longitude)
        )
    )


def distance_m_many(
    latitude_a: Floats | np.float64,
    longitude_a: Floats | np.float64,
    latitude_b: Floats | np.float64,
    longitude_b: Floats | np.float64,
) -> Floats:
    """The vectorised twin of `distance_m`; raises BadCoordinate."""
    _check_many(latitude_a, longitude_a)
    _check_many(latitude_b, longitude_b)
    # Lambert works on reduced latitudes and corrects the great-circle angle for the flattening.
    beta_a = np.arctan((1 - _WGS84_F) * np.tan(np.radians(latitude_a)))
    beta_b = np.arctan((1 - _WGS84_F) * np.tan(np.radians(latitude_b)))
    half_turn = np.sin(np.radians(np.subtract(longitude_b, longitude_a)) / 2) ** 2
    chord = np.sin((beta_b - beta_a) / 2) ** 2 + np.cos(beta_a) * np.cos(beta_b) * half_turn
    sigma = 2 * np.arcsin(np.sqrt(np.clip(chord, 0.0, 1.0)))
    p, q = (beta_a + beta_b) / 2, (beta_b - beta_a) / 2
    sin_half, cos_half = np.sin(sigma / 2), np.cos(sigma / 2)
    # Both denominators vanish only where the correction does not matter: the same place, or its antipode.
    near, far = np.maximum(sin_half**2, 1e-300), np.maximum(cos_half**2, 1e-9)
    x = (sigma - np.sin(sigma)) * (np.sin(p) * np.cos(q)) ** 2 / far
    y = (sigma + np.sin(sigma)) * (np.cos(p) * np.sin(q)) ** 2 / near
    metres = _WGS84_A_M * (sigma - _WGS84_F / 2 * (x + y))
    return np.asarray(np.where(cos_half < 1e-3, _MEAN_RADIUS_M * sigma, metres), dtype=np.float64)


def metres_per_degree(latitude: float) -> tuple[float, float]:
    """Returns the length in metres of one degree of latitude and of one degree of longitude there."""
    sine = math.sin(math.radians(latitude))
    eccentricity2 = _WGS84_F * (2 - _WGS84_F)
    root = math.sqrt(1 - eccentricity2 * sine * sine)
    meridian = _WGS84_A_M * (1 - eccentricity2) / root**3
    prime_vertical = _WGS84_A_M / root
    return math.radians(meridian), math.radians(prime_vertical) * math.cos(math.radians(latitude))


def gcj02_applies(point: Point) -> bool:
    """Whether Chinese maps shift this place: the rectangle that every GCJ-02 library uses."""
    return bool(_in_china(np.float64(point.latitude), np.float64(point.longitude)))


def _check_many(latitude: Floats | np.float64, longitude: Floats | np.float64) -> None:
    fine = (np.abs(latitude) <= 90.0) & (np.abs(longitude) <= 180.0)
    if not np.all(fine):
        worst = int(np.argmin(np.atleast_1d(fine)))
        raise BadCoordinate(
            float(np.atleast_1d(latitude).ravel()[worst]), float(np.atleast_1d(longitude).ravel()[worst])
        )


def _in_china(latitude: Floats | np.float64, longitude: Floats | np.float64) -> NDArray[np.bool_]:
    south, north = _CHINA_LATITUDE
    west, east = _CHINA_LONGITUDE
    return np.asarray(
        (latitude >= south) & (latitude <= north) & (longitude >= west) & (longitude <= east), dtype=np.bool_
    )


def _gcj_shift(latitude: Floats, longitude: Floats) -> tuple[Floats, Floats]:
    x, y = longitude - 105.0, latitude - 35.0
    root_x = 0.2 * np.sqrt(np.abs(x))
    short_wave = 20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + root_x
    north += (short_wave + 20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
    north += (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x))
    east += (short_wave + 20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
    east += (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0
    radians = np.radians(latitude)
    magic = 1 - _KRASOVSKY_EE * np.sin(radians) ** 2
    meridian = _KRASOVSKY_A_M * (1 - _KRASOVSKY_EE) / (magic * np.sqrt(magic))
    parallel = _KRASOVSKY_A_M / np.sqrt(magic) * np.cos(radians)
    return np.degrees(north / meridian), np.degrees(east / parallel)


def _do_gcj(latitude: Floats, longitude: Floats) -> tuple[Floats, Floats]:
    inside = _in_china(latitude, longitude)
    north, east = _gcj_shift(np.where(inside, latitude, 35.0), np.where(inside, longitude, 105.0))
    return np.where(inside, latitude + north, latitude), np.where(inside, longitude + east, longitude)


def _undo_gcj(latitude: Floats, longitude: Floats) -> tuple[Floats, Floats]:
    # The guess is held inside the rectangle: near its edge the shift would otherwise switch on and off.
    start_lat, start_lon = np.clip(latitude, *_CHINA_LATITUDE), np.clip(longitude, *_CHINA_LONGITUDE)
    guess_lat, guess_lon = start_lat, start_lon
    for _ in range(_INVERSE_STEPS):
        north, east = _gcj_shift(guess_lat, guess_lon)
        guess_lat, guess_lon = latitude - north, longitude - east
        guess_lat, guess_lon = np.clip(guess_lat, -89.0, 89.0), np.clip(guess_lon, -180.0, 180.0)
    inside = _in_china(guess_lat, guess_lon)
    return np.where(inside, guess_lat, latitude), np.where(inside, guess_lon, longitude)


def _do_baidu(latitude: Floats, longitude: Floats) -> tuple[Floats, Floats]:
    radius = np.hypot(longitude, latitude) + 0.00002 * np.sin(latitude * _BAIDU_TURN)
    angle = np.arctan2(latitude, longitude) + 0.000003 * np.cos(longitude * _BAIDU_TURN)
    return radius * np.sin(angle) + 0.006, radius * np.cos(angle) + 0.0065


def _undo_baidu(latitude: Floats, longitude: Floats) -> tuple[Floats, Floats]:
    guess_lat, guess_lon = latitude - 0.006, longitude - 0.0065
    for _ in range(_INVERSE_STEPS):
        made_lat, made_lon = _do_baidu(guess_lat, guess_lon)
        guess_lat, guess_lon = guess_lat + latitude - made_lat, guess_lon + longitude - made_lon
    return guess_lat, guess_lon
