"""The obstacle register: reported by who cannot go on, assigned and escalated by the coordination,
resolved."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from application.obstacles import Report, assign, escalate, listed, report, resolve
from application.refusals import NotAllowed, NotFound, Refused
from domain import record_rules, register_rules
from tests.office.test_coordination import CLERK, DESK, OTHER, OTHER_DESK, shown
from tests.office.test_receiving import moved, part_of
from tests.office.world import Office


async def reported(office: Office, text: str = "thiếu hộp hồ sơ số 3", dossier: UUID | None = None) -> UUID:
    told = Report(part_of(office), await office.agency(DESK), "papers", text, dossier)
    done = await report(await shown(office), office.officer(CLERK), told)
    return UUID(done.counts["obstacle"])


async def test_an_obstacle_from_its_report_to_its_resolution(office: Office) -> None:
    (dossier,) = await moved(office)
    operator, part = office.officers["first operator"], part_of(office)
    obstacle = await reported(office, dossier=dossier)
    (row,) = await listed(await shown(office), operator, [part])
    assert (row["obstacle"], row["kind"], row["dossier"]) == (obstacle, "papers", dossier)
    assert (row["description"], row["resolved_at"]) == ("thiếu hộp hồ sơ số 3", None)
    person, superior = office.officer(OTHER).uuid, office.officers["second operator"].uuid
    assert person is not None
    assert superior is not None
    await assign(await shown(office), operator, obstacle, person)
    await escalate(await shown(office), operator, obstacle, superior, "quá ba ngày")
    await resolve(await shown(office), office.officer(OTHER), obstacle, "đã tìm thấy")
    assert await listed(await shown(office), operator, [part]) == []
    (row,) = await listed(await shown(office), operator, [part], resolved_too=True)
    assert (row["assigned_to"], row["escalated_to"]) == (person, superior)
    assert (row["reason"], row["resolution"]) == ("quá ba ngày", "đã tìm thấy")
    with pytest.raises(Refused) as again:
        await resolve(await shown(office), operator, obstacle, "lần nữa")
    assert again.value.rule is register_rules.OBSTACLE_RESOLVED


async def test_who_may_report_assign_and_read(office: Office) -> None:
    await moved(office)
    part, stranger = part_of(office), office.officer(OTHER)
    obstacle = await reported(office)
    told = Report(part, await office.agency(DESK), "other", "việc của xã khác")
    with pytest.raises(NotAllowed):
        await report(await shown(office), stranger, told)
    with pytest.raises(NotAllowed):
        await assign(await shown(office), office.officer(CLERK), obstacle, uuid4())
    with pytest.raises(NotAllowed):
        await resolve(await shown(office), stranger, obstacle, "không phải việc của tôi")
    with pytest.raises(NotAllowed):
        await listed(await shown(office), office.officer(CLERK), [part])
    desk, other = await office.agency(DESK), await office.agency(OTHER_DESK)
    assert len(await listed(await shown(office), office.officer(CLERK), [part], agency=desk)) == 1
    with pytest.raises(NotAllowed):
        await listed(await shown(office), office.officer(CLERK), [part], agency=other)


async def test_what_is_not_there_has_no_obstacle(office: Office) -> None:
    await moved(office)
    operator, part, desk = office.officers["first operator"], part_of(office), await office.agency(DESK)
    for told in (
        Report(part, uuid4(), "other", "x"),
        Report(uuid4(), desk, "other", "x"),
        Report(part, desk, "other", "x", uuid4()),
        Report(part, desk, "other", "x", desk),
    ):
        with pytest.raises(NotFound):
            await report(await shown(office), operator, told)
    with pytest.raises(Refused) as kind:
        await report(await shown(office), operator, Report(part, desk, "ghosts", "x"))
    assert kind.value.rule is record_rules.ONE_OF
    with pytest.raises(NotFound):
        await assign(await shown(office), operator, uuid4(), operator.uuid or uuid4())
    with pytest.raises(NotFound):
        await assign(await shown(office), operator, await reported(office), uuid4())


async def test_a_report_sent_twice_is_one_obstacle(office: Office) -> None:
    await moved(office)
    told = Report(part_of(office), await office.agency(DESK), "data", "sai dữ liệu")
    key = office.command("report")
    first = await report(await shown(office), office.officer(CLERK), told, key)
    again = await report(await shown(office), office.officer(CLERK), told, key)
    assert (first.position, first.counts) == (again.position, again.counts)
    assert len(await listed(await shown(office), office.officers["first operator"], [told.part])) == 1
