"""Each version of an amended part has its own certificate, in whatever order they are issued."""

from __future__ import annotations

import pytest

from application.certificates import issue, issue_all, shown, state
from application.closing import close
from application.reconciling import reconcile
from application.refusals import NotFound
from domain.refusals import Refused
from tests.certificates.signing_world import NEW_DESKS, OLD_DESKS, Closing
from tests.office.acts import amended, at, transferred
from tests.office.test_amending import swapped

NORTH, SOUTH = NEW_DESKS["07210"], NEW_DESKS["07213"]


@pytest.fixture
async def twice(closing: Closing) -> Closing:
    """Amended before version 1 had its certificate; version 2 is reconciled too."""
    await at(closing.office, "2025-07-10T09:00:00")
    await amended(closing.office, closing.part, swapped(closing.office))
    await transferred(closing.office, closing.part)
    await reconcile(closing.office.handovers, closing.operator, closing.part)
    return closing


async def test_a_part_amended_before_its_first_certificate_is_closed(twice: Closing) -> None:
    office = twice.office
    with pytest.raises(Refused, match=r"certificate\.not_issued"):
        await close(office.handovers, twice.operator, twice.part)
    first, second = await twice.issue(), await twice.issue()
    assert [one.counts["part_version"] for one in (first, second)] == [1, 2]
    assert [one.counts["dossiers"] for one in (first, second)] == [3, 1]
    with pytest.raises(Refused, match=r"certificate\.once"):
        await twice.issue()
    assert (await state(office.handovers, twice.operator, twice.part))["part_version"] == 2
    done = await twice.sign_all()
    assert (done.signed, done.missing) == (6, 0)
    closed = await close(office.handovers, twice.operator, twice.part)
    assert closed.counts["certificates"] == 2


async def test_one_version_is_named(twice: Closing) -> None:
    office, operator, part = twice.office, twice.operator, twice.part
    newest = await issue(office.handovers, operator, part, part_version=2)
    assert newest.counts["part_version"] == 2
    with pytest.raises(NotFound, match="version 1 of the part has no certificate"):
        await shown(office.handovers, operator, part, part_version=1)
    with pytest.raises(NotFound, match="name one of 1, 2"):
        await issue(office.handovers, operator, part, part_version=9)
    ((oldest,),) = [one.answers for one in await issue_all(office.handovers, operator, [part])]
    assert oldest.counts["part_version"] == 1
    file = await shown(office.handovers, operator, part, part_version=1)
    assert (file["document"]["part_version"], file["document"]["dossiers"]) == (1, 3)


async def test_a_signature_goes_to_the_version_whose_document_it_covers(twice: Closing) -> None:
    await issue_all(twice.office.handovers, twice.operator, [twice.part])
    own = twice.office.officer(OLD_DESKS["07207"])
    newest = await twice.signature(NORTH, "receiving")
    await twice.sign(own, newest)
    known = await state(twice.office.handovers, twice.operator, twice.part, part_version=2)
    assert [(row["identifier"], row["side"]) for row in known["missing"]] == [(SOUTH, "handing")]
    first = await state(twice.office.handovers, twice.operator, twice.part, part_version=1)
    await twice.sign(own, await twice.signature(NORTH, "receiving", digest=first["digest"]))
    with pytest.raises(Refused, match="signed_once"):
        await twice.sign(own, await twice.signature(NORTH, "receiving"))
