"""Files in a bucket that speaks S3: for machines that share no disk (the extra `s3`)."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from storages.backends.s3 import S3Storage
from storages.utils import clean_name

from plan.storage import KeptName, StorageAway

MISSING = {"404", "NoSuchKey", "NotFound"}


@contextmanager
def _told(name: str) -> Iterator[None]:
    """A bucket's own errors as those of a disk: FileNotFoundError, else StorageAway."""
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code in MISSING:
            raise FileNotFoundError(name) from error
        raise StorageAway(f"{code}: {name}") from error
    except (BotoCoreError, Boto3Error) as error:
        raise StorageAway(f"{type(error).__name__}: {name}") from error


class ObjectStorage(S3Storage):
    """A bucket: an object has its name when it is whole. What is read is fetched to this machine first."""

    def _save(self, name, content) -> str:
        with _told(name):
            return super()._save(name, content)

    def delete(self, name) -> None:
        with _told(name):
            super().delete(name)

    def exists(self, name) -> bool:
        try:
            with _told(name):
                self.connection.meta.client.head_object(Bucket=self.bucket_name, Key=self._key(name))
        except FileNotFoundError:
            return False
        return True

    def opened(self, name: str) -> BinaryIO:
        """A temporary copy, gone when it is closed. Raises FileNotFoundError."""
        copy = tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115  its reader closes it
        try:
            with _told(name):
                self.bucket.download_fileobj(self._key(name), copy)
        except BaseException:
            copy.close()
            raise
        copy.seek(0)
        return copy

    def files(self, folder: str) -> Iterator[KeptName]:
        """Every file below the folder, in the order of their names."""
        root = self._key("")
        with _told(folder):
            for found in self.bucket.objects.filter(Prefix=self._key(f"{folder}/")):
                yield KeptName(found.key.removeprefix(root), found.size, found.last_modified)

    def _key(self, name: str) -> str:
        """What the bucket calls it."""
        location = self.location.strip("/")
        return f"{location}/{name}" if location else clean_name(name) if name else ""
