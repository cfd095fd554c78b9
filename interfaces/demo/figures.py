"""What is counted at the end, each figure from the log or from what the public API shows; none is assumed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from application.handover_check import Dates, due_dates_changed
from application.policy import Identity
from interfaces.demo.act import HOUR
from interfaces.demo.api import Api, Json
from interfaces.demo.consumer import Received
from interfaces.demo.life import Life
from interfaces.demo.world import CENTRE_AFTER, FIRST_DAY, World
from interfaces.services import Services

SUBMITTED, ACCEPTED = "hoso.dossier.submitted.v3", "hoso.dossier.accepted.v1"
CONCLUDED = (3, 7, 8, 10)
RESULT_TO_RETURN = 9
DATES = ("statutory_due", "promised", "extended_until")
"""The names under which the three dates are shown."""


@dataclass(slots=True)
class DistrictFigures:
    """One line of the table: what the district's desks and its communes' held when they ended."""

    name: str
    to_communes: int = 0
    to_province: int = 0
    results_to_return: int = 0
    overdue: int = 0
    commands: int = 0

    @property
    def handed_over(self) -> int:
        return self.to_communes + self.to_province


@dataclass(slots=True)
class Shown:
    """The views as they are shown after the handover."""

    dossiers: dict[str, Json] = field(default_factory=dict)
    rows: Counter[str] = field(default_factory=Counter)
    transfers: list[Json] = field(default_factory=list)


async def read_shown(api: Api, who: Identity, position: int) -> Shown:
    """The views `status` and `handover` as public snapshots that include this position."""
    shown = Shown()
    async for row in api.lines(who, "GET", f"/v1/views/status?min_position={position}"):
        shown.dossiers[row["dossier"]] = row
        shown.rows[row["dossier"]] += 1
    async for row in api.lines(who, "GET", f"/v1/views/handover?min_position={position}"):
        shown.transfers.append(row)
    return shown


def holders_other_than_one(shown: Shown) -> int:
    """Dossiers that are shown with no holder or several, or still open at an agency that has ended."""
    today = f"@{FIRST_DAY}"
    return sum(
        shown.rows[id_] != 1
        or row["holder"] is None
        or (row["status"] not in CONCLUDED and not row["holder"].endswith(today))
        for id_, row in shown.dossiers.items()
    )


def codes_changed(shown: Shown, issued: Mapping[str, str]) -> int:
    """Dossiers (by id) that are not shown under the code that they were given in June."""
    return sum(
        id_ not in shown.dossiers or shown.dossiers[id_]["code"] != code for id_, code in issued.items()
    )


async def dates_changed(services: Services, shown: Shown) -> int:
    """Dossiers handed over whose dates are not what their own facts give."""
    dates = {
        UUID(t["dossier"]): Dates(*(_instant(shown.dossiers[t["dossier"]][name]) for name in DATES))
        for t in shown.transfers
    }
    return len(await due_dates_changed(services.ledger, services.reader, dates))


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def commands_in_the_hour(received: Received, shown: Shown, world: World) -> dict[str, int]:
    """By district: commands on dossiers recorded from the hour to the last transfer, as the feed told them.

    Filing at the counter records two facts by one command; statements of transfers and acknowledgements are
    no commands on a dossier.
    """
    hour = datetime.fromisoformat(HOUR)
    places = {row["code"]: row["place"] for row in shown.dossiers.values()}
    counted = dict.fromkeys(world.districts, 0)
    filed_at: dict[str, str] = {}
    for command in received.commands:
        if command.type == SUBMITTED:
            filed_at[command.code] = command.time
        elif command.type == ACCEPTED and filed_at.get(command.code) == command.time:
            continue
        if command.position < received.last_handed_over and datetime.fromisoformat(command.time) >= hour:
            counted[_district(world, places[command.code])] += 1
    return counted


def _district(world: World, place: str) -> str:
    code, _, day = place.partition("@")
    return (world.after if day == str(FIRST_DAY) else world.before)[code].district


def by_district(
    shown: Shown, world: World, identifiers: Mapping[str, str], commands: Mapping[str, int]
) -> list[DistrictFigures]:
    """The table: a line per district with its communes, and one for the province's own centre."""
    lines = {code: DistrictFigures(d.name, commands=commands[code]) for code, d in world.districts.items()}
    owner = {c.desk: c.district for c in world.before.values()}
    for code, district in world.districts.items():
        owner[district.desk] = owner[district.division] = code
    own = DistrictFigures(world.province[0])
    for transfer in shown.transfers:
        line = lines.get(owner.get(identifiers[transfer["from_agency"]], ""), own)
        if identifiers[transfer["to_agency"]] == CENTRE_AFTER:
            line.to_province += 1
        else:
            line.to_communes += 1
        line.overdue += bool(transfer["overdue"])
        line.results_to_return += transfer["status"] == RESULT_TO_RETURN
    return [*lines.values(), own]


def statuses_by_district(june: Life, world: World) -> dict[str, dict[str, int]]:
    """How many dossiers filed at each district's own desk stand in which status when June has been lived."""
    at = {district.desk: code for code, district in world.districts.items()}
    counted: dict[str, Counter[str]] = {code: Counter() for code in world.districts}
    for lived in june.dossiers:
        if lived.filing.desk in at:
            counted[at[lived.filing.desk]][str(lived.carried.status)] += 1
    return {code: dict(counts) for code, counts in counted.items()}


def document(
    *,
    shown: Shown,
    issued: Mapping[str, str],
    changed_dates: int,
    commands: Mapping[str, int],
    traffic: Mapping[str, int],
    audit: Mapping[str, Any],
    seconds: float,
    phases: Mapping[str, float],
    received: Received,
    forms: Sequence[int],
    statuses: Mapping[str, Mapping[str, int]],
) -> Json:
    """The document of `hoso demo --json`."""
    return {
        "dossiers": len(shown.dossiers),
        "handed_over": len(shown.transfers),
        "holders_other_than_one": holders_other_than_one(shown),
        "codes_changed": codes_changed(shown, issued),
        "due_dates_changed": changed_dates,
        "statuses_when_june_ended": dict(statuses),
        "commands_in_the_hour": sum(commands.values()),
        "commands_in_the_hour_by_district": dict(commands),
        "forms_opened_before_the_hour": {"sent_before_transfer": forms[0], "sent_after_transfer": forms[1]},
        "traffic": dict(traffic),
        "consumer": {"events": received.events, "restarts": received.restarts},
        "audit": dict(audit),
        "seconds": round(seconds, 1),
        "seconds_by_phase": {name: round(took, 1) for name, took in phases.items()},
    }


def promises_kept(document: Mapping[str, Any]) -> bool:
    """Whether every figure that must be zero is, and every other as it should be."""
    traffic = document["traffic"]
    zero = ("holders_other_than_one", "codes_changed", "due_dates_changed")
    return (
        not any(document[name] for name in zero)
        and not traffic["failed"]
        and traffic["refused"] == traffic["refused_as_meant"]
        and bool(document["audit"]["ok"])
        and min(document["commands_in_the_hour_by_district"].values()) > 0
    )
