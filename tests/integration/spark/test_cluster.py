"""A cluster of Spark: a master and a worker of their own, which know nothing of this project."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from time import monotonic, sleep

import pytest
from tests.benchmarks.log_generator import zumik_lines

ROOT = Path(__file__).parents[3]
HERE = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable}
DEPLOY = "org.apache.spark.deploy"
PATIENCE = 240


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(text: str, log: Path, process: subprocess.Popen[bytes]) -> None:
    end = monotonic() + PATIENCE
    while text not in log.read_text():
        assert process.poll() is None, log.read_text()[-2000:]
        assert monotonic() < end, log.read_text()[-2000:]
        sleep(0.5)


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a master on the loopback, with one worker."""
    pyspark = pytest.importorskip("pyspark", reason="needs the extra spark")
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        pytest.skip("needs Java")
    folder = tmp_path_factory.mktemp("cluster")
    address = f"spark://127.0.0.1:{free_port()}"
    started: list[subprocess.Popen[bytes]] = []

    def start(kind: str, ready: str, *options: str) -> None:
        log = folder / f"{kind}.log"
        program = Path(pyspark.__path__[0]) / "bin/spark-class"
        port = ["--host", "127.0.0.1", "--webui-port", str(free_port())]
        with log.open("wb") as output:
            command = [str(program), f"{DEPLOY}.{kind}", *port, *options]
            started.append(
                subprocess.Popen(command, cwd=folder, env=HERE, stdout=output, stderr=output)
            )
        wait_for(ready, log, started[-1])

    try:
        start("master.Master", "New state: ALIVE", "--port", address.rpartition(":")[2])
        work = ["--cores", "1", "--memory", "1g", "--work-dir", str(folder / "work")]
        start("worker.Worker", "Successfully registered with master", *work, address)
        yield address
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait(60)


def zumik(*arguments: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "zumik", *arguments, "--format", "json"]
    done = subprocess.run(
        command, cwd=ROOT, env=HERE, capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    assert done.stdout, done.stderr
    return done.returncode, done.stdout


@pytest.mark.parametrize(
    "question",
    [["replay"], ["logs", "mix"], ["replay", "--only", "diverged", "--against", "live"]],
    ids=" ".join,
)
def test_a_cluster_answers_to_the_letter(
    master: str, question: Sequence[str], tmp_path: Path
) -> None:
    generated = tmp_path / "calls.jsonl"
    generated.write_bytes(b"".join(zumik_lines(500)))
    # Some of the files are read whole, by their names from here.
    asked = [*question, "tests/logs/samples", "tests/logs/damage", str(generated)]
    assert zumik(*asked, "--engine", "spark", "--spark-master", master) == zumik(*asked)
