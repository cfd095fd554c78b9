"""What a dossier and the registers were at (valid, known), read naively from the stored bytes.

Facts at positions up to `known` that had happened by `valid`, in the order of positions, on plain
dictionaries. Who held it, which units there are and who is posted comes from the naive replay of the chains
of acts. Imports nothing of the project.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

from tests.chains.replay import STATUS, Replay, Row

VIETNAM = timezone(timedelta(hours=7))
DATES = ("statutory_due", "promised", "extended_until")


@dataclass
class State:
    """`owed`: obligation to whether it is paid."""

    revision: int
    status: int | None
    place: str | None
    dates: tuple[datetime | None, ...]
    supplements: int
    owed: dict[str, bool]


def known(replay: Replay, position: int) -> Replay:
    """The log as it was at a position."""
    return Replay([row for row in replay.rows if row.position <= position])


def position_at(replay: Replay, instant: datetime) -> int:
    return max((row.position for row in replay.rows if row.at <= instant), default=0)


def valid_rows(then: Replay, stream: UUID, valid: datetime) -> list[Row]:
    return [row for row in then.rows if row.stream == stream and occurred(row) <= valid]


def occurred(row: Row) -> datetime:
    return datetime.fromisoformat(row.body["occurred_at"])


def state(then: Replay, dossier: UUID, valid: datetime) -> State | None:
    """None where it had not begun."""
    found = State(0, None, None, (None, None, None), 0, {})
    for row in valid_rows(then, dossier, valid):
        _fold(found, row.topic.split(".")[1], row)
    return found if found.revision else None


def _fold(found: State, verb: str, row: Row) -> None:
    data = row.data
    if verb == "payment_confirmed" and data["obligation"] not in found.owed:
        return  # it speaks of what had not been asked for by then
    found.revision = row.version
    said = data.get("resumes") or STATUS.get(verb)
    if said is not None:
        found.status = said
    if verb == "submitted" or (verb == "corrected" and data["place"]):
        found.place = data["place_code"]
    if verb == "accepted":
        found.dates = (_instant(data["statutory_due"]), _instant(data["promised"]), None)
    elif verb == "clock_suspended":
        found.dates = (None, None, None)
    elif verb == "clock_set":
        found.dates = tuple(_instant(data[name]) for name in DATES)
    elif verb == "extended":
        found.dates = (*found.dates[:2], _instant(data["until"]))
    elif verb == "supplement_requested":
        found.supplements += 1
    elif verb == "payment_requested":
        found.owed[data["obligation"]] = False
    elif verb == "payment_confirmed":
        found.owed[data["obligation"]] = True


def procedure_version(then: Replay, code: str, valid: datetime) -> int | None:
    """The last published version that has begun by the day; None where there is none."""
    day = valid.astimezone(VIETNAM).date()
    found = None
    for row in then.rows:
        if row.topic.startswith("procedure.version_published.") and row.data["code"] == code:
            begins = row.data["valid_from"]
            if begins is None or date.fromisoformat(begins) <= day:
                found = row.data["number"]
    return found


def heirs(then: Replay, unit: UUID, valid: datetime) -> set[UUID]:
    """The valid communes to which the links of the law lead; none while it is valid itself."""
    position = then.rows[-1].position
    valid_units = {u for units in then.valid_units(valid, position).values() for u in units}
    links: dict[UUID, set[UUID]] = {}
    for content in by_law(then, valid):
        for from_, to, _, _ in content["links"]:
            links.setdefault(from_, set()).add(to)
    reached, ended = set[UUID](), {unit} - valid_units
    while ended:
        following = {to for one in ended for to in links.get(one, ())} - reached
        reached |= following
        ended = following - valid_units
    return reached & valid_units


def by_law(then: Replay, valid: datetime) -> list[Any]:
    """The newest version known of each part that is in effect."""
    versions = {e[3]: e[4] for e in then.entries if e[2] == "schedule"}
    for cancelled in [e[3] for e in then.entries if e[2] == "cancel"]:
        versions.pop(cancelled, None)
    return [then.contents[part, n] for part, n in versions.items() if then.hours[part] <= valid]


def has_begun(then: Replay, unit: UUID, valid: datetime) -> bool:
    """By its own day; one that an act begins says none."""
    said = then.units[unit]
    begins = said["valid_from"] if said["begins_by"] is None else None
    return begins is None or valid.astimezone(VIETNAM).date() >= date.fromisoformat(begins)


def reference(then: Replay, unit: UUID) -> str:
    said = then.units[unit]
    return f"{said['code']}@{said['valid_from'] or said['known_valid_on']}"


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
