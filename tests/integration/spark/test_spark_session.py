"""A session of Spark under Ctrl-C: nothing of what Spark and py4j log then reaches the terminal."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from zumik.errors import CannotRun
from zumik.logs.spark.spark_session import translated

INTERRUPTED = """
import os, signal, threading
from zumik.logs.spark.spark_session import spark_session, translated

with spark_session("local[1]") as session:
    tracker = session.sparkContext.statusTracker()

    def interrupt():
        while not tracker.getActiveJobsIds():
            pass
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt, daemon=True).start()
    try:
        # PySpark may fail in its own clean-up after that, which commands too leave to this.
        with translated():
            session.range(10**13).selectExpr("sum(id % 7)").collect()
    except KeyboardInterrupt:
        print("interrupted")
"""


@pytest.mark.usefixtures("spark")
def test_ctrl_c_inside_a_query_ends_it_without_a_word() -> None:
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED],
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "interrupted\n", "")


@pytest.mark.parametrize("url", ["s3://bucket/x.jsonl", "s3a://bucket/x.jsonl"])
def test_a_storage_that_spark_has_no_package_for(spark: Any, url: str) -> None:
    with pytest.raises(CannotRun, match="has no package to read from there") as error, translated():
        spark.read.text([url]).inputFiles()
    assert "spark.jars.packages" in str(error.value.hint)


def test_what_java_raises_is_named_by_its_root(spark: Any) -> None:
    with pytest.raises(CannotRun, match=r"^Spark failed: ConnectException$"), translated():
        spark.read.text(["hdfs://127.0.0.1:1/x.jsonl"]).inputFiles()


def test_a_full_disk_is_said_with_what_helps(spark: Any) -> None:
    java = spark._jvm.java
    full = java.io.IOException("No space left on device")
    future = java.util.concurrent.CompletableFuture()
    future.completeExceptionally(java.lang.RuntimeException("a line of a log", full))
    with (
        pytest.raises(CannotRun, match=r"^Spark failed: No space left on device$") as error,
        translated(),
    ):
        future.get()
    assert "SPARK_LOCAL_DIRS" in str(error.value.hint)


NO_MASTER = """
from zumik.errors import CannotRun
from zumik.logs.spark.spark_session import spark_session

try:
    with spark_session("nonsense"):
        pass
except CannotRun as error:
    print(error.message, "|", error.hint)
"""


@pytest.mark.usefixtures("spark")
def test_a_master_that_is_none_is_said_with_what_to_check() -> None:
    command = [sys.executable, "-c", NO_MASTER]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.startswith("Spark failed: JAVA_GATEWAY_EXITED")
    assert "--spark-master" in done.stdout
