"""A small province with some thousand dossiers, run as an office runs it: by commands, beside a server. Made
once, then copied for each series of kills, so that every series begins with the same facts."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from infra.embedded import APP, Cluster
from tests.cli.office import HOSO, Answer, Office
from tests.cli.test_handover import CENTRE, HEIR, NEW, OLD, act_document
from tests.cli.test_import import SMALL

CASES = 3000
PROCEDURE = "1.000656"
LOADS = ("units load --province 24", "agencies load agencies.json", "officers load officers.json")
OPERATORS = ("OP-2", "OP-3")
Json = dict[str, Any]

_FACTS = """
SELECT stream_id, version, topic, payload FROM event
 WHERE topic LIKE 'handover.dossier%' OR topic LIKE 'dossier.%' OR topic LIKE 'handover.transfer%'
 ORDER BY stream_id, version"""
_STATED = "SELECT count(*) FROM event WHERE topic LIKE 'handover.dossier_handed_over.%'"
_HEAD = "SELECT coalesce(max(position), 0) FROM event"
_DATABASE = "hoso"


@dataclass
class Scene:
    """`act`: the handover's id; its part was drafted before any kill, so its id is the same in every copy."""

    office: Office
    act: str
    cluster: Cluster
    said: list[str] = field(default_factory=list)

    def token(self, number: str) -> dict[str, str]:
        return {"HOSO_TOKEN": self.office.token("--officer", number)}

    def hoso(self, *arguments: str, **settings: str) -> Answer:
        return self.office.hoso(*arguments, **settings)

    def state(self) -> Json:
        """The part as the command shows it."""
        shown = self.hoso("handover", "status", self.act, "--json", **self.token(OPERATORS[0]))
        assert shown.code == 0, shown.out + shown.err
        part: Json = shown.document["parts"][0]
        return part

    def query(self, text: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.cluster.dsn(_DATABASE, APP)) as connection:
            return connection.execute(text.encode()).fetchall()

    def stated(self) -> int:
        return int(self.query(_STATED)[0][0])

    def head(self) -> int:
        return int(self.query(_HEAD)[0][0])

    def facts(self) -> list[tuple[Any, ...]]:
        """What is recorded of dossiers and of the transfer's end: all but places in the log, times of
        recording and salts. A part's stream may have a step more where a kill made somebody repeat it."""
        return [
            (stream, 0, topic, json.dumps(json.loads(payload)["data"], sort_keys=True))
            if topic.startswith("handover.transfer")
            else (stream, version, topic, _without_salt(payload))
            for stream, version, topic, payload in self.query(_FACTS)
        ]


def _without_salt(payload: bytes) -> str:
    body = json.loads(payload)
    del body["salt"]
    if body["actor"]["kind"] != "system":  # people's facts: when they did it differs from run to run
        del body["occurred_at"]
    return json.dumps(body, sort_keys=True)


def cases(count: int) -> str:
    """A log with so many cases, from the small one of the import's tests."""
    head, _, rest = SMALL.partition("<trace>")
    trace, _, tail = rest.partition("</trace>")
    tail = tail[tail.rindex("</log>") :]
    one = "<trace>" + trace + "</trace>"
    return head + "\n".join(one.replace("case-1", f"case-{n}") for n in range(1, count + 1)) + "\n" + tail


def make(folder: Path) -> str:
    """The province's data directory in `folder`, with the act drafted; the act's id."""
    office = Office(folder)
    _did(office.hoso("schema", "init", "--clock", "demo", "--starts", "2025-06-01"))
    with Cluster(folder / "data" / "cluster"):
        office.settings["HOSO_TOKEN"] = office.token("--kind", "system", "--name", "setup")
        centre = {"identifier": CENTRE, "name": "Trung tâm", "kind": "centre", "unit": "24"}
        desk = {"identifier": "000.01.01.H02", "name": "Một cửa", "kind": "desk", "unit": "213"}
        office.write("agencies.json", {"format": "hoso.agencies.v1", "agencies": [centre, desk]})
        people = [
            ("IMP-1", desk["identifier"], ["importer", "auditor"]),
            ("OP-1", desk["identifier"], ["decider", "desk", "handler"]),
            *((number, CENTRE, ["operator", "auditor"]) for number in OPERATORS),
        ]
        officers = [
            {"number": number, "name": "Lê Văn Cường", "postings": [{"agency": agency, "roles": roles}]}
            for number, agency, roles in people
        ]
        office.write("officers.json", {"format": "hoso.officers.v1", "officers": officers})
        office.write("many.xes", cases(CASES))
        mapping = {"source": "many", "procedure": PROCEDURE, "place": f"07210@{OLD}"}
        office.write("mapping.json", mapping | {"status": {"activities": {"decide": 4}}})
        for command in (*LOADS, "procedures load", "calendar load"):
            _did(office.hoso(*command.split()))
        importing = ("import", "many.xes", "--mapping", "mapping.json", "--agency", desk["identifier"])
        _did(office.hoso(*importing, HOSO_TOKEN=office.token("--officer", "IMP-1")))
        closed_by = office.hoso("officers", "show", "OP-1", "--json").document["id"]
        office.write("act.json", act_document(closed_by))
        operator = {"HOSO_TOKEN": office.token("--officer", OPERATORS[0])}
        drafted = office.hoso("handover", "draft", "act.json", "--json", **operator)
        _did(drafted)
    return str(drafted.document["handover"])


def _did(answer: Answer) -> None:
    assert answer.code == 0, answer.out + answer.err


@contextmanager
def opened(made: Path, act: str, folder: Path) -> Iterator[Scene]:
    """A copy of the province, its PostgreSQL running."""
    shutil.copytree(made / "data", folder / "data", symlinks=True, ignore_dangling_symlinks=True)
    _same_owners(made / "data", folder / "data")
    with Cluster(folder / "data" / "cluster") as cluster:
        yield Scene(Office(folder), act, cluster)


def _same_owners(source: Path, copy: Path) -> None:
    for path in (source, *source.rglob("*")):
        status = path.lstat()
        os.chown(copy / path.relative_to(source), status.st_uid, status.st_gid, follow_symlinks=False)


@contextmanager
def serving(scene: Scene) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`hoso serve` with two web processes, and its address."""
    server = subprocess.Popen(
        [HOSO, "serve", "--port", "0", "--workers", "2", "--json"],
        env=scene.office.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert server.stdout is not None
        said = ""
        while not said.rstrip().endswith("}"):
            line = server.stdout.readline()
            assert line, "the server ended"
            said += line
        yield server, json.loads(said)["url"]
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.communicate()


def children(server: subprocess.Popen[str], word: str) -> list[int]:
    """Processes of the server whose command has the word."""
    found = []
    for process in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError, IndexError):
            parent = int((process / "stat").read_text().rsplit(")", 1)[1].split()[1])
            if parent == server.pid and word in (process / "cmdline").read_text():
                found.append(int(process.name))
    return found


def wait_for(condition: Callable[[], bool], seconds: float, what: str) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"{what} did not happen in {seconds} s"
        time.sleep(0.02)


__all__ = ["HEIR", "NEW", "Scene", "cases", "children", "make", "opened", "serving", "wait_for"]
