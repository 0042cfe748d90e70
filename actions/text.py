"""Makes typed text safe to keep on every database, without changing what it says."""

import unicodedata

_KEPT_CONTROLS = frozenset("\n\t")
_INVISIBLE = frozenset("​‎‏‪‫‬‭‮⁠⁦⁧⁨⁩﻿")
"""Zero-width and direction marks: they hide or turn text around and carry no meaning in a report."""


def clean(text: str, limit: int) -> str:
    """Normalises to NFC, drops controls, invisible marks and unpaired surrogates, and cuts at `limit` characters.

    PostgreSQL refuses NUL and unpaired surrogates, SQLite keeps them and then miscounts; both get the same.
    """
    shortened = text[: limit * 4]
    whole = "".join(ch for ch in shortened if not 0xD800 <= ord(ch) <= 0xDFFF)
    normal = unicodedata.normalize("NFC", whole.replace("\r\n", "\n"))
    kept = (ch for ch in normal if ch not in _INVISIBLE and (ch in _KEPT_CONTROLS or unicodedata.category(ch) != "Cc"))
    return "".join(kept).strip()[:limit]
