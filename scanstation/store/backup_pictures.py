"""The pictures that counts rest on, in backup and restore: files named by the SHA-256 of their content."""

import errno
import hashlib
import shutil
from pathlib import Path

from scanstation.store.backup_files import sha256, swap_in, sync

SUFFIX = ".jpg"


def copy_pictures(folder: Path, target: Path) -> None:
    """Copy the pictures of ``folder`` as they lie there; raises `OSError` for a copy that is not what was read.

    One that comes while the station is copied may be left out; the half-written have another suffix.
    """
    found = _pictures(folder)
    if not found:
        return
    target.mkdir()
    for picture in found:
        copy = target / picture.name
        shutil.copyfile(picture, copy)
        sync(copy)
        if not _is_intact(copy) and sha256(copy) != sha256(picture):
            raise OSError(errno.EIO, "the copy is not what was read", str(copy))
    sync(target)


def describe_pictures(folder: Path) -> tuple[int, int, str]:
    """How many there are, how many are not what their names say, and the SHA-256 of the list of names and contents."""
    contents = {picture.stem: sha256(picture) for picture in _pictures(folder)}
    if not contents:
        return 0, 0, ""
    listed = "".join(f"{name} {content}\n" for name, content in contents.items())
    altered = sum(name != content for name, content in contents.items())
    return len(contents), altered, hashlib.sha256(listed.encode()).hexdigest()


def put_back(copies: Path, folder: Path) -> None:
    """Put every copy into ``folder``, unless the picture is there already as it should be.

    An altered picture there is kept beside (`swap_in`) and replaced.
    """
    for copy in _pictures(copies):
        place = folder / copy.name
        if not _is_intact(place):
            folder.mkdir(parents=True, exist_ok=True)
            swap_in(copy, place)


def _is_intact(picture: Path) -> bool:
    return sha256(picture) == picture.stem


def _pictures(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*{SUFFIX}"))
