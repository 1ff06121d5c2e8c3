"""A session of Spark: started for one command, or the one that is there."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import sys
import tempfile
import threading
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import zumik
from zumik.errors import CannotRun

_OF_A_CLUSTER = ("SPARK_HOME", "SPARK_CONF_DIR", "PYSPARK_SUBMIT_ARGS", "MASTER")
_HERE = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.sql.shuffle.partitions": "8",
}
_EVERYWHERE = {
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "2000",
}


@contextmanager
def spark_session(master: str | None) -> Iterator[Any]:
    """A session with `master`, or by the settings of Spark, or on all processors of this computer.

    One that is already active is used, and goes on. Raises CannotRun.
    """
    with warnings.catch_warnings(), tempfile.TemporaryDirectory(prefix="zumik-spark-") as folder:
        warnings.simplefilter("ignore")
        try:
            from pyspark.sql import SparkSession
        except ImportError:
            raise CannotRun(
                "Spark needs another package", hint="pip install 'zumik[spark]'"
            ) from None
        if (active := SparkSession.getActiveSession()) is not None:
            yield active
            return
        with _interrupts():
            session = _started(SparkSession.builder, master, Path(folder))
            try:
                yield session
            finally:
                with translated():
                    session.stop()


_interrupted = threading.Event()
"""Whether Ctrl-C was pressed since a session was started."""


@contextmanager
def _interrupts() -> Iterator[None]:
    """Ctrl-C inside ends a command without a word of Spark's."""
    _interrupted.clear()
    # What py4j raises it also logs, and where no handler is set, to stderr: a traceback at Ctrl-C.
    logging.getLogger().addHandler(logging.NullHandler())
    before = signal.getsignal(signal.SIGINT)
    try:
        yield
    finally:
        _at_interrupt(before)


def _at_interrupt(handler: Any) -> None:
    """Only a main thread may say what happens then, and only there it happens."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, handler)


def _interrupt(*signal_and_frame: object) -> None:
    _interrupted.set()
    raise KeyboardInterrupt


def _started(builder: Any, master: str | None, folder: Path) -> Any:
    is_here = master is None and not any(map(os.environ.get, _OF_A_CLUSTER))
    is_here = is_here or (master or "").startswith("local")
    if is_here:
        master = master or "local[*]"
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
            raise CannotRun("Spark needs Java", hint="install Java 17 or newer, or set JAVA_HOME")
    settings = {**_EVERYWHERE, **(_HERE if is_here else {})}
    builder = builder.appName("zumik")
    for name, value in settings.items():
        builder = builder.config(name, value)
    if master:
        builder = builder.master(master)
    # Java inherits the files, and would write its warnings between the lines of a report.
    with (folder / "spark.log").open("wb") as log, _output_to(log), translated():
        session = builder.getOrCreate()
        # Spark's own handler asks Java again in the middle of an answer.
        _at_interrupt(_interrupt)
        if not is_here:
            session.addArtifacts(str(_packed_package(folder)), pyfile=True)
    return session


@contextmanager
def _output_to(log: IO[bytes]) -> Iterator[None]:
    """What a process that is started meanwhile writes goes to a file, for as long as it runs."""
    saved = {number: os.dup(number) for number in (1, 2)}
    try:
        for number in saved:
            os.dup2(log.fileno(), number)
        yield
    finally:
        for number, copy in saved.items():
            os.dup2(copy, number)
            os.close(copy)


@contextmanager
def translated() -> Iterator[None]:
    """What Spark says where it fails, in one line without what a log holds.

    Raises CannotRun, and KeyboardInterrupt where it fails as it was interrupted.
    """
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError, ConnectionError) as error:
        if _interrupted.is_set():
            raise KeyboardInterrupt from None
        raise _failure(error) from None


_NO_SPACE = "No space left on device"
_AGAIN = "run it again; --engine local reads the same logs without Spark"
_HINTS = {
    _NO_SPACE: "set SPARK_LOCAL_DIRS to a folder with more space",
    "JAVA_GATEWAY_EXITED": "check JAVA_HOME, which takes Java 17 or newer, and --spark-master",
    "PATH_NOT_FOUND": "check the URL, and what Spark may read there",
    "IllegalStateException": "check that Spark runs at its master, and takes this version",
}
_NO_STORAGE = ("ClassNotFoundException", "UnsupportedFileSystemException")
"""What Hadoop raises for a URL that it has no code for. The words name the code, or the scheme."""


def _failure(error: Exception) -> CannotRun:
    """The error in words that hold nothing of a log: its condition, or what kind it is at its root.

    Java has no condition for what Hadoop, a disk or a network says, but the class of it.
    """
    condition = getattr(error, "getCondition", lambda: None)()
    kind, words = type(error).__name__, ""
    # Java may have ended meanwhile, and says no more then.
    with suppress(Exception):
        kind, words = _root(getattr(error, "java_exception", None)) or (kind, "")
    if kind in _NO_STORAGE:
        return CannotRun(
            f"Spark has no package to read from there: {words.removeprefix('Class ')}",
            hint="name it in spark.jars.packages, in spark-defaults.conf in SPARK_CONF_DIR: "
            "for s3a://, org.apache.hadoop:hadoop-aws:VERSION",
        )
    said = condition or (_NO_SPACE if _NO_SPACE in words else kind)
    return CannotRun(f"Spark failed: {said}", hint=_HINTS.get(said, _AGAIN))


def _root(raised: Any) -> tuple[str, str] | None:
    """The class and the words of the first cause of what Java raised; None where it did not."""
    if raised is None:
        return None
    while (cause := raised.getCause()) is not None:
        raised = cause
    return raised.getClass().getSimpleName(), raised.getMessage() or ""


def _packed_package(folder: Path) -> Path:
    """This package as a file for workers that do not have it."""
    root = Path(zumik.__file__).parent
    target = folder / "zumik.zip"
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(root.rglob("*.py")):
            archive.write(path, Path("zumik") / path.relative_to(root))
    return target
