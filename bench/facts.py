"""The callers of V2, one process: `python -m bench.facts sealed|clear DSN CALLERS`, with the ledger's own
secrets in HOSO_SECRETS_DIR.

Each caller appends as a command does, through `application.ledger.Ledger`: a new stream, then ten facts of it
one by one, each encoded by the ledger's codec, with a version check, an idempotency key and its leaf. Of
`sealed` each has one personal field, sealed under the subject of its stream, whose key is made with the
stream's first fact; of `clear` it has the same text in clear, made as much longer as sealing makes the other,
so that both store the same number of bytes. Both fact types are the benchmark's own: no ledger knows them.

Says `ready`, then for each line with a number of seconds works so long and prints its result as JSON.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

import uvloop

from application.ledger import Command, Ledger
from bench.load import EVENTS_PER_STREAM, Tally, new_id
from domain.facts import Actor, Aggregate, Category, Envelope, Fact, Personal, PersonalText
from infra.codec import JsonCodec
from infra.fact_types import FactTypes
from infra.keyring import PostgresKeyring
from infra.recorder import PostgresRecorder
from infra.secrets import read_master_key
from interfaces.standing import loaded
from interfaces.views import open_pool

TEXT = "Nguyễn Thị Hoa, sinh ngày 02/09/1985, thôn Đông, xã Tân Mỹ"


@dataclass(frozen=True, kw_only=True)
class NoteSealed(Fact):
    """`note` is personal."""

    TOPIC: ClassVar[str] = "benchmark.note_sealed.v1"
    CATEGORY: ClassVar[int] = Category.CITIZEN

    note: PersonalText


@dataclass(frozen=True, kw_only=True)
class NoteInClear(Fact):
    """The same, said of nobody."""

    TOPIC: ClassVar[str] = "benchmark.note_clear.v1"
    CATEGORY: ClassVar[int] = Category.CITIZEN

    note: str


class Notes(Aggregate):
    """What is noted of one subject, whose id is the stream's."""

    def apply(self, fact: Fact) -> None:
        """Nothing depends on it."""

    def note(self, envelope: Envelope, text: str, sealed: bool) -> None:
        if sealed:
            self.record(NoteSealed, envelope, note=Personal(self.id, text))
        else:
            self.record(NoteInClear, envelope, note=text)


def _envelope() -> Envelope:
    officer, posting, agency = new_id(), new_id(), new_id()
    return Envelope(Actor("officer", str(officer)), datetime.now(UTC), posting, agency)


def _text(kind: str, codec: JsonCodec, keyring: PostgresKeyring) -> str:
    """What is noted: in clear so much longer that as many bytes are stored."""
    if kind == "sealed":
        return TEXT
    notes, envelope = Notes.empty(new_id()), _envelope()
    notes.note(envelope, TEXT, sealed=True)
    notes.note(envelope, TEXT, sealed=False)
    with keyring.drafted([notes.id]):
        sealed, clear = (len(codec.encode(fact).payload) for fact in notes.collect_events())
    return TEXT + "." * (sealed - clear)


async def _caller(ledger: Ledger, tally: Tally, text: str, sealed: bool) -> None:
    keys, count, envelope = os.urandom(24), 0, _envelope()
    while True:
        notes = Notes.empty(new_id())
        for _ in range(EVENTS_PER_STREAM):
            if not tally.goes_on():
                return
            count += 1
            key = count.to_bytes(8, "little") + keys
            command = Command(key[:1] + os.urandom(7) + keys, key)
            began = time.perf_counter()
            notes.note(envelope, text, sealed)
            await ledger.append(notes, command=command)
            tally.done(began)


async def _work(kind: str, dsn: str, callers: int) -> None:
    recorder = await PostgresRecorder.open(dsn)
    async with open_pool(dsn, "hoso work") as pool:
        keyring = PostgresKeyring(pool, read_master_key(Path(os.environ["HOSO_SECRETS_DIR"])))
        await keyring.check()
        codec = JsonCodec(FactTypes([NoteSealed, NoteInClear]), keyring)
        ledger = Ledger(recorder, codec, keyring)
        text = _text(kind, codec, keyring)
        loaded()  # as a process of the server is
        print("ready", flush=True)
        while line := (await asyncio.to_thread(sys.stdin.readline)).strip():
            tally = Tally(float(line))
            tally.start()
            before = time.process_time()
            await asyncio.gather(*[_caller(ledger, tally, text, kind == "sealed") for _ in range(callers)])
            used = time.process_time() - before
            print(json.dumps(tally.result() | {"cpu_seconds": round(used, 3)}), flush=True)
    await recorder.close()


def main() -> None:
    kind, dsn, callers = sys.argv[1:]
    uvloop.run(_work(kind, dsn, int(callers)))


if __name__ == "__main__":
    main()
