"""The document of a certificate, made from the log up to a position: the same bytes at any time.

It says what both sides sign: the act, who handed how many dossiers in which status to whom, what the
reconciliation counted, the digest of the list of dossiers, and the root of the log's tree at the position.
Memory holds 16 bytes for each dossier of the parts asked for, and nothing else that grows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from application.handovers import Handovers
from application.moment import position_at
from application.organisation import Organisation
from domain.certificate import FORMAT, SIDES, instant_text, list_digest
from domain.facts import Category
from domain.handed_over_facts import DossierHandedOver
from domain.handover_facts import PartReconciled
from domain.holding import Step, StepKey
from domain.local_time import local_date
from domain.tree import TreeRoot

PAGE = 1000
ID_BYTES = 16
PART, UUID_TEXT = b'"part":"', 36
Json = dict[str, Any]
Told = Callable[[int], None]


@dataclass(slots=True)
class Tally:
    """What one version of a part handed over, by (from, to, status), and the ids of the dossiers."""

    moves: Counter[tuple[UUID, UUID, int | None]] = field(default_factory=Counter)
    dossiers: bytearray = field(default_factory=bytearray)

    @property
    def count(self) -> int:
        return len(self.dossiers) // ID_BYTES

    def digest(self) -> str:
        """As the transfer states it."""
        ids = self.dossiers
        return list_digest(bytes(ids[i : i + ID_BYTES]) for i in range(0, len(ids), ID_BYTES))

    def per_side(self, ended: Collection[UUID]) -> dict[str, dict[str, int]]:
        """Side to agency (id as text) to dossiers; `ended` agencies stand there also with none."""
        sides: dict[str, Counter[str]] = {side: Counter() for side in SIDES}
        for agency in ended:
            sides["handing"][str(agency)] = 0
        for (from_agency, to_agency, _), dossiers in self.moves.items():
            sides["handing"][str(from_agency)] += dossiers
            sides["receiving"][str(to_agency)] += dossiers
        return {side: dict(sorted(counts.items())) for side, counts in sides.items()}


async def handed_over(
    office: Handovers, steps: Collection[Step], position: int
) -> AsyncIterator[DossierHandedOver]:
    """What these steps' transfers state up to the position, in its order."""
    parts = {str(step.part_id).encode() for step in steps}
    keys = {step.key for step in steps}
    after = await position_at(office.ledger.recorder, min(step.hour for step in steps))
    while after < position:
        page = await office.ledger.recorder.events_after(after, PAGE, (Category.HANDED_OVER,))
        for stored in page:
            if stored.position > position:
                return
            if (part := _part_in(stored.payload)) is not None and part not in parts:
                continue  # another part's: not worth reading
            fact = office.ledger.codec.decode(stored).fact
            if isinstance(fact, DossierHandedOver) and (fact.part, fact.part_version) in keys:
                yield fact
        if len(page) < PAGE:
            return
        after = page[-1].position


def _part_in(payload: bytes) -> bytes | None:
    """The part that a stored transfer names, without reading all of it; None where it is not found so."""
    at = payload.find(PART)
    return payload[at + len(PART) : at + len(PART) + UUID_TEXT] if at >= 0 else None


async def tallies(
    office: Handovers, steps: Collection[Step], position: int, told: Told = lambda read: None
) -> dict[StepKey, Tally]:
    """One pass for all these steps. `told`: how many were counted so far."""
    found = {step.key: Tally() for step in steps}
    read = 0
    async for fact in handed_over(office, steps, position):
        tally = found[StepKey(fact.part, fact.part_version)]
        tally.moves[fact.from_agency, fact.to_agency, fact.status] += 1
        tally.dossiers += fact.dossier.bytes
        read += 1
        if read % PAGE == 0:
            told(read)
    return found


async def tree_root(office: Handovers, position: int) -> str:
    """The root over the stored leaves of positions 1 to `position`, hex."""
    tree = TreeRoot()
    while tree.size < position:
        leaves = await office.ledger.recorder.leaves_after(tree.size, min(10 * PAGE, position - tree.size))
        if not leaves:
            break
        for leaf in leaves:
            tree.add(leaf)
    return tree.root().hex()


async def document(office: Handovers, key: StepKey, tally: Tally, position: int, root: str) -> Json:
    """The document as JSON, with what was known at the position and nothing newer."""
    first = await office.ledger.recorder.events_after(0, 1)
    counted = await _reconciled(office, key, position)
    organisation = (await office.reader.as_known(position)).organisation
    step = next(s for s in organisation.steps if s.key == key)
    part = organisation.parts[key.part_id]
    draft = part.draft_of(key.part_version)
    act = organisation.acts[draft.act]
    return {
        "format": FORMAT,
        "ledger": str(first[0].stream_id),
        "act": {
            "id": str(act.id),
            "number": act.number,
            "title": act.title,
            "issued_on": act.issued_on.isoformat(),
            "effective_at": instant_text(act.effective_at) if act.effective_at else None,
            "reference": act.reference,
        },
        "part": {
            "id": str(part.id),
            "name": draft.name,
            "province": organisation.units[draft.province].reference,
        },
        "part_version": key.part_version,
        "hour": instant_text(step.hour),
        "counts": {"by": _by(organisation, tally), "totals": counted},
        "dossiers": tally.count,
        "list_digest": tally.digest(),
        "position": position,
        "tree": {"size": position, "root": root},
        "agencies": _agencies(organisation, step, tally),
    }


def _by(organisation: Organisation, tally: Tally) -> list[Json]:
    named = organisation.agencies
    rows = [
        (named[from_].identifier, named[to].identifier, status if status is not None else 0, dossiers)
        for (from_, to, status), dossiers in tally.moves.items()
    ]
    return [
        {"from": from_, "to": to, "status": status or None, "dossiers": dossiers}
        for from_, to, status, dossiers in sorted(rows)
    ]


def _agencies(organisation: Organisation, step: Step, tally: Tally) -> list[Json]:
    """Both sides, with names as they were: of who handed over just before the hour, of who received at it."""
    days = {"handing": local_date(step.hour - timedelta(microseconds=1)), "receiving": local_date(step.hour)}
    rows = []
    for side, agencies in tally.per_side(step.rules.heirs.keys()).items():
        for agency_id, dossiers in agencies.items():
            agency = organisation.agencies[UUID(agency_id)]
            rows.append(
                {
                    "id": agency_id,
                    "identifier": agency.identifier,
                    "name": agency.on(days[side]).name,
                    "side": side,
                    "dossiers": dossiers,
                    "required": dossiers > 0,
                }
            )
    return sorted(rows, key=lambda row: (row["side"], row["identifier"], row["id"]))


async def _reconciled(office: Handovers, key: StepKey, position: int) -> Json:
    """What the reconciliation of this version counted."""
    counts: Json = {}
    for recorded in await office.ledger.facts_of([key.part_id]):
        fact = recorded.fact
        if recorded.position > position:
            break
        if isinstance(fact, PartReconciled) and fact.part_version == key.part_version:
            counts = dict(fact.counts)
    return counts
