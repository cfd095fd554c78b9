"""After the transfer: what may be acknowledged, refused and placed, and what the same command says again."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from application.ports import KeyReused
from application.receiving import acknowledge, place, refuse
from application.reconciling import reconcile
from application.refusals import NotFound, Refused
from application.transfer import transfer
from domain import handover_rules as rules
from tests.office.test_the_hour import holder_of, run_transfer
from tests.office.world import DISTRICT, HOUR, NEW_DESKS, NEW_PROVINCE, OLD_DESKS, Office

CLERK = OLD_DESKS["07207"]
DESK = NEW_DESKS["07210"]


async def id_of(office: Office, code: str) -> UUID:
    found = await office.opened.ledger.find("dossier_code", code)
    assert found is not None
    return found


async def moved(office: Office, *, filed: int = 1) -> list[UUID]:
    """Dossiers of old 07207, moved and transferred."""
    made = [await office.filed(DISTRICT, "07207@2025-06-01") for _ in range(filed)]
    await office.scheduled()
    await office.move_clock(HOUR)
    await run_transfer(office)
    return [await id_of(office, answer.code) for answer in made]


def part_of(office: Office) -> UUID:
    assert office.part is not None
    return office.part


async def refused_first(office: Office, dossier: UUID) -> None:
    """The receiving desk refuses, so that the coordination may place."""
    desk = await office.agency(DESK)
    await refuse(office.handovers, office.officer(CLERK), part_of(office), desk, [dossier], reason="không")


async def test_a_dossier_is_not_placed_with_an_agency_that_is_not_there_or_not_open(office: Office) -> None:
    (dossier,) = await moved(office)
    await refused_first(office, dossier)
    operator = office.officers["first operator"]
    with pytest.raises(NotFound) as unknown:
        await place(office.handovers, operator, part_of(office), dossier, uuid4(), "xã khác")
    assert unknown.value.code == "unknown_agency"
    other = await office.agency(NEW_PROVINCE)
    with pytest.raises(NotFound) as nothing:
        await place(office.handovers, operator, part_of(office), uuid4(), other, "xã khác")
    assert nothing.value.code == "unknown_dossier"


async def test_only_what_is_undecided_is_placed(office: Office) -> None:
    (dossier,) = await moved(office)
    after = await id_of(office, (await office.filed(CLERK, "07210@2025-07-01")).code)
    operator, elsewhere = office.officers["first operator"], await office.agency(NEW_DESKS["07213"])
    with pytest.raises(Refused) as certain:
        await place(office.handovers, operator, part_of(office), dossier, elsewhere, "không có lý do")
    assert certain.value.rule is rules.NOTHING_TO_DECIDE
    with pytest.raises(Refused) as later:
        await place(office.handovers, operator, part_of(office), after, elsewhere, "nộp sau giờ")
    assert later.value.rule is rules.NOT_MOVED


async def test_a_concluded_dossier_is_not_placed(office: Office) -> None:
    filed = await office.filed(DISTRICT, "07207@2025-06-01")
    await office.scheduled()
    await office.move_clock(HOUR)
    await run_transfer(office)
    dossier = await id_of(office, filed.code)
    await refused_first(office, dossier)
    await office.act(office.officer(CLERK), filed.code, "withdraw", None, reason="tự rút")
    operator, elsewhere = office.officers["first operator"], await office.agency(NEW_DESKS["07213"])
    with pytest.raises(Refused) as concluded:
        await place(office.handovers, operator, part_of(office), dossier, elsewhere, "muộn")
    assert concluded.value.rule is rules.PLACED_CONCLUDED


async def test_a_dossier_filed_after_the_hour_is_neither_acknowledged_nor_refused(office: Office) -> None:
    (dossier,) = await moved(office)
    after = await id_of(office, (await office.filed(CLERK, "07210@2025-07-01")).code)
    clerk, desk = office.officer(CLERK), await office.agency(DESK)
    for both in ([after], [dossier, after]):
        with pytest.raises(Refused) as answered:
            await acknowledge(office.handovers, clerk, part_of(office), desk, both)
        assert answered.value.rule is rules.NOT_MOVED
    with pytest.raises(Refused):
        await refuse(office.handovers, clerk, part_of(office), desk, [after], reason="không")
    assert (await acknowledge(office.handovers, clerk, part_of(office), desk, [dossier])).count == 1


async def test_the_same_acknowledgement_answers_the_same_and_its_key_fits_nothing_else(
    office: Office,
) -> None:
    dossiers = await moved(office, filed=3)
    clerk, desk, part = office.officer(CLERK), await office.agency(DESK), part_of(office)
    key = office.command("one form")
    first = await acknowledge(office.handovers, clerk, part, desk, dossiers, command=key)
    again = await acknowledge(office.handovers, clerk, part, desk, dossiers, command=key)
    assert first == again
    assert first.count == 3
    other = office.command("one form", bytes([1]) * 32)
    with pytest.raises(KeyReused):
        await refuse(office.handovers, clerk, part, desk, dossiers, reason="không", command=other)


async def test_an_acknowledgement_stopped_half_way_is_finished_by_its_repeat(office: Office) -> None:
    dossiers = await moved(office, filed=3)
    clerk, desk, part = office.officer(CLERK), await office.agency(DESK), part_of(office)
    key = office.command("one form")
    # What a stop leaves: the command stands with the first dossier, the others have nothing.
    await acknowledge(office.handovers, clerk, part, desk, dossiers[:1], command=key)
    whole = await acknowledge(office.handovers, clerk, part, desk, dossiers, command=key)
    assert whole.count == 3
    assert await acknowledge(office.handovers, clerk, part, desk, dossiers, command=key) == whole


async def test_a_placement_repeated_says_what_it_said(office: Office) -> None:
    (dossier,) = await moved(office)
    await refused_first(office, dossier)
    operator, elsewhere = office.officers["first operator"], await office.agency(NEW_DESKS["07213"])
    key = office.command("placed")
    one = await place(office.handovers, operator, part_of(office), dossier, elsewhere, "thuộc 07213", key)
    two = await place(office.handovers, operator, part_of(office), dossier, elsewhere, "thuộc 07213", key)
    assert (one.position, one.counts) == (two.position, two.counts)


async def test_a_transfer_and_a_reconciliation_repeated_say_what_they_said(office: Office) -> None:
    for _ in range(3):
        await office.filed(DISTRICT, "07207@2025-06-01")
    await office.scheduled()
    await office.move_clock(HOUR)
    operator, part, key = office.officers["first operator"], part_of(office), office.command("transfer")
    first = [p async for p in transfer(office.handovers, operator, part, key)][-1]
    again = [p async for p in transfer(office.handovers, operator, part, key)][-1]
    assert first == again
    assert (first.written, first.found, first.total) == (3, 0, 3)
    other = office.command("transfer", bytes([1]) * 32)
    with pytest.raises(KeyReused):
        await reconcile(office.handovers, operator, part, other)
    whole = await reconcile(office.handovers, operator, part, office.command("reconcile"))
    repeated = await reconcile(office.handovers, operator, part, office.command("reconcile"))
    assert (whole.position, whole.counts) == (repeated.position, repeated.counts)


async def test_what_is_refused_waits_with_its_refuser_and_is_placed_once(office: Office) -> None:
    filed = await office.filed(DISTRICT, "07207@2025-06-01")
    await office.scheduled()
    await office.move_clock(HOUR + timedelta(minutes=1))
    await run_transfer(office)
    dossier = await id_of(office, filed.code)
    await refused_first(office, dossier)
    assert await holder_of(office, filed.code) == DESK
    operator, elsewhere = office.officers["first operator"], await office.agency(NEW_DESKS["07213"])
    await place(office.handovers, operator, part_of(office), dossier, elsewhere, "thuộc 07213")
    assert await holder_of(office, filed.code) == NEW_DESKS["07213"]
    with pytest.raises(Refused) as decided:
        await place(office.handovers, operator, part_of(office), dossier, elsewhere, "lần nữa")
    assert decided.value.rule is rules.NOTHING_TO_DECIDE


async def test_a_refusal_of_what_was_acknowledged_says_the_rule(office: Office) -> None:
    (dossier,) = await moved(office)
    desk, clerk, part = await office.agency(DESK), office.officer(CLERK), part_of(office)
    await acknowledge(office.handovers, clerk, part, desk, [dossier])
    done = await refuse(office.handovers, clerk, part, desk, [dossier], reason="không")
    assert done.count == 0
    assert done.before is not None
    assert done.before.rule is rules.ANSWERED
    assert done.before.details["answer"] == "acknowledged"
