"""Who keeps a device file from being opened: the group that may open it, the programs that hold it."""

import os
import stat
from pathlib import Path


def group_of(path: str) -> str:
    """The group whose members may read and write ``path``; "" where there is none, or only root's."""
    try:
        import grp

        about = os.stat(path)
        if about.st_gid and about.st_mode & (stat.S_IRGRP | stat.S_IWGRP) == stat.S_IRGRP | stat.S_IWGRP:
            return grp.getgrgid(about.st_gid).gr_name
    except (ImportError, OSError, KeyError):
        pass  # no such file, or a system without groups
    return ""


def holders_of(path: str, proc: Path = Path("/proc")) -> list[str]:
    """The programs that hold ``path`` open, as ``name (process id)``, as far as this user may see them (Linux)."""
    wanted, own = os.path.realpath(path), str(os.getpid())
    found = []
    for process in sorted(proc.glob("[0-9]*"), key=lambda entry: int(entry.name)):
        try:
            if process.name != own and any(os.readlink(link) == wanted for link in (process / "fd").iterdir()):
                found.append(f"{(process / 'comm').read_text('utf-8', errors='replace').strip()} ({process.name})")
        except OSError:
            continue  # it ended meanwhile, or belongs to somebody else
    return found
