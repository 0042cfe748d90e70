"""The operator makes keys for other systems, sees them, revokes them, and signs people out."""

import re

from tests.cli.conftest import Desk


def test_a_key_is_shown_once_and_listed_without_its_secret(desk: Desk) -> None:
    said = desk("key", "new", "水务局", "--scope", "read", "--days", "30")
    key = re.search(r"wk_\w{8}_\S+", said)
    assert key is not None
    listed = desk("key", "list")
    assert key[0] not in listed
    assert key[0][:12] in listed
    assert "holds" in listed

    assert "Revoked" in desk("key", "revoke", key[0][:12])
    assert "revoked" in desk("key", "list")
    assert "no key" in desk("key", "revoke", key[0][:12], code=1)


def test_who_writes_must_be_somebody(desk: Desk) -> None:
    assert "--person" in desk("key", "new", "x", "--scope", "write", code=1)
    assert "wk_" in desk("key", "new", "x", "--scope", "write", "--person", "zhou")
    assert "scope" in desk("key", "new", "x", "--scope", "fly", code=1)


def test_nobody_is_signed_in_at_first(desk: Desk) -> None:
    assert "Nobody" in desk("session", "list")
    assert "signed out of 0" in desk("session", "end", "zhou")
