"""False statements about feedback and complaints, recorded by somebody who goes around the application: the
audit names each."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from domain.facts import Actor, Envelope, Fact, Personal
from domain.voice import Voice
from domain.voice_facts import VoiceAnswered, VoicePassedOn, VoiceReceived
from tests.office.test_audit_finds import only
from tests.office.test_voice import DESK, JUNE, OTHER, complained, limited, voices
from tests.office.world import Office

Stated = tuple[type[Fact], dict[str, Any]]


async def received(office: Office, **changes: Any) -> Stated:
    """A receipt as the application records it, with changes."""
    true = (await voices(office).ledger.load(Voice, await complained(office))).received
    assert true is not None
    names = ("kind", "agency", "dossier", "procedure_code", "by", "way", "limit_amount", "limit_unit")
    further = ("counted_from", "due", "calendar_position")
    fields = {name: getattr(true, name) for name in (*names, *further)}
    return VoiceReceived, fields | {"text": Personal(uuid4(), "x")} | changes


async def record(office: Office, *facts: Stated) -> None:
    voice = Voice.empty(uuid4())
    now = (await office.reader.moment(fresh=True)).now
    for fact, fields in facts:
        voice.record(fact, Envelope(Actor("system", "intruder"), now), **fields)
    await office.opened.ledger.append(voice)


async def furnished(office: Office) -> None:
    await limited(office)
    await office.move_clock(JUNE)


async def test_a_due_date_that_was_moved(damaged_office: Office) -> None:
    await furnished(damaged_office)
    kind, fields = await received(damaged_office)
    await record(damaged_office, (kind, fields | {"due": fields["due"] + timedelta(days=7)}))
    (says,) = only(await damaged_office.audited(), "due")
    assert "the calendar known then gives 2025-06-20" in says


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"limit_amount": 20}, "a limit of 20 working_day"),
        ({"limit_amount": None, "limit_unit": None, "due": None}, "a limit of None"),
        ({"calendar_position": 1}, "no limit was set then"),
        ({"kind": "feedback"}, "no limit was set then"),
    ],
)
async def test_a_limit_that_did_not_hold_then(
    damaged_office: Office, changes: dict[str, Any], named: str
) -> None:
    await furnished(damaged_office)
    await record(damaged_office, await received(damaged_office, **changes))
    (says,) = only(await damaged_office.audited(), "due")
    assert named in says


async def test_an_answer_of_another_agency_than_had_to(damaged_office: Office) -> None:
    await furnished(damaged_office)
    own, other = await damaged_office.agency(DESK), await damaged_office.agency(OTHER)
    said = {"outcome": "upheld", "text": Personal(uuid4(), "x")}
    passed = {"from_agency": other, "to_agency": own, "reason": Personal(uuid4(), "x")}
    await record(
        damaged_office,
        await received(damaged_office),
        (VoicePassedOn, passed),
        (VoiceAnswered, {"agency": other, **said}),
        (VoiceAnswered, {"agency": own, **said}),
    )
    passed_by, answered_by, after = only(await damaged_office.audited(), "register")
    assert f"is of the agency {other}, and {own} had to answer" in passed_by
    assert f"is of the agency {other}, and {own} had to answer" in answered_by
    assert "goes on with what was answered or withdrawn" in after


@pytest.mark.parametrize("name", ["agency", "dossier"])
async def test_what_is_named_and_not_there(damaged_office: Office, name: str) -> None:
    await furnished(damaged_office)
    nobody = uuid4()
    await record(damaged_office, await received(damaged_office, **{name: nobody}))
    (says,) = only(await damaged_office.audited(), "register")
    assert f"names the {name} {nobody}" in says


async def test_what_begins_with_an_answer(damaged_office: Office) -> None:
    await furnished(damaged_office)
    own = await damaged_office.agency(DESK)
    said = {"agency": own, "outcome": "upheld", "text": Personal(uuid4(), "x")}
    await record(damaged_office, (VoiceAnswered, said))
    (says,) = only(await damaged_office.audited(), "register")
    assert "begins no feedback or complaint" in says
