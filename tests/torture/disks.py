"""Disks: a small one that is really full, down to the last kilobytes, for zumik and git alike."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tests.torture import children
from tests.torture.oracle import Loss, admits, found, judge, recover, require_told
from tests.torture.places import NOW
from tests.torture.running import Attempt, Labels, NotHere, Options
from tests.torture.scenes import Scene, Stage, can_recover, shuffled

_CLONE_NEWNS, _CLONE_NEWUSER = 0x00020000, 0x10000000
_STEP, _MOST = 4096, 64
"""Free space is tried in steps of a page, until there is enough for everything."""


def attempts(stage: Stage, options: Options) -> Iterator[Attempt]:
    """Each scene with each amount of free space. Raises NotHere."""
    disk = stage.scratch / f"disk-{os.getpid()}"
    disk.mkdir()
    _mounts_of_our_own()
    for scene in shuffled(options.scenes, options.seed):
        for pages in filter(options.wants, range(_MOST)):
            yield Attempt(
                f"{scene}, {pages} pages free",
                options.again("disks", scene, pages),
                partial(_fill, stage, scene, pages, disk),
            )


def _mounts_of_our_own() -> None:
    """What this process mounts is seen by nobody else, and goes with it. Raises NotHere."""
    libc = ctypes.CDLL(None, use_errno=True)
    user, group = os.getuid(), os.getgid()
    if libc.unshare(_CLONE_NEWNS) != 0:
        if libc.unshare(_CLONE_NEWNS | _CLONE_NEWUSER) != 0:
            raise NotHere(f"no disk may be mounted: {os.strerror(ctypes.get_errno())}")
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"0 {user} 1")
        Path("/proc/self/gid_map").write_text(f"0 {group} 1")
    _mount("--make-rprivate", "/")


def _mount(*words: str) -> None:
    done = subprocess.run(["mount", *words], capture_output=True, text=True)
    if done.returncode != 0:
        raise NotHere(f"no disk may be mounted: {done.stderr.strip()}")


def _fill(stage: Stage, scene: Scene, pages: int, disk: Path, root: Path) -> Labels:
    """Try a scene on a disk with so much room; look, make room, mend, and look again."""
    played = stage.played(scene).without_reflogs()
    _mount("-t", "tmpfs", "-o", "size=64m", "tmpfs", str(disk))
    try:
        place = played.copy(disk / "at")
        shutil.rmtree(place.tmp)
        root.mkdir()
        place.tmp.symlink_to(root)  # what is said is for us, and not on that disk
        filler = disk / "filler"
        _leave_free(filler, pages * _STEP)
        ended = children.run(scene.words(stage.scratch), place.work, root, NOW)
        require_told(ended)
        then = found(played, place)
        said: list[object] = [f"then it was {then}", ended]
        if can_recover():
            # It may not be able to, and says so then; what it cannot do is harm.
            mended = children.run(("recover",), place.work, root, NOW)
            require_told(mended)
            said.append(mended)
        filler.unlink()
        if then != found(played, place) and not admits(ended, then):
            raise Loss("it was not mended, and recover is not named", *said)
        again = recover(place)
        said += [again] if again else []
        stands = judge(played, place, ended, said, go_on=pages % 4 == 0)
        yield "came to", f"exit {ended.code}, {then}" + ("" if then == stands else f", {stands}")
        yield "command", scene.deed
        yield "variant", scene.variant
        yield "repository", scene.kind
    except Loss:
        filler.unlink(missing_ok=True)
        (disk / "at" / "tmp").unlink()
        shutil.copytree(disk / "at", root / "at", symlinks=True)
        raise
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


def _leave_free(filler: Path, room: int) -> None:
    facts = os.statvfs(filler.parent)
    size = facts.f_bavail * facts.f_frsize - room
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, size)
