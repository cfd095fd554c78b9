"""What decides who held each dossier and in which status, dossier by dossier, out of the log as it is at one
instant.

Only what the definition of the holder reads is read: of most facts the topic says all, and their payload
stays in the database. The coordination's decisions come merged with their dossier, so memory is a page,
whatever the number of dossiers.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import fields
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson
import psycopg
from psycopg.rows import tuple_row

from domain import dossier_facts as d
from domain.dossier_state import ENTERS
from domain.handed_over_facts import DossierPlaced
from domain.holding import DossierHistory, HolderSet, PlaceKnown, StatusKnown
from infra.fact_types import UPCASTS

PAGE = 5000
MOST_IDS = 100_000
Row = tuple[UUID, int, datetime, str, bytes | None]


def _newest(topic: str) -> str:
    while topic in UPCASTS:
        topic = UPCASTS[topic].to
    return topic


READ_AS: Final = {old: _newest(old) for old in UPCASTS if old.startswith("dossier.")}
"""Topics of earlier releases, and what each is read as: what is asked for here is the same in both."""


def _recorded_as(topics: Iterable[str]) -> frozenset[str]:
    """These topics as they are recorded today and as they were recorded earlier."""
    known = frozenset(topics)
    return known | {old for old, newest in READ_AS.items() if newest in known}


def recorded_as(topic: str) -> list[str]:
    """This topic as it is recorded today and as it was recorded earlier."""
    return sorted(_recorded_as((topic,)))


STATUS_OF: Final = {fact.TOPIC: status for fact, status in ENTERS.items()}
SETS_HOLDER: Final = frozenset(fact.TOPIC for fact in d.SETS_HOLDER)
NAMES_PLACE: Final = frozenset((d.DossierImported.TOPIC, d.DossierCorrected.TOPIC)) | frozenset(
    fact.TOPIC for fact in d.DOSSIER_FACTS if issubclass(fact, d.DossierBegun)
)
TELLS_STATUS: Final = frozenset((d.DossierImported.TOPIC, d.DossierStepImported.TOPIC)) | frozenset(
    fact.TOPIC for fact in d.DOSSIER_FACTS if any(field.name == "resumes" for field in fields(fact))
)
TELLING: Final = SETS_HOLDER | NAMES_PLACE | TELLS_STATUS
BARE: Final = sorted(_recorded_as(STATUS_OF.keys() - TELLING))
"""Topics that say their status and nothing else that is asked for here."""
SILENT: Final = sorted(_recorded_as({fact.TOPIC for fact in d.DOSSIER_FACTS} - TELLING - STATUS_OF.keys()))
"""Topics that change neither holder nor place nor status."""

_DOSSIERS: Final = """
SELECT stream_id, position, recorded_at, topic,
       CASE WHEN topic = ANY (%(bare)s::text[]) THEN NULL ELSE payload END
  FROM event
 WHERE category = 100 AND position <= %(position)s::bigint AND topic <> ALL (%(silent)s::text[])
 ORDER BY stream_id, version
"""
_PLACED: Final = """
SELECT (convert_from(payload, 'UTF8')::json -> 'data' ->> 'dossier')::uuid AS dossier, position, recorded_at,
       topic, payload
  FROM event
 WHERE category = 103 AND position <= %(position)s::bigint AND topic = %(placed)s::text
 ORDER BY dossier, position
"""


class UnknownTopic(Exception):
    """A dossier has a fact that this program does not know: it was recorded by a newer one."""


async def histories(
    connection: psycopg.AsyncConnection[Any], position: int
) -> AsyncIterator[list[DossierHistory]]:
    """Every dossier as known at `position`, in pages, in the order of their ids; those that nobody ever held
    (quarantined) have no holder. `connection`: in a transaction of one snapshot."""
    values = {"position": position, "bare": BARE, "silent": SILENT, "placed": DossierPlaced.TOPIC}
    async with (
        psycopg.AsyncServerCursor(connection, "dossiers", row_factory=tuple_row) as own,
        psycopg.AsyncServerCursor(connection, "decisions", row_factory=tuple_row) as beside,
    ):
        await own.execute(_DOSSIERS, values, binary=True)
        await beside.execute(_PLACED, values, binary=True)
        decisions, ids = _Ahead(beside), _Ids()
        rows: list[Row] = []
        while page := await own.fetchmany(PAGE):
            last = page[-1][0]
            rows += page
            cut = len(rows)  # the last dossier may go on in the next page
            while cut and rows[cut - 1][0] == last:
                cut -= 1
            if cut:
                yield await _told(rows[:cut], decisions, ids)
                rows = rows[cut:]
        if rows:
            yield await _told(rows, decisions, ids)


class _Ids(dict[str, UUID]):
    """Agencies and units by their text: some ten thousand, named millions of times."""

    def __missing__(self, text: str) -> UUID:
        if len(self) >= MOST_IDS:
            self.clear()
        made = self[text] = UUID(text)
        return made


class _Ahead:
    """The decisions in the order of their dossiers, taken as far as they are asked for."""

    def __init__(self, cursor: psycopg.AsyncServerCursor[Any]) -> None:
        self._cursor = cursor
        self._rows: list[Row] = []
        self._ended = False

    async def up_to(self, dossier: UUID) -> dict[UUID, list[Row]]:
        while not self._ended and (not self._rows or self._rows[-1][0] <= dossier):
            page = await self._cursor.fetchmany(PAGE)
            self._rows += page
            self._ended = not page
        found: dict[UUID, list[Row]] = {}
        taken = 0
        for row in self._rows:
            if row[0] > dossier:
                break
            found.setdefault(row[0], []).append(row)
            taken += 1
        del self._rows[:taken]
        return found


async def _told(rows: list[Row], decisions: _Ahead, ids: _Ids) -> list[DossierHistory]:
    placed = await decisions.up_to(rows[-1][0])
    told: list[DossierHistory] = []
    start = 0
    for end in range(1, len(rows) + 1):
        if end < len(rows) and rows[end][0] == rows[start][0]:
            continue
        own = rows[start:end]
        beside = placed.get(own[0][0])
        told.append(_history(own, beside, ids))
        start = end
    return told


def _history(own: list[Row], beside: list[Row] | None, ids: _Ids) -> DossierHistory:
    holders: list[HolderSet] = []
    places: list[PlaceKnown] = []
    statuses: list[StatusKnown] = []
    status: int | None = None
    procedure: str | None = None
    for _, position, at, recorded_as, payload in own:
        topic = READ_AS.get(recorded_as, recorded_as)
        if payload is not None:
            if topic not in TELLING:
                raise UnknownTopic(f"position {position} is of the topic {topic}, which is not known here")
            state = orjson.loads(payload)
            data = state["data"]
            if topic in SETS_HOLDER:
                holders.append(HolderSet(ids[state["holder"]], at, position))
            if topic in NAMES_PLACE:
                procedure = data.get("procedure_code", procedure)
                if not places or data["place"] is not None or data["place_code"] is not None:
                    place = data["place"]
                    places.append(PlaceKnown(ids[place] if place else None, procedure, at, position))
            told = data.get("resumes") if topic != d.DossierStepImported.TOPIC else data["status"]
            status = STATUS_OF.get(topic, status) if told is None else told
            if topic == d.DossierImported.TOPIC:
                status = data["status"]
        else:
            status = STATUS_OF[topic]
        statuses.append(StatusKnown(status, at, position))
    if beside:
        for _, position, at, _, payload in beside:
            assert payload is not None
            holders.append(HolderSet(ids[orjson.loads(payload)["holder"]], at, position))
        holders.sort(key=lambda known: known.position)
    return DossierHistory(tuple(holders), tuple(places), tuple(statuses))
