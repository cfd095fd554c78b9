"""What is recorded of one dossier beside its own stream, and under which ids."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from domain import handover_rules as rules
from domain.facts import Personal
from domain.handed_over import (
    HandedOver,
    Moved,
    Placement,
    components_digest,
    history_digest,
    placement_stream_id,
    stream_id,
)
from tests.domain.handover_world import HOUR, NORTH_DESK, PART, SOUTH_DESK, an_id, by, refused

DOSSIER = an_id(500)


def test_the_streams_id_is_the_one_that_the_list_of_events_describes() -> None:
    made = stream_id(PART, 1, DOSSIER, HOUR)
    named = hashlib.sha256(PART.bytes + bytes(7) + b"\x01" + DOSSIER.bytes).digest()
    bits = "".join(f"{byte:08b}" for byte in named)[:74]
    written = f"{int(HOUR.timestamp() * 1000):048b}" + "1000" + bits[:12] + "10" + bits[12:]
    assert made == UUID(int=int(written, 2))
    assert (made.version, made.variant) == (8, "specified in RFC 4122")


def test_streams_differ_by_part_version_and_dossier_and_sort_by_the_hour() -> None:
    made = {
        stream_id(PART, 1, DOSSIER, HOUR),
        stream_id(PART, 2, DOSSIER, HOUR),
        stream_id(an_id(9), 1, DOSSIER, HOUR),
        stream_id(PART, 1, an_id(501), HOUR),
        placement_stream_id(PART, DOSSIER, HOUR),
    }
    assert len(made) == 5
    assert all(stream.version == 8 for stream in made)
    assert max(made) < stream_id(PART, 1, DOSSIER, HOUR + timedelta(milliseconds=1))


def test_the_hour_may_be_given_in_any_zone() -> None:
    local = datetime.fromisoformat("2025-07-01T00:00:00+07:00")
    assert stream_id(PART, 1, DOSSIER, local) == stream_id(PART, 1, DOSSIER, HOUR)


def test_digests_are_over_leaves_in_order_and_components_by_id() -> None:
    assert history_digest([b"a" * 32, b"b" * 32]) == hashlib.sha256(b"a" * 32 + b"b" * 32).hexdigest()
    assert history_digest([]) == hashlib.sha256().hexdigest()
    one, two = {"id": "1", "form": "paper", "count": 1}, {"count": 2, "id": "2", "form": "file"}
    assert components_digest([one, two]) == components_digest([two, one])
    assert components_digest([one]) != components_digest([two])


def test_a_dossier_is_handed_over_once_per_version_of_a_part() -> None:
    stream = HandedOver.empty(stream_id(PART, 1, DOSSIER, HOUR))
    fields = {
        "dossier": DOSSIER,
        "code": "000.00.21.H02-250601-0001",
        "part": PART,
        "part_version": 1,
        "effective_at": HOUR,
        "from_agency": NORTH_DESK,
        "to_agency": SOUTH_DESK,
        "rule": "route.successor",
        "provisional": False,
        "status": 4,
        "revision": 3,
        "remaining_unit": "working_day",
        "remaining_amount": -2,
        "history_digest": history_digest([]),
        "components_digest": components_digest([]),
    }
    stream.hand_over(by(), **fields)
    assert stream.stated is not None
    assert stream.stated.remaining_amount == -2
    with refused(rules.HANDED_OVER_ONCE):
        stream.hand_over(by(), **fields)


CERTAIN, PROVISIONAL = Moved(status=4, provisional=False), Moved(status=4, provisional=True)


def place(
    placement: Placement,
    to: UUID = SOUTH_DESK,
    moved: Moved | None = PROVISIONAL,
    *,
    to_is_open: bool = True,
) -> None:
    placement.place(
        by(holder=to),
        dossier=DOSSIER,
        part=PART,
        from_agency=NORTH_DESK,
        to_agency=to,
        ground=Personal(DOSSIER, "map of parcels"),
        moved=moved,
        to_is_open=to_is_open,
    )


def acknowledge(
    placement: Placement, agency: UUID, papers: str = "confirmed", moved: Moved | None = CERTAIN
) -> None:
    placement.acknowledge(
        by(holder=agency), dossier=DOSSIER, part=PART, agency=agency, papers=papers, moved=moved
    )


def refuse(
    placement: Placement, agency: UUID, holder: UUID | None = None, moved: Moved | None = CERTAIN
) -> None:
    reason = Personal(DOSSIER, "thửa đất không thuộc địa bàn")
    placement.refuse(
        by(holder=holder or agency), dossier=DOSSIER, part=PART, agency=agency, reason=reason, moved=moved
    )


def a_placement() -> Placement:
    return Placement.empty(placement_stream_id(PART, DOSSIER, HOUR))


def test_the_receiver_acknowledges_once_and_only_the_holder_may() -> None:
    placement = a_placement()
    with refused(rules.NOT_HOLDER):
        refuse(placement, NORTH_DESK, holder=SOUTH_DESK)
    with refused(rules.PAPERS):
        acknowledge(placement, NORTH_DESK, "lost")
    acknowledge(placement, NORTH_DESK, "missing")
    assert placement.answer == "acknowledged"
    with refused(rules.ANSWERED):
        refuse(placement, NORTH_DESK)


def test_a_refusal_waits_for_a_decision_and_the_next_holder_answers_anew() -> None:
    placement = a_placement()
    refuse(placement, NORTH_DESK)
    with refused(rules.ANSWERED):
        acknowledge(placement, NORTH_DESK)
    place(placement)
    assert placement.placed is not None
    assert (placement.placed.to_agency, placement.answer) == (SOUTH_DESK, None)
    acknowledge(placement, SOUTH_DESK)
    assert placement.version == 3


def test_a_decision_that_leaves_the_dossier_where_it_is_lets_its_holder_answer_again() -> None:
    placement = a_placement()
    refuse(placement, NORTH_DESK)
    place(placement, NORTH_DESK)
    acknowledge(placement, NORTH_DESK)
    assert placement.answer == "acknowledged"


@pytest.mark.parametrize("holder", [None, NORTH_DESK])
def test_a_decision_names_the_new_holder_in_its_envelope(holder: UUID | None) -> None:
    with refused(rules.PLACED_HOLDER):
        a_placement().place(
            by(holder=holder),
            dossier=DOSSIER,
            part=PART,
            from_agency=NORTH_DESK,
            to_agency=SOUTH_DESK,
            ground=Personal(DOSSIER, "x"),
            moved=PROVISIONAL,
            to_is_open=True,
        )


def test_a_decision_is_for_what_the_part_moved_and_left_undecided() -> None:
    with refused(rules.NOT_MOVED):
        place(a_placement(), moved=None)
    with refused(rules.NOTHING_TO_DECIDE):
        place(a_placement(), moved=CERTAIN)
    with refused(rules.PLACED_OPEN):
        place(a_placement(), to_is_open=False)
    for status in (3, 7, 8, 10):
        with refused(rules.PLACED_CONCLUDED):
            place(a_placement(), moved=Moved(status, provisional=True))
    answered = a_placement()
    refuse(answered, NORTH_DESK)
    place(answered, moved=CERTAIN)
    assert answered.placed is not None
    assert answered.placed.to_agency == SOUTH_DESK


def test_what_the_part_did_not_move_is_neither_acknowledged_nor_refused() -> None:
    with refused(rules.NOT_MOVED):
        acknowledge(a_placement(), NORTH_DESK, moved=None)
    with refused(rules.NOT_MOVED):
        refuse(a_placement(), NORTH_DESK, moved=None)
