"""Absence and delegation: who acts through whose posting, from when to when, and no further."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from application import absences
from application.changing import Asked
from application.organisation_acts import end_posting, reinstate_officer, suspend_officer
from application.policy import Identity
from application.reading import may_list
from application.refusals import NotAllowed, NotFound
from domain.refusals import Refused
from tests.office.world import DISTRICT, HOUR, NEW_DESKS, OLD_DESKS, Office

OLD = OLD_DESKS["07207"]
LATER = timedelta(days=60)


async def now(office: Office) -> datetime:
    return (await office.reader.moment(fresh=True)).now


async def posting_of(office: Office, officer: Identity) -> UUID:
    moment = await office.reader.moment(fresh=True)
    assert officer.uuid is not None
    ((posting, _),) = moment.organisation.posted(officer.uuid, moment.now)
    return posting.posting_id


async def newcomer(office: Office, number: str = "delegate") -> Identity:
    """Somebody who is posted elsewhere."""
    entry = {
        "number": number,
        "name": "Cán bộ thay",
        "postings": [{"agency": DISTRICT, "roles": ["auditor"]}],
    }
    return await office.appointed(entry)


async def delegated(office: Office, of: Identity, to: Identity, **period: Any) -> UUID:
    until = period.pop("until", None) or await now(office) + LATER
    await absences.delegate(
        office.registry,
        Asked(of),
        of.id,
        posting=await posting_of(office, of),
        to=to.id,
        until=until,
        **period,
    )
    moment = await office.reader.moment(fresh=True)
    assert of.uuid is not None
    return list(moment.organisation.officers[of.uuid].away.delegations)[-1]


async def may_accept(office: Office, who: Identity) -> bool:
    """Whether they can work at old 07207 now (on a dossier just filed there)."""
    filed = await office.filed(OLD, "07207")
    try:
        await office.act(who, filed.code, "assign", filed.revision, officer=office.officer(OLD).uuid)
    except NotAllowed:
        return False
    return True


async def test_a_delegate_acts_through_the_delegators_posting_and_the_fact_says_both(office: Office) -> None:
    owner, delegate = office.officer(OLD), await newcomer(office)
    filed = await office.filed(OLD, "07207")
    with pytest.raises(NotAllowed):
        await office.act(delegate, filed.code, "assign", filed.revision, officer=delegate.uuid)
    delegation = await delegated(office, owner, delegate)
    await office.act(delegate, filed.code, "assign", filed.revision, officer=delegate.uuid)
    stream = await office.opened.ledger.find("dossier_code", filed.code)
    assert stream is not None
    envelope = (await office.opened.ledger.facts_of([stream]))[-1].fact.envelope
    assert (envelope.actor.id, envelope.posting_id) == (delegate.id, await posting_of(office, owner))
    assert envelope.acting_agency == await office.agency(OLD)
    moment = await office.reader.moment(fresh=True)
    may_list(delegate, moment, await office.agency(OLD))
    assert owner.uuid is not None
    shown = absences.shown(moment.organisation, owner.uuid, moment.now)
    assert [d["delegation"] for d in shown["delegations"]] == [delegation]
    await absences.end_delegation(office.registry, Asked(owner), owner.id, delegation=delegation)
    assert not await may_accept(office, delegate)
    assert await may_accept(office, owner)
    with pytest.raises(Refused, match=r"delegation\.open"):
        await absences.end_delegation(office.registry, Asked(owner), owner.id, delegation=delegation)


async def test_a_delegation_begins_and_ends_by_the_clock(office: Office) -> None:
    owner, delegate = office.officer(OLD), await newcomer(office)
    begins = await now(office) + timedelta(hours=1)
    await delegated(office, owner, delegate, from_=begins, until=begins + timedelta(hours=1))
    assert not await may_accept(office, delegate)
    await office.move_clock(begins)
    assert await may_accept(office, delegate)
    await office.move_clock(begins + timedelta(hours=1))
    assert not await may_accept(office, delegate)


async def test_a_delegation_stands_only_while_posting_and_both_officers_do(office: Office) -> None:
    owner, delegate = office.officer(OLD), await newcomer(office)
    number = {"number": "registrar", "name": "R", "postings": [{"agency": DISTRICT, "roles": ["registrar"]}]}
    registrar = Asked(await office.appointed(number))
    await delegated(office, owner, delegate)
    for officer in (owner, delegate):
        assert await may_accept(office, delegate)
        await suspend_officer(office.registry, registrar, officer.id, reason="kiểm tra")
        other = office.officer(OLD) if officer is delegate else None
        if other is not None:
            assert await may_accept(office, other)
        moment = await office.reader.moment(fresh=True)
        assert delegate.uuid is not None
        assert await office.agency(OLD) not in [
            a for _, a in moment.organisation.acting(delegate.uuid, moment.now)
        ]
        await reinstate_officer(office.registry, registrar, officer.id)
    posting = await posting_of(office, owner)
    await end_posting(office.registry, registrar, owner.id, posting=posting)
    moment = await office.reader.moment(fresh=True)
    assert delegate.uuid is not None
    assert await office.agency(OLD) not in [
        a for _, a in moment.organisation.acting(delegate.uuid, moment.now)
    ]


async def test_a_moved_posting_takes_its_delegation_along(office: Office) -> None:
    owner, delegate = office.officer(OLD), await newcomer(office)
    await delegated(office, owner, delegate)
    filed = await office.filed(OLD, "07207")
    await office.scheduled()
    await office.move_clock(HOUR)
    moment = await office.reader.moment(fresh=True)
    assert delegate.uuid is not None
    through = [
        moment.organisation.agencies[a].identifier for _, a in moment.organisation.acting(delegate.uuid, HOUR)
    ]
    assert NEW_DESKS["07210"] in through
    await office.act(delegate, filed.code, "assign", filed.revision, officer=owner.uuid)


async def test_nothing_delegated_is_passed_on(office: Office) -> None:
    owner, delegate = office.officer(OLD), await newcomer(office)
    third = await newcomer(office, "third")
    await delegated(office, owner, delegate)
    posting, until = await posting_of(office, owner), await now(office) + timedelta(days=1)
    with pytest.raises(Refused, match=r"delegation\.own_posting"):
        await absences.delegate(
            office.registry, Asked(delegate), delegate.id, posting=posting, to=third.id, until=until
        )
    with pytest.raises(NotAllowed):  # nor may the delegate do it in the delegator's name
        await absences.delegate(
            office.registry, Asked(delegate), owner.id, posting=posting, to=third.id, until=until
        )


async def test_what_cannot_be_delegated(office: Office) -> None:
    owner, delegate = office.officer(OLD), await newcomer(office)
    posting, t = await posting_of(office, owner), await now(office)
    day = timedelta(days=1)
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"posting": uuid4()}, "delegation.own_posting"),
        ({"to": owner.id}, "delegation.to_another"),
        ({"until": t - day}, "delegation.period"),
        ({"until": t + 400 * day}, "delegation.period"),
        ({"from_": t - day}, "delegation.period"),
    ]
    for changes, rule in wrong:
        asked: dict[str, Any] = {"posting": posting, "to": delegate.id, "until": t + day} | changes
        with pytest.raises(Refused) as refused:
            await absences.delegate(office.registry, Asked(owner), owner.id, **asked)
        assert refused.value.rule.id == rule
    with pytest.raises(NotFound):
        await absences.delegate(
            office.registry, Asked(owner), owner.id, posting=posting, to=str(uuid4()), until=t + day
        )
    await delegated(office, owner, delegate, until=t + 2 * day)
    with pytest.raises(Refused, match=r"delegation\.one_at_a_time"):
        await delegated(office, owner, await newcomer(office, "third"), until=t + day)


async def test_who_is_absent_is_given_nothing_and_a_delegate_covers(office: Office) -> None:
    owner, delegate = office.officer(OLD), await newcomer(office)
    await absences.set_absence(office.registry, Asked(owner), owner.id, until=await now(office) + LATER)
    await delegated(office, owner, delegate)
    filed = await office.filed(OLD, "07207")
    for name in ("assign", "take"):
        with pytest.raises(Refused, match=r"absence\.not_assigned|dossier\.take"):
            await office.act(delegate, filed.code, name, filed.revision, officer=owner.uuid)
    await office.act(delegate, filed.code, "assign", filed.revision, officer=delegate.uuid)
    with pytest.raises(Refused, match=r"absence\.order"):
        await absences.set_absence(office.registry, Asked(owner), owner.id)
    await absences.end_absence(office.registry, Asked(owner), owner.id)
    with pytest.raises(Refused, match=r"absence\.open"):
        await absences.end_absence(office.registry, Asked(owner), owner.id)
    assert await may_accept(office, owner)


async def test_others_absence_is_a_registrars_to_set(office: Office) -> None:
    owner, other = office.officer(OLD), office.officer(DISTRICT)
    with pytest.raises(NotAllowed):
        await absences.set_absence(office.registry, Asked(other), owner.id)
    number = {"number": "registrar", "name": "R", "postings": [{"agency": DISTRICT, "roles": ["registrar"]}]}
    registrar = await office.appointed(number)
    command = office.command("absent")
    first = await absences.set_absence(office.registry, Asked(registrar, command), owner.id)
    again = await absences.set_absence(office.registry, Asked(registrar, command), owner.id)
    assert (again.position, again.repeated) == (first.position, True)
