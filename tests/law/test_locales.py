"""The catalogues of all doors are loaded at once by one process: no key of one may stand in another."""

from pathlib import Path

import pytest

from config.texts import LANGUAGES, Texts

ROOT = Path(__file__).parents[2]
DOORS = [ROOT / "bot" / "locales", ROOT / "web" / "locales"]


def test_the_sentences_of_all_doors_are_loaded_together() -> None:
    assert not [keys for keys in Texts.load(DOORS).missing().values() if keys]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_door_speaks_every_language(language: str) -> None:
    assert all((door / language).is_dir() for door in DOORS)


def test_the_chat_has_no_sentence_that_the_pages_would_take_for_theirs() -> None:
    """The board hands its page every sentence under `board.`, and fills in none of the chat's facts."""
    assert not list(Texts.load(DOORS[:1]).keys("board."))
