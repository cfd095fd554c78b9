"""The log read naively: who holds, who is open, who is posted and which unit is valid, from the stored bytes.

Imports nothing of the project but the replay of the definition, which imports nothing of it either.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from tests.domain.naive_holding import Content, Entry, naive_holder, naive_steps

STATUS = {
    "submitted": 1, "accepted": 2, "intake_refused": 3, "assigned": 4, "taken": 4, "consulted": 4,
    "supplement_requested": 5, "payment_requested": 6, "withdrawn": 7, "stopped": 8, "finished": 9,
    "result_returned": 10,
}  # fmt: skip
SETS = ("submitted", "imported", "arrived", "forwarded", "recalled", "sent_back", "placed")
CONCLUDED = (3, 7, 8, 10)
WORKING = {"desk", "handler", "decider"}
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Row:
    """One fact as stored."""

    position: int
    at: datetime
    stream: UUID
    version: int
    topic: str
    body: dict[str, Any]

    @property
    def data(self) -> dict[str, Any]:
        data: dict[str, Any] = self.body["data"]
        return data


@dataclass
class Replay:
    """Everything that the checks ask, as known at the end of `rows`."""

    rows: list[Row]
    entries: list[Entry] = field(default_factory=list)
    contents: dict[Any, Content] = field(default_factory=dict)
    agencies: dict[UUID, UUID | None] = field(default_factory=dict)
    units: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    postings: list[tuple[UUID, UUID, dict[str, Any]]] = field(default_factory=list)
    hours: dict[UUID, datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for row in self.rows:
            noun = row.topic.split(".")[0]
            if noun == "dossier" or row.topic.startswith("handover.dossier_placed."):
                self._dossier(row)
            elif noun == "handover":
                self._part(row)
            elif row.topic == "agency.founded.v1":
                self.agencies[row.stream] = _id(row.data["begins_by"])
            elif row.topic == "unit.established.v1":
                self.units[row.stream] = row.data
            elif row.topic == "officer.posted.v1":
                self.postings.append((row.stream, UUID(row.data["posting_id"]), row.data))

    def _dossier(self, row: Row) -> None:
        verb, data = row.topic.split(".")[1], row.data
        dossier = UUID(data["dossier"]) if "dossier_placed" in row.topic else row.stream
        if verb.removeprefix("dossier_") in SETS:
            self._say(row, "H", dossier, UUID(row.body["holder"]))
        if verb == "submitted" or (verb == "corrected" and data["place"]):
            procedure = data.get("procedure_code") or self._procedure(dossier)
            self._say(row, "place", dossier, _id(data["place"]), procedure)
        status = data.get("resumes") or STATUS.get(verb)
        if status is not None:
            self._say(row, "status", dossier, status)

    def _say(self, row: Row, *entry: Any) -> None:
        self.entries.append((row.position, row.at, *entry))

    def _procedure(self, dossier: UUID) -> str:
        return str(next(e[5] for e in self.entries if e[2] == "place" and e[3] == dossier))

    def _part(self, row: Row) -> None:
        kind, data = row.topic.split(".")[1], row.data
        if kind == "part_scheduled":
            self._say(row, "schedule", row.stream, data["part_version"], _instant(data["effective_at"]))
            self.hours[row.stream] = _instant(data["effective_at"])
            return
        if kind == "part_cancelled":
            self._say(row, "cancel", row.stream)
            return
        if not kind.endswith("_listed") and kind != "part_drafted":
            return
        content = self.contents.setdefault(
            (row.stream, data["part_version"]),
            {"heirs": {}, "ends": [], "begins": [], "links": [], "receivers": {}, "desk": None, "levels": {},
             "moves": {}},
        )  # fmt: skip
        _list(content, kind, data)

    # questions, all as known at the end of the rows

    @property
    def dossiers(self) -> list[UUID]:
        return list(dict.fromkeys(e[3] for e in self.entries if e[2] == "H"))

    def steps(self, position: int) -> list[Any]:
        return naive_steps([e for e in self.entries if e[0] <= position])

    def holder(self, dossier: UUID, t: datetime, position: int) -> Any:
        known = [e for e in self.entries if e[0] <= position]
        return naive_holder(known, self.contents, naive_steps(known), dossier, t)

    def status(self, dossier: UUID, position: int) -> int | None:
        known = [e[4] for e in self.entries if e[2] == "status" and e[3] == dossier and e[0] <= position]
        return known[-1] if known else None

    def in_force(self, t: datetime, position: int) -> list[Content]:
        """The newest version of each part that has taken effect at `t`, in the order of their hours."""
        latest = {
            part: self.contents[part, version] for k, _, part, version in self.steps(position) if k <= t
        }
        return list(latest.values())

    def is_open(self, agency: UUID, t: datetime, position: int) -> bool:
        begun = {part for k, _, part, _ in self.steps(position) if k <= t}
        by = self.agencies.get(agency, UUID(int=0))
        if by is not None and by not in begun:
            return False
        return not any(agency in content["heirs"] for content in self.in_force(t, position))

    def posted_at(self, agency: UUID, t: datetime, position: int) -> list[UUID]:
        """Officers who can work there."""
        found = []
        for officer, posting, data in self.postings:
            if not _instant(data["from"]) <= t or not WORKING & set(data["roles"]):
                continue
            where = UUID(data["agency"])
            for content in self.in_force(t, position):
                if where in content["heirs"]:
                    where = content["moves"].get(posting, content["heirs"][where])
            if where == agency:
                found.append(officer)
        return found

    def valid_units(self, t: datetime, position: int) -> dict[str, list[UUID]]:
        """By law: code to the communes that have it at `t`; an act counts from its own instant, however late
        it was recorded, in the newest version known."""
        known = {e[3]: e[4] for e in self.entries if e[2] == "schedule" and e[0] <= position}
        for cancelled in [e[3] for e in self.entries if e[2] == "cancel" and e[0] <= position]:
            known.pop(cancelled, None)
        by_law = {part: self.contents[part, n] for part, n in known.items() if self.hours[part] <= t}
        ended = {unit for content in by_law.values() for unit in content["ends"]}
        begun = {unit for content in by_law.values() for unit in content["begins"]}
        valid: dict[str, list[UUID]] = defaultdict(list)
        for unit, data in self.units.items():
            if (
                data["level"] == "commune"
                and unit not in ended
                and (data["begins_by"] is None or unit in begun)
            ):
                valid[data["code"]].append(unit)
        return valid

    def expected_transfers(self) -> dict[tuple[UUID, UUID, int], tuple[UUID, UUID, bool, datetime]]:
        """By (dossier, part, version): from, to, provisional, hour; what a transfer must state in the end."""
        end = self.rows[-1].position
        expected = {}
        steps = self.steps(end)
        for hour, _, part, version in [step for step in steps if step[0] <= self.rows[-1].at]:
            before = [e for e in self.entries if e[2] in ("schedule", "cancel") or e[1] < hour]
            for dossier in {e[3] for e in before if e[2] == "H"}:
                was = naive_holder(before, self.contents, steps, dossier, hour - MICROSECOND)
                now = naive_holder(before, self.contents, steps, dossier, hour)
                if not was or not now or now[1] != hour or now[3] or was[3] or was[0] == now[0]:
                    continue
                together = [self.contents[p, v]["heirs"] for k, _, p, v in steps if k == hour]
                if len(together) == 1 or was[0] in self.contents[part, version]["heirs"]:
                    expected[dossier, part, version] = (was[0], now[0], now[2], hour)
        return expected


def _list(content: Content, kind: str, data: dict[str, Any]) -> None:
    for end in data.get("ends") or ():
        if isinstance(end, dict):
            content["heirs"][UUID(end["agency"])] = UUID(end["heir"])
        else:
            content["ends"].append(UUID(end))
    begins = [UUID(one) for one in data.get("begins") or ()]
    if kind == "units_listed":
        content["begins"] += begins
    content["links"] += [
        (UUID(link["from"]), UUID(link["to"]), link["kind"], link["default"])
        for link in data.get("links", ())
        if not link.get("disputed")
    ]
    for receiver in data.get("receivers", ()):
        if receiver["level"] == "province":
            content["desk"] = UUID(receiver["agency"])
        else:
            content["receivers"][UUID(receiver["unit"])] = UUID(receiver["agency"])
    if kind == "rules_listed":
        content["levels"] |= {rule["procedure"]: rule["level"] for rule in data["rules"]}
    content["moves"] |= {UUID(m["posting"]): UUID(m["agency"]) for m in data.get("postings", ())}


def read(rows: list[tuple[Any, ...]]) -> Replay:
    """From (position, recorded_at, stream_id, version, topic, payload)."""
    return Replay([Row(row[0], row[1], row[2], row[3], row[4], orjson.loads(row[5])) for row in rows])


def _id(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
