"""The file of signed roots, outside the database: written line by line, never changed.

A line is JSON with sorted keys: number, moment, how many cases changed, how many cases and events there are in all,
the Merkle root, the hash of the line before, and an Ed25519 signature of all that.
"""

import base64
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

FIRST = "0" * 64
"""What the first line follows."""


class RootsError(Exception):
    """The file of roots or a key cannot be used; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Root:
    """What one line says."""

    n: int
    at: str
    changed: int
    cases: int
    events: int
    root: str
    prev: str


@dataclass(frozen=True, slots=True)
class Signed:
    """A line of the file: what it says, its letters, and whether the signature is good."""

    root: Root
    line: str
    good: bool

    @property
    def hash(self) -> str:
        """Gives what the next line follows."""
        return hash_of(self.line)


def hash_of(line: str) -> str:
    """Hashes a line."""
    return sha256(line.encode()).hexdigest()


def moment(at: datetime) -> str:
    """Writes a moment as lines do."""
    return at.astimezone(UTC).isoformat(timespec="seconds")


def _text(said: Mapping[str, object]) -> str:
    return json.dumps(said, sort_keys=True, separators=(",", ":"))


def read_line(line: str, key: Ed25519PublicKey) -> Signed:
    """Reads a line and checks its signature; raises `RootsError` for what is no line of roots."""
    try:
        said = json.loads(line)
        signature = base64.b64decode(said.pop("signature"))
        root = Root(**said)
    except (ValueError, TypeError, KeyError, AttributeError) as fault:
        raise RootsError(f"this is no line of roots: {line[:60]!r}") from fault
    try:
        key.verify(signature, _text(said).encode())
    except InvalidSignature:
        return Signed(root, line, good=False)
    return Signed(root, line, good=True)


def read_lines(path: Path) -> list[str]:
    """Reads a file of roots; no file is an empty one. Raises `RootsError` for one that cannot be read."""
    try:
        return [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as fault:
        raise RootsError(f"{path} cannot be read ({fault})") from fault


def missing(path: Path, wanted: Sequence[str]) -> str:
    """Gives what the file lacks of these lines; half a line, left by a crash, is gone on with.

    Raises `RootsError` when the file says something else than they do.
    """
    try:
        there = path.read_text(encoding="utf-8") if path.exists() else ""
    except (OSError, UnicodeDecodeError) as fault:
        raise RootsError(f"{path} cannot be read ({fault})") from fault
    whole = "".join(f"{line}\n" for line in wanted)
    if whole.startswith(there):
        return whole[len(there) :]
    lines = there.splitlines()
    differing = (n for n, (one, other) in enumerate(zip(lines, wanted, strict=False), 1) if one != other)
    number = next(differing, None)
    if number is None:
        said = f"{path} holds {len(lines)} roots and the database {len(wanted)}"
        raise RootsError(f"{said}: the database is older than the file, or its end was cut off")
    raise RootsError(f"root {number} of {path} is not the one that the database holds")


def read_public(path: Path) -> Ed25519PublicKey:
    """Reads a public key (PEM); raises `RootsError`."""
    try:
        key = load_pem_public_key(path.read_bytes())
    except (OSError, ValueError) as fault:
        raise RootsError(f"{path} holds no public key ({fault})") from fault
    if not isinstance(key, Ed25519PublicKey):
        raise RootsError(f"{path} holds a key of another kind than Ed25519")
    return key


@dataclass(frozen=True, slots=True)
class RootsBook:
    """The file of roots of this installation, and the key that signs it."""

    path: Path
    key: Ed25519PrivateKey

    @property
    def public(self) -> Ed25519PublicKey:
        """Gives the key that checks."""
        return self.key.public_key()

    @property
    def public_pem(self) -> bytes:
        """Gives that key as PEM, as auditors are given it."""
        return self.public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def sign(self, root: Root) -> str:
        """Writes and signs a line."""
        said = asdict(root)
        signature = base64.b64encode(self.key.sign(_text(said).encode())).decode()
        return _text({**said, "signature": signature})

    def catch_up(self, wanted: Sequence[str]) -> None:
        """Adds the lines that the file lacks; raises `RootsError` when it says something else than they do."""
        lacking = missing(self.path, wanted)
        if not lacking:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as out:
            out.write(lacking)
            out.flush()
            os.fsync(out.fileno())
