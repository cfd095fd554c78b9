"""What an import recorded, read back from the log."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from domain.dossier_facts import DossierImported, DossierStepImported
from domain.facts import Fact, Recorded, Sealed
from tests.codec.opened_ledger import OpenedLedger


async def facts_after(opened: OpenedLedger, position: int) -> list[Recorded[Fact]]:
    found: list[Recorded[Fact]] = []
    while page := await opened.recorder.events_after(position, 1000):
        found.extend(map(opened.codec.decode, page))
        position = page[-1].position
    return found


async def imported(opened: OpenedLedger) -> dict[str, list[Fact]]:
    """Facts of each imported case, by case id."""
    streams: dict[UUID, list[Fact]] = {}
    for recorded in await facts_after(opened, 0):
        if recorded.fact.TOPIC.startswith("dossier."):
            streams.setdefault(recorded.fact.originator_id, []).append(recorded.fact)
    return {facts[0].case_id: facts for facts in streams.values() if isinstance(facts[0], DossierImported)}


async def opened_attributes(opened: OpenedLedger, fact: Fact) -> list[tuple[str, str, str]]:
    """The attributes of a fact with every text opened."""
    assert isinstance(fact, DossierImported | DossierStepImported)
    sealed = [a["value"] for a in fact.attributes if isinstance(a["value"], Sealed)]
    await opened.keyring.load([value.subject for value in sealed])
    return [
        (a["key"], a["type"], (opened.keyring.open(a["value"]) or "") if a["value"] in sealed else a["value"])
        for a in fact.attributes
    ]


def activities(facts: Sequence[Fact]) -> list[str]:
    return [fact.activity for fact in facts if isinstance(fact, DossierStepImported)]
