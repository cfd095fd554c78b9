"""Loading the planned dossiers as recorded facts: positions dense, times never going back, leaves exact
(docs/leaf-format.md), codes claimed. Written by the tables' owner with binary COPY in the order of the log.

This writes past `append_batch`, into a ledger of the benchmark's own that nobody else has open; `hoso audit`
holds what comes of it to the same rules as any other log. No idempotency key stands with these facts, as with
none of a bulk load, and the days' counters of codes are left as they were: those days are over.
"""

from __future__ import annotations

import struct
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from os import urandom
from random import Random
from typing import Any
from uuid import UUID

import orjson
import psycopg

from application.organisation import Organisation
from bench.lives import AHEAD, FIRST, STEPS, Life, Plan, slots
from bench.prototypes import SEALED, Prototypes
from bench.teams import Desk
from domain.deadlines import due
from domain.dossier_code import issue
from domain.local_time import local_date

EVENTS = "COPY event (position, recorded_at, version, category, item_events, stream_id, topic, payload, leaf) FROM STDIN (FORMAT binary)"  # noqa: E501
CLAIMS = "COPY claim (kind, value, stream_id, position) FROM STDIN (FORMAT binary)"
CLOCK = """
UPDATE ledger SET offset_micros = micros_of((SELECT recorded_at FROM event ORDER BY position DESC LIMIT 1))
                                  - micros_of(clock_timestamp())
"""
BEGIN, END = b"PGCOPY\n\xff\r\n\0" + bytes(8), struct.pack(">h", -1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SINCE_2000 = 946_684_800_000_000
MICROSECOND, SLOT_MICROS = timedelta(microseconds=1), 3_600_000_000
_EVENT = struct.Struct(">hiqiqiiihihi16s")
_LEAF = struct.Struct(">2s16sqqq")
_KIND = b"dossier_code"
_CLAIM = struct.Struct(f">hi{len(_KIND)}si32si16siq")
WORDS = "Bổ sung giấy tờ còn thiếu theo phiếu hướng dẫn"

Say = Callable[[int, int], None]


@dataclass(slots=True)
class Open:
    """A dossier on its way: what of it every further fact repeats."""

    life: Life
    stream: bytes
    owner: bytes
    code: str
    version: int = 0


@dataclass(slots=True)
class Loaded:
    """`facts` and `dossiers` recorded; `known`: a sample of dossiers for traffic and for looking at."""

    facts: int = 0
    dossiers: int = 0
    known: list[Open] = field(default_factory=list)


@dataclass(slots=True)
class Loader:
    """`claim_value`: the keyed hash of a claim; `head`: the last position, at which the calendar is known."""

    prototypes: Prototypes
    claim_value: Callable[[str, str], bytes]
    organisation: Organisation
    desks: dict[str, Desk]
    owners: Sequence[UUID]
    chance: Random
    head: int
    sample: float
    loaded: Loaded = field(default_factory=Loaded)
    _numbers: Counter[str] = field(default_factory=Counter)
    _day: date = FIRST
    _due: dict[Any, bytes] = field(default_factory=dict)
    _events: list[bytes] = field(default_factory=list)
    _claims: list[bytes] = field(default_factory=list)

    def load(self, owner_dsn: str, plan: Plan, say: Say) -> Loaded:
        """Record all; a transaction for each working hour."""
        position = self.head
        pending: defaultdict[int, list[Open]] = defaultdict(list)
        starts = slots()
        with psycopg.connect(owner_dsn) as connection:
            for number, beginning in enumerate(plan.by_slot()):
                if starts[number].date() != starts[number - 1].date():
                    self._numbers.clear()
                deeds = pending.pop(number, [])
                self._day = local_date(starts[number])
                deeds += [self._opened(life, starts[number]) for life in beginning]
                self.chance.shuffle(deeds)
                first = (starts[number] - EPOCH) // MICROSECOND
                gap = SLOT_MICROS // (len(deeds) + 1)
                for count, opened in enumerate(deeds, start=1):
                    position += 1
                    self._fact(opened, position, first + count * gap)
                    left = len(STEPS[opened.life.target]) - opened.version
                    if left:
                        latest = max(number + 1, min(number + AHEAD, len(starts) - left))
                        pending[self.chance.randint(number + 1, latest)].append(opened)
                self._write(connection)
                self.loaded.facts += len(deeds)
                say(self.loaded.facts, number)
            connection.execute(CLOCK)
        return self.loaded

    def _opened(self, life: Life, at: datetime) -> Open:
        milliseconds = (at - EPOCH) // timedelta(milliseconds=1)
        chance = int.from_bytes(urandom(10), "big")
        stream = milliseconds << 80 | 0x7 << 76 | (chance >> 68) << 64 | 0b10 << 62 | chance & (1 << 62) - 1
        identifier = life.holder.identifier
        self._numbers[identifier] += 1
        code = issue(identifier, self._day, self._numbers[identifier])
        owner = self.owners[life.number % len(self.owners)]
        opened = Open(life, stream.to_bytes(16, "big"), str(owner).encode(), code)
        self.loaded.dossiers += 1
        if self.chance.random() < self.sample:
            self.loaded.known.append(opened)
        return opened

    def _fact(self, opened: Open, position: int, micros: int) -> None:
        life, opened.version = opened.life, opened.version + 1
        name = STEPS[life.target][opened.version - 1]
        desk = self.desks[life.holder.identifier]
        officer = desk.decider if name in ("finish", "stop", "request_payment") else desk.desk
        at = EPOCH + timedelta(microseconds=micros)
        fields = {
            b"at": at.isoformat(timespec="microseconds")[:26].encode() + b"Z",
            b"officer": officer[0],
            b"posting": officer[1],
            b"agency": desk.agency,
            b"owner": opened.owner,
            b"worker": desk.desk[0],
        }
        if name in SEALED:
            stream = UUID(bytes=opened.stream)
            payload = self.prototypes.sealed(name, stream, opened.version, at, fields, WORDS)
        else:
            if name == "submit":
                self._submitted(opened, position, fields)
                name = "online" if life.kind.channel == "online" else name
            elif name == "accept":
                self._accepted(life, at, fields)
            elif name == "request_payment":
                fields |= {
                    b"obligation": str(UUID(bytes=opened.stream[:8] + urandom(8))).encode(),
                    b"fee": b"50000",
                }
            payload = self.prototypes.payload(name, fields)
        topic, category = self.prototypes.topics[name]
        header = _LEAF.pack(b"\x00\x01", opened.stream, opened.version, position, micros)
        leaf = sha256(header + sha256(payload).digest() + topic).digest()
        row = _EVENT.pack(
            9, 8, position, 8, micros - SINCE_2000, 4, opened.version, 2, category, 2, 1, 16, opened.stream
        )
        self._events += (
            row,
            len(topic).to_bytes(4, "big"),
            topic,
            len(payload).to_bytes(4, "big"),
            payload,
            b"\x00\x00\x00\x20",
            leaf,
        )

    def _submitted(self, opened: Open, position: int, fields: dict[bytes, bytes]) -> None:
        kind, commune = opened.life.kind, opened.life.commune
        fields |= {
            b"code": opened.code.encode(),
            b"procedure": self._id_of_procedure(kind.procedure),
            b"procedure_code": kind.procedure.encode(),
            b"place": self._id_of_place(commune.code),
            b"place_code": commune.code.encode(),
            b"channel": f'"{kind.channel}"'.encode(),
            b"papers": self._papers(kind.procedure, kind.components),
        }
        value = self.claim_value("dossier_code", opened.code)
        self._claims.append(_CLAIM.pack(4, len(_KIND), _KIND, 32, value, 16, opened.stream, 8, position))

    def _accepted(self, life: Life, at: datetime, fields: dict[bytes, bytes]) -> None:
        limit, day = life.kind.limit, self._day
        if (limit, day) not in self._due:
            until = due(*limit, at, self.organisation.calendar) if limit else None
            self._due[limit, day] = orjson.dumps(
                until.isoformat(timespec="microseconds")[:26] + "Z" if until else None
            )
        fields |= {
            b"due": self._due[limit, day],
            b"amount": str(limit[0]).encode() if limit else b"null",
            b"unit": f'"{limit[1]}"'.encode() if limit else b"null",
            b"channel": f'"{life.kind.channel}"'.encode(),
            b"calendar": str(self.head).encode(),
        }

    def _id_of_procedure(self, code: str) -> bytes:
        if ("procedure", code) not in self._due:
            self._due["procedure", code] = str(self.organisation.procedure_by_code(code).id).encode()
        return self._due["procedure", code]

    def _id_of_place(self, code: str) -> bytes:
        if ("place", code) not in self._due:
            unit = self.organisation.units_with_code(code)[0]
            self._due["place", code] = str(unit.id).encode()
        return self._due["place", code]

    def _papers(self, procedure: str, components: Iterable[dict[str, Any]]) -> bytes:
        if ("papers", procedure) not in self._due:
            self._due["papers", procedure] = orjson.dumps(list(components))
        return self._due["papers", procedure]

    def _write(self, connection: psycopg.Connection[Any]) -> None:
        for statement, rows in ((EVENTS, self._events), (CLAIMS, self._claims)):
            with connection.cursor().copy(statement) as copy:
                copy.write(b"".join((BEGIN, *rows, END)))
            rows.clear()
        connection.commit()
