"""The inventory of paper originals: listed by the agency that hands over, checked by the one that holds after
the hour.

Before the hour the holder lists; after it the officer who closes its books, or the heir's desk. Listed and
checked in bulk, each dossier with its own outcome. What is missing can be reported as an obstacle in the same
breath.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from application.each import BEFORE, Decided, Outcome, Turn, record_each
from application.handovers import Handovers, envelope_of
from application.ids import new_id
from application.ledger import Command
from application.moment import Moment
from application.policy import Acting, Identity, allow, closes
from application.received import Received, load_received
from application.refusals import BadRequest, Refusal, Refused
from application.registers import Registers, Row
from domain.facts import Aggregate, Envelope, Personal
from domain.obstacle import Obstacle
from domain.papers import missing_of, originals_of
from domain.papers_facts import Original

LISTED, CHECKED = "listed", "checked"


@dataclass(frozen=True, slots=True)
class Listing:
    """What lies of a dossier in a box: how many originals by component."""

    dossier: UUID
    box: str
    originals: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Check:
    """What was found of a dossier, by component (None: all that was listed), in which box (None: the one
    listed)."""

    dossier: UUID
    found: Mapping[str, int] | None = None
    box: str | None = None


async def list_each(
    office: Handovers,
    identity: Identity,
    parts: Sequence[UUID],
    listings: Sequence[Listing],
    command: Command | None = None,
) -> list[Outcome]:
    """List each of these (1,000 at most): `listed`, `before` where the same stands already, or `refused`."""

    async def judge(turn: Turn, lines: Sequence[Listing]) -> list[Outcome | Decided]:
        known = await _known(office, turn, parts, [line.dossier for line in lines])
        return [_listed(turn, identity, *pair) for pair in zip(lines, known, strict=True)]

    return await record_each(office, listings, judge, LISTED, command)


def _listed(turn: Turn, identity: Identity, line: Listing, found: Received | Refusal) -> Outcome | Decided:
    if isinstance(found, Refusal):
        return Outcome("refused", error=found)
    papers, listed = found.papers, found.papers.listed
    if turn.own(listed):
        return Outcome(LISTED)
    if listed and (listed.box, listed.originals) == (line.box, originals_of(line.originals)):
        return Outcome(BEFORE)
    try:
        from_agency = _handing_over(turn.moment, found)
        acting = _may_list(identity, turn.moment, found, from_agency)
        papers.list(
            _envelope(turn, acting, found),
            dossier=line.dossier,
            part=found.part,
            agency=from_agency or found.held.agency,
            box=line.box,
            originals=line.originals,
            hands_over=from_agency is not None,
        )
    except (Refused, Refusal) as refusal:
        return Outcome("refused", error=refusal)
    return Decided((papers,), found.streams)


def _handing_over(moment: Moment, found: Received) -> UUID | None:
    """From whom the part took the dossier, or will take it."""
    if found.held_before is not None:
        return found.held_before
    for step in moment.organisation.steps:
        if step.part_id == found.part and step.hour > moment.now and step.rules.ends(found.held.agency):
            return found.held.agency
    return None


def _may_list(identity: Identity, moment: Moment, found: Received, from_agency: UUID | None) -> Acting:
    """The holder's desk; after the hour the heir's, or the officer who closes the agency's books until the
    part is closed."""
    officer = identity.uuid if found.held_before is not None else None
    if officer and from_agency and closes(moment, officer, from_agency) == found.part:
        return allow(identity, "list-papers", moment, agency=from_agency)
    where = moment.organisation.heir_of(from_agency or found.held.agency, moment.now)
    return allow(identity, "list-papers", moment, agency=where)


async def check_each(
    office: Handovers,
    identity: Identity,
    parts: Sequence[UUID],
    checks: Sequence[Check],
    *,
    report_missing: bool = False,
    command: Command | None = None,
) -> list[Outcome]:
    """Check each of these (1,000 at most) against what was listed: `checked`, `before` where the same stands
    already, or `refused`. `report_missing`: each dossier that misses some becomes an obstacle too."""

    async def judge(turn: Turn, lines: Sequence[Check]) -> list[Outcome | Decided]:
        known = await _known(office, turn, parts, [line.dossier for line in lines])
        pairs = zip(lines, known, strict=True)
        return [_checked(turn, identity, line, found, report_missing) for line, found in pairs]

    return await record_each(office, checks, judge, CHECKED, command)


def _checked(
    turn: Turn, identity: Identity, line: Check, found: Received | Refusal, report_missing: bool
) -> Outcome | Decided:
    if isinstance(found, Refusal):
        return Outcome("refused", error=found)
    papers, checked = found.papers, found.papers.checked
    if turn.own(checked):
        return Outcome(CHECKED)
    listed = _counts(papers.listed.originals) if papers.listed else {}
    there = dict(line.found) if line.found is not None else listed
    missing = missing_of(listed, there)
    box = line.box or (papers.listed.box if papers.listed else "")
    if checked and checked.agency == found.held.agency:
        said = (checked.box, checked.found, checked.missing)
        if said == (box, originals_of(there), originals_of(missing)):
            return Outcome(BEFORE)
    try:
        acting = allow(identity, "check-papers", turn.moment, holder=found.held.agency)
        envelope = _envelope(turn, acting, found)
        papers.check(
            envelope,
            dossier=line.dossier,
            part=found.part,
            agency=found.held.agency,
            box=box,
            found=there,
            missing=missing,
            moved=found.moved is not None,
        )
    except (Refused, Refusal) as refusal:
        return Outcome("refused", error=refusal)
    decided: tuple[Aggregate, ...] = (papers,)
    if missing and report_missing:
        decided = (papers, _obstacle(turn, envelope, found, box, missing))
    return Decided(decided, found.streams)


def _obstacle(
    turn: Turn, envelope: Envelope, found: Received, box: str, missing: Mapping[str, int]
) -> Obstacle:
    """Missing originals as an obstacle: the box, and how many of which component."""
    obstacle = Obstacle.empty(new_id(turn.moment.now))
    lacking = ", ".join(f"{component}: {count}" for component, count in sorted(missing.items()))
    obstacle.report(
        replace(envelope, holder=None),
        part=found.part,
        agency=found.held.agency,
        dossier=found.history.dossier_id,
        kind="papers",
        description=Personal(obstacle.id, f"{box}: {lacking}"),
    )
    return obstacle


async def _known(
    office: Handovers, turn: Turn, parts: Sequence[UUID], dossiers: Sequence[UUID]
) -> list[Received | Refusal]:
    """Each dossier as loaded; one named before in the list is refused."""
    loaded = await load_received(office, turn.moment, parts, list(dict.fromkeys(dossiers)))
    known: list[Received | Refusal] = []
    seen: set[UUID] = set()
    for dossier in dossiers:
        twice = BadRequest("dossier_twice", f"the dossier {dossier} stands in the list twice")
        known.append(twice if dossier in seen else loaded[dossier])
        seen.add(dossier)
    return known


def _envelope(turn: Turn, acting: Acting, found: Received) -> Envelope:
    envelope = envelope_of(acting, turn.moment)
    return replace(envelope, occurred_at=turn.begun, holder=found.held.agency)


def _counts(originals: Sequence[Original]) -> dict[str, int]:
    return {original.component: original.count for original in originals}


# Reading


async def inventory(
    registers: Registers,
    identity: Identity,
    part: UUID,
    *,
    agency: UUID | None = None,
    box: str | None = None,
    missing: bool = False,
    after: tuple[UUID, str, UUID] | None = None,
    limit: int = 100,
) -> list[Row]:
    """A page of a part's inventories by (agency that hands over, box, dossier); `missing`: only where
    something is missing."""
    moment = await registers.office.reader.moment(fresh=True)
    allow(identity, "read-papers", moment)
    rows = await registers.index.papers(
        part, agency=agency, box=box, missing=missing, after=after, limit=limit
    )
    return [_named(moment, row) for row in rows]


async def boxes(
    registers: Registers,
    identity: Identity,
    part: UUID,
    *,
    agency: UUID | None = None,
    after: tuple[UUID, str] | None = None,
    limit: int = 100,
) -> list[Row]:
    """A page of a part's boxes by (agency that hands over, box): dossiers, originals, checked and lacking
    (dossiers), missing (originals)."""
    moment = await registers.office.reader.moment(fresh=True)
    allow(identity, "read-papers", moment)
    rows = await registers.index.boxes(part, agency=agency, after=after, limit=limit)
    return [_named(moment, row) for row in rows]


def _named(moment: Moment, row: dict[str, Any]) -> Row:
    agency = moment.organisation.agencies.get(row["agency"])
    return {**row, "identifier": agency.identifier if agency else None}
