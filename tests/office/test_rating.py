"""A dossier is rated by its parties, once each and once its matter has ended; nothing else of it changes."""

from __future__ import annotations

from typing import Any

import pytest

from application.policy import Identity
from application.refusals import NotAllowed
from domain import rules, voice_rules
from tests.office.one_dossier import DESK, MONDAY, do, in_processing, known, refused_by, statutory
from tests.office.world import Office

PORTAL = Identity("portal", "npsp")


async def rate(office: Office, code: str, identity: Identity, score: int, **said: Any) -> None:
    await office.act(identity, code, "rate", None, score=score, **{"comment": None, "by": None, **said})


async def owner_of(office: Office, code: str) -> Identity:
    return Identity("applicant", str((await known(office, code)).dossier.owner))


async def finished(office: Office) -> str:
    code = await in_processing(office)
    await do(office, code, "finish", outcome="granted")
    return code


async def test_a_rating_changes_nothing_but_itself(office: Office) -> None:
    code = await finished(office)
    before, due = await known(office, code), await statutory(office, code)
    await rate(office, code, await owner_of(office, code), 1, comment="cũng được")
    after = await known(office, code)
    assert after.dossier.version == before.dossier.version + 1
    assert (after.dossier.status, after.held) == (before.dossier.status, before.held)
    assert await statutory(office, code) == due
    assert list(after.dossier.ratings.values()) == [1]


async def test_rating_twice_is_refused(office: Office) -> None:
    code = await finished(office)
    owner = await owner_of(office, code)
    await rate(office, code, owner, 2)
    await refused_by(voice_rules.RATE_ONCE, rate(office, code, owner, 0))
    again = rate(office, code, PORTAL, 0, by=owner.uuid)
    await refused_by(voice_rules.RATE_ONCE, again)


async def test_rating_before_the_end_is_refused(office: Office) -> None:
    code = await in_processing(office)
    await refused_by(voice_rules.RATE, rate(office, code, await owner_of(office, code), 2))
    await do(office, code, "stop", ground="other", reason="không đủ điều kiện")
    await rate(office, code, await owner_of(office, code), 0)


async def test_only_a_party_rates_and_for_themself(office: Office) -> None:
    code = await finished(office)
    owner, stranger = await owner_of(office, code), await office.applicant()
    for identity in (Identity("applicant", str(stranger)), office.officer(DESK)):
        with pytest.raises(NotAllowed):
            await rate(office, code, identity, 2)
    await refused_by(voice_rules.RATE_PARTY, rate(office, code, owner, 2, by=stranger))
    await refused_by(voice_rules.RATE_PARTY, rate(office, code, PORTAL, 2, by=stranger))
    await refused_by(voice_rules.RATE_PARTY, rate(office, code, PORTAL, 2))
    await rate(office, code, PORTAL, 2, by=owner.uuid)


async def test_a_rating_is_two_one_or_nought(office: Office) -> None:
    code = await finished(office)
    await refused_by(voice_rules.RATE_SCORE, rate(office, code, await owner_of(office, code), 3))


async def test_what_was_withdrawn_is_rated_and_stays_withdrawn(office: Office) -> None:
    await office.move_clock(MONDAY)
    filed = await office.filed(DESK, "07207")
    owner = await owner_of(office, filed.code)
    await office.act(owner, filed.code, "withdraw", None)
    await rate(office, filed.code, owner, 0, comment="chờ lâu quá")
    assert (await known(office, filed.code)).dossier.status == 7
    again = office.act(owner, filed.code, "withdraw", None)
    await refused_by(rules.FINAL, again)
