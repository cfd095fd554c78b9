"""The feed: the log as public events, by position, for programs.

Public types have names of their own (`hoso.<noun>.<past participle>.v<n>`) and hold nothing personal; every
event about a dossier names its code, its revision and the agency that held it once the event was
recorded, whether or not a transfer has come that far. A page says through which position it goes: what a
filter or a rule leaves out is no loss. `dataschema` names the JSON Schema of `data`, which the API serves
under its last part.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from application.fact_fields import clear_fields, without_personal
from application.ledger import Ledger
from application.moment import Moment, OrganisationReader
from application.policy import Identity, allow
from application.ports import StoredFact
from application.refusals import BadRequest
from domain.facts import Category, Fact, Recorded

CODES_KEPT = 50_000
SCHEMA = "urn:hoso:feed:"
OF_DOSSIERS = frozenset({Category.DOSSIER, Category.HANDED_OVER, Category.PLACEMENT, Category.PAPERS})

# Facts of the handover about one dossier are the dossier's own to the outside.
PUBLIC_TYPES = {
    "handover.dossier_handed_over.v1": "hoso.dossier.handed_over.v1",
    "handover.dossier_placed.v1": "hoso.dossier.placed.v1",
    "handover.dossier_acknowledged.v1": "hoso.dossier.acknowledged.v1",
    "handover.dossier_refused.v2": "hoso.dossier.transfer_refused.v1",
}


@dataclass(frozen=True, slots=True)
class Page:
    """`events`: CloudEvents as dicts; `through`: the last position read, which is the next cursor."""

    ledger_id: UUID
    events: tuple[dict[str, Any], ...]
    through: int


class Feed:
    """One per process: it remembers which code a dossier has."""

    def __init__(self, ledger: Ledger, reader: OrganisationReader, ledger_id: UUID) -> None:
        self._ledger = ledger
        self._reader = reader
        self._ledger_id = ledger_id
        self._codes: OrderedDict[UUID, str] = OrderedDict()

    async def page(self, identity: Identity, after: int, limit: int) -> Page:
        """Up to `limit` events after position `after`. BadRequest `cursor_ahead` when the cursor lies
        beyond this log: it belongs to another or a longer one."""
        moment = await self._reader.moment(fresh=False)
        allow(identity, "read-events", moment)
        stored = await self._ledger.recorder.events_after(after, limit)
        if not stored:
            _, head = await self._ledger.recorder.clock()
            if after > head:
                raise BadRequest(
                    "cursor_ahead",
                    f"this ledger ends at position {head}: the cursor {after} belongs to another one",
                )
            return Page(self._ledger_id, (), after)
        if stored[-1].position > moment.read_up_to:
            moment = await self._reader.moment(fresh=True)
        return await self.told(stored, moment)

    async def told(self, stored: Sequence[StoredFact], moment: Moment) -> Page:
        """These rows of the log, at least one, as events. `moment` knows the organisation as of the last."""
        recorded = [self._ledger.codec.decode(row) for row in stored]
        await self._learn_codes(recorded)
        events = tuple(self._event(r, moment) for r in recorded)
        return Page(self._ledger_id, events, stored[-1].position)

    def _event(self, recorded: Recorded[Fact], moment: Moment) -> dict[str, Any]:
        fact = recorded.fact
        data = {name: without_personal(value) for name, value in clear_fields(fact)}
        event: dict[str, Any] = {
            "specversion": "1.0",
            "id": str(recorded.position),
            "source": f"urn:hoso:ledger:{self._ledger_id}",
            "type": public_type(fact),
            "time": recorded.recorded_at,
            "datacontenttype": "application/json",
            "dataschema": f"{SCHEMA}{fact.TOPIC}",
            "position": str(recorded.position),
        }
        if fact.CATEGORY in OF_DOSSIERS:
            dossier = dossier_of(fact)
            event["subject"] = self._codes[dossier]
            data |= {
                "dossier_code": self._codes[dossier],
                "revision": fact.originator_version if fact.CATEGORY == Category.DOSSIER else None,
                "holder": holder_name(fact, moment),
            }
        else:
            event["subject"] = str(fact.originator_id)
        return event | {"data": data}

    async def _learn_codes(self, recorded: Iterable[Recorded[Fact]]) -> None:
        wanted = {dossier_of(r.fact) for r in recorded if r.fact.CATEGORY in OF_DOSSIERS}
        unknown = [d for d in wanted if d not in self._codes]
        for known in wanted.difference(unknown):
            self._codes.move_to_end(known)
        if unknown:
            for row in await self._ledger.recorder.first_of(unknown):
                fact = self._ledger.codec.decode(row).fact
                self._codes[row.stream_id] = getattr(fact, "code")  # noqa: B009 - every first fact of a dossier has it
        while len(self._codes) > max(CODES_KEPT, len(wanted)):
            self._codes.popitem(last=False)


def public_type(fact: Fact) -> str:
    """The name of its type to the outside."""
    return PUBLIC_TYPES.get(fact.TOPIC, f"hoso.{fact.TOPIC}")


def dossier_of(fact: Fact) -> UUID:
    """The dossier that a fact is about: its stream, or the one it names."""
    named = getattr(fact, "dossier", None)
    return named if isinstance(named, UUID) else fact.originator_id


def holder_name(fact: Fact, moment: Moment) -> dict[str, Any] | None:
    """The agency that held the dossier once the fact was recorded: id, identifier and unit as CODE@DATE."""
    held_by = fact.envelope.holder
    agency = moment.organisation.agencies.get(held_by) if held_by else None
    if agency is None:
        return None
    unit = moment.organisation.units[agency.unit]
    return {"agency": agency.id, "identifier": agency.identifier, "unit": unit.reference}
