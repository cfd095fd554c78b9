"""False statements about linked groups, recorded by somebody who goes around the application: the audit names
each."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from domain.facts import Actor, Envelope
from domain.linked_facts import DeclaredStep, LinkedCorrected, LinkedDeclared, LinkedStepBegun
from domain.linked_group import LinkedGroup
from tests.office.one_dossier import DESK, in_processing, known
from tests.office.test_audit_finds import only
from tests.office.world import Office


async def recorded(office: Office, dossier: UUID, **changes: Any) -> None:
    """A group without rules whose only step is this dossier."""
    now = (await office.reader.moment(fresh=True)).now
    by = Envelope(Actor("system", "intruder"), now)
    group, owner = LinkedGroup.empty(uuid4()), uuid4()
    step = DeclaredStep("birth", await office.agency(DESK), owner, "1.000009", None)
    said: dict[str, Any] = {"kind": "birth", "declarant": owner, "subjects": (owner,), "channel": "online"}
    dated: dict[str, Any] = {"rules_from": None, "counted_from": now, "due": None, "calendar_position": 1}
    group.record(LinkedDeclared, by, **(said | dated | {"place_code": None, "steps": (step,)} | changes))
    group.record(LinkedStepBegun, by, step="birth", dossier=dossier, sent_at=now)
    await office.opened.ledger.append(group)


async def test_a_step_whose_dossier_is_of_no_group(damaged_office: Office) -> None:
    code = await in_processing(damaged_office)
    await recorded(damaged_office, (await known(damaged_office, code)).dossier.id)
    (says,) = only(await damaged_office.audited(), "register")
    assert "which is none of this group" in says


async def test_a_step_whose_dossier_is_not_there(damaged_office: Office) -> None:
    await recorded(damaged_office, uuid4())
    says = only(await damaged_office.audited(), "register")
    assert any("which is none of this group" in one for one in says)


async def test_a_due_date_that_no_rules_give(damaged_office: Office) -> None:
    code = await in_processing(damaged_office)
    now = (await damaged_office.reader.moment(fresh=True)).now
    dossier = (await known(damaged_office, code)).dossier.id
    await recorded(damaged_office, dossier, due=now + timedelta(days=3))
    findings = (await damaged_office.audited()).findings
    assert sorted(finding["kind"] for finding in findings) == ["due", "register"]
    await recorded(damaged_office, dossier, rules_from=1)
    findings = (await damaged_office.audited()).findings
    assert any("states the rules 1" in finding["says"] for finding in findings)


async def test_a_group_that_was_not_declared(damaged_office: Office) -> None:
    now = (await damaged_office.reader.moment(fresh=True)).now
    group = LinkedGroup.empty(uuid4())
    group.record(LinkedCorrected, Envelope(Actor("system", "intruder"), now), step="birth", issued=1)
    await damaged_office.opened.ledger.append(group)
    (says,) = only(await damaged_office.audited(), "register")
    assert "declares no linked group" in says
