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
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from infra.embedded import APP, Cluster
from tests.cli.office import HOSO, Answer, Office
from tests.cli.test_handover import CENTRE, HEIR, NEW, OLD, act_document
from tests.cli.test_import import SMALL

CASES = 2000
PROCEDURE = "1.000656"
LOADS = ("units load --province 24", "agencies load agencies.json", "officers load officers.json")
OPERATORS = ("OP-2", "OP-3")
CLOSER, SETUP = "OP-1", "setup"
"""Who closes the books of the agency that ends, and goes to its heir; the program that sets up."""
Json = dict[str, Any]

_FACTS = """
SELECT stream_id, version, topic, payload FROM event
 WHERE topic LIKE 'dossier.%' OR topic LIKE 'handover.dossier%' OR topic LIKE 'handover.transfer%'
    OR topic LIKE 'handover.part_reconciled.%' OR topic LIKE 'handover.certificate%'
    OR topic LIKE 'handover.part_closed.%'
 ORDER BY stream_id, version"""
_OF_THE_PART = ("handover.transfer", "handover.part_")
_FOLLOWS_FROM_PLACES = frozenset(("position", "root", "digest", "key_id", "signature"))
"""Fields of a certificate's facts that say where in the log it was made, and what follows from that."""
_RECORDED = "SELECT count(*) FROM event WHERE topic = %s"
_DATABASE = "hoso"


@dataclass(frozen=True)
class Made:
    """A province, made once. `act`: the handover's id; its part was drafted before any kill, so its id is the
    same in every copy. `tokens`: by staff number, good in every copy."""

    folder: Path
    act: str
    tokens: dict[str, str]


@dataclass
class Scene:
    """A copy of the province, at work."""

    office: Office
    act: str
    cluster: Cluster
    tokens: dict[str, str]

    def token(self, number: str) -> dict[str, str]:
        return {"HOSO_TOKEN": self.tokens[number]}

    def hoso(self, *arguments: str, **settings: str) -> Answer:
        return self.office.hoso(*arguments, **settings)

    def state(self) -> Json:
        """The part as the command shows it."""
        shown = self.hoso("handover", "status", self.act, "--json", **self.token(OPERATORS[0]))
        assert shown.code == 0, shown.out + shown.err
        part: Json = shown.document["parts"][0]
        return part

    def query(self, text: str, *parameters: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.cluster.dsn(_DATABASE, APP)) as connection:
            return connection.execute(text.encode(), parameters or None).fetchall()

    def recorded(self, topic: str) -> int:
        """How many facts of a topic stand."""
        return int(self.query(_RECORDED, topic)[0][0])

    def recorded_when_up(self, topic: str) -> int:
        """The same, once the database runs again."""

        def up() -> bool:
            self.cluster.keep_running()
            with contextlib.suppress(psycopg.OperationalError):
                self.recorded(topic)
                return True
            return False

        wait_for(up, 30, "the database")
        return self.recorded(topic)

    def facts(self) -> list[tuple[Any, ...]]:
        """What is recorded of dossiers, of the transfer's end, the reconciliation, the certificate and its
        signatures, and the close: all but places in the log, what follows from them, times of recording and
        salts. A part's stream may have a step more where a kill made somebody repeat it."""
        found = [
            (stream, 0 if topic.startswith(_OF_THE_PART) else version, topic, _comparable(topic, payload))
            for stream, version, topic, payload in self.query(_FACTS)
        ]
        return sorted(found, key=repr)


Copy = Callable[[str], AbstractContextManager[Scene]]
"""Opens a copy of the province under a name."""


def _comparable(topic: str, payload: bytes) -> str:
    body = json.loads(payload)
    del body["salt"]
    if body["actor"]["kind"] != "system":  # people's facts: when they did it differs from run to run
        del body["occurred_at"]
    if topic.startswith(("handover.certificate", "handover.part_closed")):
        body["data"] = {n: v for n, v in body["data"].items() if n not in _FOLLOWS_FROM_PLACES}
    if topic.startswith("handover.transfer"):
        body = body["data"]
    return json.dumps(_without_seals(body), sort_keys=True)


def _without_seals(value: Any) -> Any:
    """Personal text is sealed anew each time: what remains is whose it is."""
    if isinstance(value, dict):
        if value.keys() == {"subject", "nonce", "ciphertext"}:
            return value["subject"]
        return {name: _without_seals(member) for name, member in value.items()}
    return [_without_seals(member) for member in value] if isinstance(value, list) else value


def cases(count: int) -> str:
    """A log with so many cases, from the small one of the import's tests."""
    head, _, rest = SMALL.partition("<trace>")
    trace, _, tail = rest.partition("</trace>")
    tail = tail[tail.rindex("</log>") :]
    one = "<trace>" + trace + "</trace>"
    return head + "\n".join(one.replace("case-1", f"case-{n}") for n in range(1, count + 1)) + "\n" + tail


def make(folder: Path) -> Made:
    """The province's data directory in `folder`, with the act drafted."""
    office = Office(folder)
    _did(office.hoso("schema", "init", "--clock", "demo", "--starts", "2025-06-01"))
    with Cluster(folder / "data" / "cluster"):
        tokens = {SETUP: office.token("--kind", "system", "--name", SETUP)}
        office.settings["HOSO_TOKEN"] = tokens[SETUP]
        centre = {"identifier": CENTRE, "name": "Trung tâm", "kind": "centre", "unit": "24"}
        desk = {"identifier": "000.01.01.H02", "name": "Một cửa", "kind": "desk", "unit": "213"}
        office.write("agencies.json", {"format": "hoso.agencies.v1", "agencies": [centre, desk]})
        people = [
            ("IMP-1", desk["identifier"], ["importer", "auditor"]),
            (CLOSER, desk["identifier"], ["decider", "desk", "handler"]),
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
        tokens |= {number: office.token("--officer", number) for number, _, _ in people}
        importing = ("import", "many.xes", "--mapping", "mapping.json", "--agency", desk["identifier"])
        _did(office.hoso(*importing, HOSO_TOKEN=tokens["IMP-1"]))
        closed_by = office.hoso("officers", "show", CLOSER, "--json").document["id"]
        office.write("act.json", act_document(closed_by))
        drafted = office.hoso("handover", "draft", "act.json", "--json", HOSO_TOKEN=tokens[OPERATORS[0]])
        _did(drafted)
    return Made(folder, str(drafted.document["handover"]), tokens)


def _did(answer: Answer) -> None:
    assert answer.code == 0, answer.out + answer.err


@contextmanager
def opened(made: Made, folder: Path) -> Iterator[Scene]:
    """A copy of the province in a new folder, its PostgreSQL running."""
    folder.mkdir()
    folder.chmod(0o711)
    shutil.copytree(made.folder / "data", folder / "data", symlinks=True, ignore_dangling_symlinks=True)
    _same_owners(made.folder / "data", folder / "data")
    with Cluster(folder / "data" / "cluster") as cluster:
        yield Scene(Office(folder), made.act, cluster, made.tokens)


def _same_owners(source: Path, copy: Path) -> None:
    for path in (source, *source.rglob("*")):
        status = path.lstat()
        os.chown(copy / path.relative_to(source), status.st_uid, status.st_gid, follow_symlinks=False)


@contextmanager
def serving(scene: Scene, workers: int = 2) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`hoso serve` with so many web processes, and its address."""
    server = subprocess.Popen(
        [HOSO, "serve", "--port", "0", "--workers", str(workers), "--json"],
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
    """Living processes of the server whose command has the word: one that was killed is listed by the system
    until its parent has asked for its end, and is no process any more."""
    found = []
    for process in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError, IndexError):
            state, parent = (process / "stat").read_text().rsplit(")", 1)[1].split()[:2]
            if int(parent) == server.pid and state not in "ZX" and word in (process / "cmdline").read_text():
                found.append(int(process.name))
    return found


def wait_for(condition: Callable[[], bool], seconds: float, what: str) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"{what} did not happen in {seconds} s"
        time.sleep(0.02)


__all__ = ["CENTRE", "HEIR", "NEW", "OLD", "Scene", "children", "make", "opened", "serving", "wait_for"]
