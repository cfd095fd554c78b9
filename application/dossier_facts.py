"""Many dossiers' facts with what people decided about them beside their streams.

A decision on a dossier stands in a stream of its own for each part that moved it. A part that did not move it
places nothing, so only the streams of those that did are read: a country's act costs a dossier one stream
more, not one for each province.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from application.ledger import Ledger
from application.organisation import Organisation
from domain.dossier_timeline import timeline
from domain.facts import Category, Fact, Recorded
from domain.holding import Steps, spells


async def facts_with_placements(
    ledger: Ledger,
    organisation: Organisation,
    dossiers: Sequence[UUID],
    by: datetime,
    *,
    up_to: int | None = None,
    recorded_before: datetime | None = None,
) -> dict[UUID, list[Recorded[Fact]]]:
    """Of each of these dossiers (some hundred) its facts, by position. `by`: parts whose hour came until
    then have moved it; `up_to`: a position, None for all; `recorded_before`: aware."""
    steps = organisation.steps.until(by)
    facts: dict[UUID, list[Recorded[Fact]]] = {dossier: [] for dossier in dossiers}
    unread: dict[UUID, UUID] = {dossier: dossier for dossier in facts}
    read: set[UUID] = set()
    while unread:
        touched = set[UUID]()
        for recorded in await ledger.facts_of(list(unread), recorded_before):
            if up_to is None or recorded.position <= up_to:
                dossier = unread[recorded.fact.originator_id]
                facts[dossier].append(recorded)
                touched.add(dossier)
        read.update(unread)
        unread = {}
        for dossier in touched:
            facts[dossier].sort(key=lambda recorded: recorded.position)
            for part in _moved_it(steps, facts[dossier]):
                stream = organisation.placement_stream(part, dossier)
                if stream not in read:
                    unread[stream] = dossier
    return facts


def _moved_it(steps: Steps, facts: Sequence[Recorded[Fact]]) -> set[UUID]:
    if not any(recorded.fact.CATEGORY == Category.DOSSIER for recorded in facts):
        return set()
    return {held.by.part_id for held in spells(timeline(facts), steps) if held.by is not None}
