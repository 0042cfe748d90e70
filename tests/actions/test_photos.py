"""Where pictures are kept: a folder by default, an S3-compatible store by setting."""

from pathlib import Path

import pytest

from actions.photos import open_photos
from config.settings import read_settings
from tests.fakes import s3


async def test_a_picture_put_into_the_folder_is_there_after_a_restart(tmp_path: Path) -> None:
    await open_photos(str(tmp_path / "photos")).put("ab/picture.jpg", b"bytes")

    assert await open_photos(str(tmp_path / "photos")).get("ab/picture.jpg") == b"bytes"


async def test_a_picture_that_was_never_kept_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        await open_photos(str(tmp_path)).get("no/such.jpg")


async def test_a_picture_that_was_deleted_is_not_found_and_may_be_deleted_again(tmp_path: Path) -> None:
    photos = open_photos(str(tmp_path))
    await photos.put("ab/picture.jpg", b"bytes")

    await photos.delete("ab/picture.jpg")
    await photos.delete("ab/picture.jpg")

    with pytest.raises(FileNotFoundError):
        await photos.get("ab/picture.jpg")


async def test_three_settings_move_the_pictures_to_an_s3_store() -> None:
    async with s3.serve() as (store, address):
        settings = read_settings(
            {
                "WHISTLE_PHOTOS": "s3://evidence/whistle",
                "WHISTLE_S3_ENDPOINT": address,
                "WHISTLE_S3_ACCESS_KEY": "key",
                "WHISTLE_S3_SECRET_KEY": "secret",
            }
        )
        photos = open_photos(settings.photo_target, **settings.photo_options)
        await photos.put("ab/picture.jpg", b"bytes")

        assert await photos.get("ab/picture.jpg") == b"bytes"
        assert list(store.objects) == ["/evidence/whistle/ab/picture.jpg"]
        with pytest.raises(FileNotFoundError):
            await photos.get("no/such.jpg")
