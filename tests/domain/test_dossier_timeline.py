"""What the definition of the holder reads of a dossier, at recorded times."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.dossier import Dossier
from domain.dossier_timeline import DossierTimeline, timeline
from domain.facts import Fact, Personal, Recorded
from domain.handed_over_facts import DossierPlaced
from domain.holding import HolderSet, PlaceKnown, StatusKnown
from tests.domain import situations as given
from tests.domain.situations import A_TEXT, COMMUNE, DESK, DIVISION, HEIR, OFFICER, OTHER_COMMUNE, START, by


def recorded(facts: list[Fact]) -> list[Recorded[Fact]]:
    """Each fact a day after the one before, at positions 10, 20, 30 ..."""
    return [
        Recorded(fact, position=10 * n, recorded_at=START + timedelta(days=n), leaf=b"")
        for n, fact in enumerate(facts, 1)
    ]


def day(number: int, microseconds: int = 0) -> timedelta:
    return timedelta(days=number, microseconds=microseconds)


def read(dossier: Dossier) -> DossierTimeline:
    return timeline(recorded(dossier.pending_events))


def test_a_forwarded_and_corrected_dossier() -> None:
    dossier = given.accepted()
    dossier.forward(by(holder=DIVISION), from_agency=DESK, to_agency=DIVISION)
    dossier.assign(by(holder=DIVISION), officer=OFFICER)
    dossier.correct(by(holder=DIVISION), corrects=1, note=A_TEXT, place=OTHER_COMMUNE, place_code="07213")
    known = read(dossier)
    assert known.holder_sets == (HolderSet(DESK, START + day(1), 10), HolderSet(DIVISION, START + day(3), 30))
    assert known.places == (
        PlaceKnown(COMMUNE, "1.001193", START + day(1), 10),
        PlaceKnown(OTHER_COMMUNE, "1.001193", START + day(5), 50),
    )
    assert [status.status for status in known.statuses] == [1, 2, 2, 4, 4]
    assert known.statuses[3] == StatusKnown(4, START + day(4), 40)
    assert (known.dossier_id, known.code) == (dossier.id, dossier.code)
    assert known.revision_before(START + day(1)) == 0
    assert known.revision_before(START + day(3)) == 2
    assert known.revision_before(START + day(3, 1)) == 3


def test_a_placement_sets_the_holder_and_leaves_the_revision() -> None:
    dossier = given.submitted()
    placed = DossierPlaced(
        originator_id=given.an_id(900),
        originator_version=1,
        envelope=by(holder=HEIR),
        dossier=dossier.id,
        part=given.an_id(901),
        from_agency=DESK,
        to_agency=HEIR,
        ground=Personal(dossier.id, "list of places"),
    )
    known = timeline(recorded([*dossier.pending_events, placed]))
    assert [held.agency for held in known.holder_sets] == [DESK, HEIR]
    assert len(known.statuses) == 1
    assert known.up_to(10).holder_sets == known.holder_sets[:1]


def test_in_quarantine_nobody_holds() -> None:
    known = read(given.quarantined())
    assert known.quarantined
    assert known.holder_sets == ()
    assert [status.status for status in known.statuses] == [None]


def test_no_facts_are_no_timeline() -> None:
    with pytest.raises(ValueError, match="own stream"):
        timeline([])
