"""Everything that an agency got by a part, acknowledged without listing it: by the part's step or by a
placement of the part, the same that it is asked for while it is silent."""

from __future__ import annotations

from uuid import UUID

from application.acknowledging import acknowledge_all
from application.receiving import place
from tests.office.test_coordination import CLERK, DESK, OTHER, OTHER_DESK, refused_at_desk
from tests.office.test_receiving import moved, part_of
from tests.office.test_silence import silence
from tests.office.world import Office


async def all_of(office: Office, clerk: str, desk: UUID) -> tuple[int, int, int]:
    """How many were listed, acknowledged now and refused."""
    who = office.officer(clerk)
    pages = [p async for p in acknowledge_all(office.handovers, who, part_of(office), desk)]
    return pages[-1].listed, pages[-1].count, pages[-1].refused


async def test_all_that_an_agency_got_includes_what_the_coordination_placed_there(office: Office) -> None:
    dossiers = await moved(office, filed=3)
    await refused_at_desk(office, dossiers[:1])
    desk, to = await office.agency(DESK), await office.agency(OTHER_DESK)
    operator = office.officers["first operator"]
    await place(office.handovers, operator, part_of(office), dossiers[0], to, "07213")
    assert {s.agency: s.waiting for s in await silence(office)} == {desk: 2, to: 1}
    assert await all_of(office, OTHER, to) == (1, 1, 0)
    assert await all_of(office, CLERK, desk) == (2, 2, 0)
    assert await silence(office) == []
    assert await all_of(office, OTHER, to) == (1, 0, 0)
