"""A private PostgreSQL with LiteLLM's own tables, on loopback and a socket."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

PASSWORD = "correct-horse-battery"
TABLE = "LiteLLM_SpendLogs"


def programs() -> Path | None:
    """Where the newest PostgreSQL of this system has its server; None where it has none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


def migrations() -> list[Path]:
    """LiteLLM's own migrations, in order; none where its package is not installed."""
    spec = find_spec("litellm_proxy_extras")
    if spec is None or spec.origin is None:
        return []
    return sorted(Path(spec.origin).parent.glob("migrations/*/migration.sql"))


class Server(NamedTuple):
    """A running server: its port, and the folder of its socket."""

    port: int
    folder: Path

    def connect(self, database: str = "litellm") -> Any:
        import psycopg

        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user="zumik",
            password=PASSWORD,
            dbname=database,
            autocommit=True,
        )

    def url(self, table: str = TABLE, user: str = "zumik", database: str = "litellm") -> str:
        at = f"{user}:{PASSWORD}@127.0.0.1:{self.port}"
        return f"postgresql://{at}/{database}?table={table}"

    def socket_url(self) -> str:
        return (
            f"postgresql:///litellm?host={self.folder}&port={self.port}&user=zumik"
            f"&password={PASSWORD}&table={TABLE}"
        )


@contextmanager
def running() -> Iterator[Server]:
    """A new cluster with LiteLLM's schema; it is removed at the end."""
    bin_folder = programs()
    assert bin_folder is not None
    place = Path(tempfile.mkdtemp(prefix="zumik-pg-"))
    place.chmod(0o755)
    folder, port = place / "run", _free_port()
    folder.mkdir()
    # The server refuses to run as root.
    user = "nobody" if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)

    def run(program: str, *arguments: str) -> None:
        command = [str(bin_folder / program), *arguments]
        subprocess.run(command, check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL)

    password = place / "password"
    password.write_text(PASSWORD)
    options = f"-c listen_addresses=127.0.0.1 -p {port} -k {folder} -c fsync=off"
    data = str(folder / "data")
    try:
        run("initdb", "-D", data, "-A", "scram-sha-256", "-U", "zumik", f"--pwfile={password}")
        run("pg_ctl", "-D", data, "-l", str(folder / "log"), "-w", "-o", options, "start")
        try:
            server = Server(port, folder)
            _make_tables(server)
            yield server
        finally:
            run("pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _make_tables(server: Server) -> None:
    with server.connect("postgres") as connection:
        connection.execute("create database litellm")
    with server.connect() as connection:
        for migration in migrations():
            connection.execute(migration.read_text())


def insert(server: Server, rows: Iterable[dict[str, Any]], table: str = TABLE) -> None:
    """Rows as LiteLLM's `get_logging_payload` gives them; JSON in text becomes JSON."""
    from psycopg import sql
    from psycopg.types.json import Jsonb

    with server.connect() as connection, connection.cursor() as cursor:
        found = cursor.execute(
            "select column_name, data_type from information_schema.columns where table_name = %s",
            [table],
        )
        types = dict(found.fetchall())
        for row in rows:
            known = {name: value for name, value in row.items() if name in types}
            values = [
                Jsonb(json.loads(value) if isinstance(value, str) else value)
                if types[name] == "jsonb"
                else value
                for name, value in known.items()
            ]
            query = sql.SQL("insert into {} ({}) values ({})").format(
                sql.Identifier(table),
                sql.SQL(", ").join(map(sql.Identifier, known)),
                sql.SQL(", ").join([sql.Placeholder()] * len(known)),
            )
            cursor.execute(query, values)


def copy_csv(server: Server, path: Path) -> None:
    """Rows from a file that `COPY … TO … CSV HEADER` wrote."""
    from psycopg import sql

    text = path.read_text()
    columns = text.splitlines()[0].split(",")
    query = sql.SQL("copy {} ({}) from stdin csv header").format(
        sql.Identifier(TABLE), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with server.connect() as connection, connection.cursor().copy(query) as copy:
        copy.write(text)
