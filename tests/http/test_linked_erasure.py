"""Who declared a birth is not erased while the declaration goes on, though no dossier of it is theirs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from application.refusals import Refused
from domain import erasure_rules as rules
from domain.linked_group import LinkedGroup
from tests.http.linked_office import HOME, INSURANCE, JUSTICE, POLICE, LinkedOffice, at, open_linked
from tests.http.test_linked_groups import registered
from tests.office.erasures import erased, requested
from tests.support import Database


@pytest.fixture
async def office(database: Database) -> AsyncIterator[LinkedOffice]:
    async with open_linked(database) as opened:
        yield opened
        assert (await opened.api.office.audited()).findings == ()


async def test_a_declaration_that_goes_on_keeps_all_whom_it_concerns(office: LinkedOffice) -> None:
    inside = office.api.office
    group, code, _ = await registered(office)
    await office.does(JUSTICE, code, "return-result", way="vneid")
    said = (await inside.opened.ledger.load(LinkedGroup, UUID(group))).declared
    assert said is not None
    for person in (said.declarant, said.subjects[0]):
        with pytest.raises(Refused) as waits:
            await requested(inside, person, "authority_order")
        assert waits.value.rule is rules.GROUP_OPEN
        assert waits.value.details == {"group": group}
    for step, agency in (("permanent_residence", POLICE), ("health_insurance_card", INSURANCE)):
        begun = await office.begun(group, step, at(10))
        with pytest.raises(Refused) as opened:
            await requested(inside, said.declarant, "authority_order")
        assert opened.value.rule is rules.PROCEDURE_OPEN
        await office.does(agency, begun, "withdraw", reason="khai nhầm")
    begun = await office.begun(group, "identity_card", at(10))
    await office.does(HOME, begun, "withdraw", reason="khai nhầm")
    assert (await erased(inside, said.subjects[0], "authority_order")).dossiers == 4
    assert (await erased(inside, said.declarant, "authority_order")).subjects == 1
