"""Seals what must not be readable in the database or a copy of it: names, phone numbers, talks.

AES-256-GCM with a fresh nonce each time; what is sealed says which key sealed it, so that keys can be changed
while the service runs. A keyring without keys leaves everything readable: that is for tests, never for a city.
"""

import base64
import binascii
import hmac
import os
import secrets
from collections.abc import Callable, Sequence
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MARK = b"s1."
"""What everything sealed begins with; no JSON and no name does."""
ID_SIGNS = 8
HEAD = len(MARK) + ID_SIGNS + 1
NONCE = 12
KEY_BYTES = 32


class KeyringError(Exception):
    """A key is missing, wrong or unreadable; the message is one sentence."""


class Keyring:
    """The keys of this installation, the newest first: that one seals, all of them open."""

    def __init__(self, keys: Sequence[bytes] = (), reread: Callable[[], "Keyring"] | None = None) -> None:
        """`reread` finds the keys anew when one is met that is not known: somebody changed them meanwhile."""
        self._reread = reread
        self._take(keys)

    def _take(self, keys: Sequence[bytes]) -> None:
        self.ids = tuple(_id(key) for key in keys)
        self._ciphers = {id_: AESGCM(_derived(key, b"seal")) for id_, key in zip(self.ids, keys, strict=True)}
        # The last one is that of rows written before there were keys.
        self._blinds = [*(_derived(key, b"blind index") for key in keys), bytes(KEY_BYTES)]
        self._keys = tuple(keys)

    @property
    def newest(self) -> str:
        """Names the key that seals; empty without keys."""
        return self.ids[0] if self.ids else ""

    def seal(self, purpose: str, plain: bytes) -> bytes:
        """Seals bytes for one purpose; opened for another they are refused."""
        if not self.ids:
            return plain
        nonce = os.urandom(NONCE)
        return _head(self.newest) + nonce + self._ciphers[self.newest].encrypt(nonce, plain, purpose.encode())

    def open(self, purpose: str, sealed: bytes) -> bytes:
        """Opens bytes; what was never sealed is given as it is. KeyringError for what no key here opens."""
        key_id = sealed_by(sealed)
        if key_id is None:
            return sealed
        cipher = self._ciphers.get(key_id) or self._found_meanwhile(key_id)
        nonce, rest = sealed[HEAD : HEAD + NONCE], sealed[HEAD + NONCE :]
        try:
            return cipher.decrypt(nonce, rest, purpose.encode())
        except (InvalidTag, ValueError) as fault:
            raise KeyringError(f"{purpose} was sealed with the key {key_id} and damaged afterwards") from fault

    def seal_text(self, purpose: str, plain: str) -> str:
        """Seals a text; what comes out is ASCII."""
        if not self.ids:
            return plain
        sealed = self.seal(purpose, plain.encode())
        return sealed[:HEAD].decode() + base64.urlsafe_b64encode(sealed[HEAD:]).decode()

    def open_text(self, purpose: str, sealed: str) -> str:
        """Opens a text; one that was never sealed is given as it is."""
        raw = sealed[:HEAD].encode()
        if sealed_by(raw) is None:
            return sealed
        try:
            rest = base64.urlsafe_b64decode(sealed[HEAD:])
        except (binascii.Error, ValueError) as fault:
            raise KeyringError(f"{purpose} was sealed and damaged afterwards") from fault
        return self.open(purpose, raw + rest).decode()

    def blind(self, purpose: str, plain: str) -> bytes:
        """Gives what an equal text is found by without being readable."""
        return _blind(self._blinds[0], purpose, plain)

    def blinds(self, purpose: str, plain: str) -> list[bytes]:
        """Gives the same under every key: rows that were not resealed yet bear that of an earlier one."""
        return [_blind(key, purpose, plain) for key in self._blinds]

    @property
    def keys(self) -> tuple[bytes, ...]:
        """Gives the keys, the newest first."""
        return self._keys

    def _found_meanwhile(self, key_id: str) -> AESGCM:
        """Looks once more where the keys come from."""
        if self._reread is not None:
            self._take(self._reread().keys)
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise KeyringError(
                f"the database is sealed with the field key {key_id}, which is not here: "
                "give it in WHISTLE_FIELD_KEYS, or put the file `field-keys` of the data folder back"
            )
        return cipher


def parse(text: str) -> list[bytes]:
    """Reads keys, separated by commas or blanks, the newest first; KeyringError for what is no key."""
    keys = []
    for number, word in enumerate(text.replace(",", " ").split(), start=1):
        try:
            key = base64.b64decode(word.encode().translate(bytes.maketrans(b"-_", b"+/")), validate=True)
        except (binascii.Error, ValueError) as fault:
            raise KeyringError(f"field key {number} is not base64; `whistle keys new` draws one") from fault
        if len(key) != KEY_BYTES:
            raise KeyringError(
                f"field key {number} has {len(key)} bytes, not {KEY_BYTES}; `whistle keys new` draws one"
            )
        keys.append(key)
    if len(set(keys)) != len(keys):
        raise KeyringError("a field key is given twice")
    return keys


def draw() -> bytes:
    """Draws a key."""
    return secrets.token_bytes(KEY_BYTES)


def written(key: bytes) -> str:
    """Writes a key as it is given to the service."""
    return base64.urlsafe_b64encode(key).decode()


def sealed_by(stored: bytes) -> str | None:
    """Names the key that sealed something; None for what is not sealed."""
    if stored[: len(MARK)] != MARK or stored[HEAD - 1 : HEAD] != b".":
        return None
    return stored[len(MARK) : HEAD - 1].decode("ascii", "replace")


def _head(key_id: str) -> bytes:
    return MARK + key_id.encode() + b"."


def _id(key: bytes) -> str:
    return sha256(b"whistle key id" + key).hexdigest()[:ID_SIGNS]


def _derived(key: bytes, use: bytes) -> bytes:
    """Gives a key for one use, so that none is used for two."""
    return hmac.digest(key, b"whistle " + use, "sha256")


def _blind(key: bytes, purpose: str, plain: str) -> bytes:
    return hmac.digest(key, f"{purpose}\0{plain}".encode(), "sha256")[:16]
