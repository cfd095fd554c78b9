"""One dossier of a procedure with terms of its own, and what is done to it at chosen instants. It is accepted
on Monday 2 June 2025 with five working days: due at the end of Monday 9 June."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from application.catalogue_loads import load_procedures
from application.dossiers import Known, load
from application.filing import Submission, submit
from application.reading import state
from application.refusals import Refused
from domain.refusals import Rule
from tests.office.province import FIVE_DAYS, OLD_DESKS, SYSTEM, procedure_entry
from tests.office.world import Office

PROCEDURE = "1.000009"
DESK = OLD_DESKS["07207"]
MONDAY = datetime(2025, 6, 2, 1, tzinfo=UTC)
FRIDAY = datetime(2025, 6, 6, 1, tzinfo=UTC)
"""One working day is left at the end of the day: Monday."""


def end_of(day: int, month: int = 6, year: int = 2025) -> datetime:
    return datetime(year, month, day, 17, tzinfo=UTC)


async def published(office: Office, terms: dict[str, Any] | None, unit: str = "working_day") -> None:
    """The procedure with these terms."""
    entry = procedure_entry("1.000001")
    entry["code"] = PROCEDURE
    (version, *_) = entry["versions"]
    version |= {"terms": terms or {}, "valid_from": date(2025, 1, 1)}
    version["channels"] = (FIVE_DAYS | {"limit_unit": unit},)
    entry["versions"] = [version]
    await load_procedures(office.registry, SYSTEM, [entry])


async def in_processing(
    office: Office, terms: dict[str, Any] | None = None, unit: str = "working_day"
) -> str:
    """A dossier of a procedure with these terms, accepted and assigned on Monday morning."""
    await published(office, terms, unit)
    await office.move_clock(MONDAY)
    filed = await office.filed(DESK, "07207", PROCEDURE)
    await assigned(office, filed.code)
    return filed.code


async def assigned(office: Office, code: str, desk: str = DESK) -> None:
    officer = office.officer(desk)
    await do(office, code, "assign", desk=desk, officer=officer.uuid)


async def received_elsewhere(office: Office, competent: str, linked_group: UUID | None = None) -> str:
    """Filed at the desk of another agency than the one that decides, and accepted there."""
    owner = await office.applicant()
    filing = Submission(
        procedure=PROCEDURE,
        channel="counter",
        owner=owner,
        submitter=owner,
        place="07207",
        receiving_agency=await office.agency(DESK),
        competent_agency=await office.agency(competent),
        linked_group=linked_group,
        accept=True,
    )
    return (await submit(office.dossiers, office.officer(DESK), filing, office.command())).code


async def known(office: Office, code: str) -> Known:
    return await load(office.dossiers, code, await office.reader.moment(fresh=True))


async def do(
    office: Office, code: str, name: str, at: datetime | None = None, desk: str = DESK, **fields: Any
) -> None:
    """One act, at an instant or now, by the officer of a desk who has read the dossier."""
    if at is not None:
        await office.move_clock(at)
    revision = (await known(office, code)).dossier.version
    await office.act(office.officer(desk), code, name, revision, **fields)


async def ask(office: Office, code: str, at: datetime, **fields: Any) -> None:
    said = {"request": "bổ sung giấy tờ", "components": (), **fields}
    await do(office, code, "request-supplement", at, **said)


async def bring(office: Office, code: str, at: datetime) -> None:
    await office.move_clock(at)
    await office.reader.moment(fresh=True)  # a clock that jumps is seen within a second otherwise
    await office.act(office.officer(DESK), code, "submit-supplement", None, components=())


async def due(office: Office, code: str, desk: str = DESK) -> dict[str, Any] | None:
    found: dict[str, Any] | None = (await state(office.dossiers, office.officer(desk), code))["due"]
    return found


async def statutory(office: Office, code: str, desk: str = DESK) -> datetime | None:
    """The statutory date; None where the dossier has none now."""
    found = await due(office, code, desk)
    return None if found is None else found["statutory"]


async def awaits(office: Office, code: str, desk: str = DESK) -> str | None:
    """For what the clock stands."""
    found = await due(office, code, desk)
    return None if found is None else found["awaits"]


async def refused_by(rule: Rule, doing: Any) -> None:
    with pytest.raises(Refused) as refusal:
        await doing
    assert refusal.value.rule is rule
