"""`--output`: a file that is there whole, or as it was before."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

from zumik.errors import CannotRun, UsageError


def check_form(path: Path, *endings: str) -> None:
    """Raises UsageError for a name that says none of the forms."""
    if path.suffix not in endings:
        forms = [f"FILE{ending}" for ending in endings]
        raise UsageError(
            f"--output {path.name}: the name says no form",
            hint=f"{', '.join(forms[:-1])} or {forms[-1]}",
        )


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """A file under a name of its own until all is written; what was there before stays till then.

    Raises CannotRun where it cannot be written.
    """
    try:
        with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            try:
                yield file
                file.flush()
                os.fsync(file.fileno())
                Path(file.name).replace(path)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
    except OSError as error:
        raise CannotRun(
            f"cannot write {path}: {error.strerror}", hint="check the folder, its rights and space"
        ) from None
