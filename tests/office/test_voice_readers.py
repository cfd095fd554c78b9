"""Who speaks, and who reads it: anonymous feedback, texts for who answers and who said it, pages."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from application.policy import Identity
from application.refusals import NotAllowed, NotFound
from application.voice_reading import listed
from application.voices import Said, answer, receive, withdraw
from domain import record_rules, voice_rules
from tests.office.test_voice import (
    DESK,
    OTHER,
    PORTAL,
    complained,
    limited,
    refused,
    seen,
    shown,
    voices,
)
from tests.office.world import Office


async def test_anonymous_feedback_is_answered_and_withdrawn_by_nobody(office: Office) -> None:
    await limited(office, 5, kind="feedback")
    desk = await office.agency(DESK)
    said = Said("feedback", desk, "phone", "cán bộ rất nhiệt tình")
    voice = (await receive(voices(office), PORTAL, said)).voice
    found = await seen(office, voice)
    assert (found["anonymous"], found["text"]) == (True, "cán bộ rất nhiệt tình")
    taking_back = withdraw(voices(office), office.officer(DESK), voice, "không cần nữa")
    await refused(voice_rules.VOICE_BY_SOMEBODY, taking_back)
    await answer(voices(office), office.officer(DESK), voice, "explained", "xin cảm ơn")
    citizen = Identity("applicant", str(await office.applicant()))
    with pytest.raises(NotAllowed):  # who is signed in is not anonymous
        await receive(voices(office), citizen, said)


async def test_whoever_complains_takes_it_back(office: Office) -> None:
    citizen = await office.applicant()
    voice = await complained(office, by=citizen)
    with pytest.raises(NotAllowed):
        await withdraw(voices(office), Identity("applicant", str(await office.applicant())), voice)
    await withdraw(voices(office), Identity("applicant", str(citizen)), voice, "đã được giải quyết")
    found = await seen(office, voice)
    assert (found["open"], found["outcome"], found["reason"]) == (False, "withdrawn", "đã được giải quyết")
    assert await listed(await shown(office), office.officers["first operator"], open_only=True) == []


async def test_the_desk_complained_of_takes_it_back_for_whoever_said_it_with_a_reason_alone(
    office: Office,
) -> None:
    citizen, desk = await office.applicant(), office.officer(DESK)
    voice = await complained(office, by=citizen)
    for silent in (None, "", "  "):
        taking_back = withdraw(voices(office), desk, voice, silent)
        await refused(voice_rules.VOICE_TAKEN_BACK_FOR, taking_back)
    await withdraw(voices(office), desk, voice, "người dân đến quầy xin rút")
    found = await seen(office, voice, Identity("applicant", str(citizen)))
    assert (found["outcome"], found["reason"]) == ("withdrawn", "người dân đến quầy xin rút")


async def test_texts_are_for_who_answers_and_for_who_said_it(office: Office) -> None:
    citizen = await office.applicant()
    voice = await complained(office, by=citizen)
    operator, desk = office.officers["first operator"], await office.agency(DESK)
    for reader in (office.officer(DESK), Identity("applicant", str(citizen))):
        assert (await seen(office, voice, reader))["text"] == "phải chờ quá lâu"
    for reader in (operator, PORTAL):
        found = await seen(office, voice, reader)
        assert (found["text"], found["texts"], found["kind"]) == (None, False, "complaint")
    (row,) = await listed(await shown(office), operator)
    assert (row["text"], row["texts"]) == (None, False)
    (row,) = await listed(await shown(office), office.officer(DESK), agency=desk, open_only=True)
    assert (row["text"], row["texts"]) == ("phải chờ quá lâu", True)
    for asking in (
        seen(office, voice, office.officer(OTHER)),
        seen(office, voice, Identity("applicant", str(await office.applicant()))),
        listed(await shown(office), office.officer(OTHER), agency=desk),
        listed(await shown(office), office.officer(DESK)),
    ):
        with pytest.raises(NotAllowed):
            await asking


async def test_what_is_named_is_there(office: Office) -> None:
    citizen = await office.applicant()
    desk = await office.agency(DESK)
    missing: list[dict[str, Any]] = [{"dossier": citizen}, {"by": desk}, {"procedure_code": "9.999999"}]
    for changes in missing:
        with pytest.raises(NotFound):
            await complained(office, **{"by": citizen, **changes})
    with pytest.raises(NotFound):
        await receive(voices(office), PORTAL, Said("complaint", uuid4(), "post", "x"))
    unheard_of: list[dict[str, Any]] = [{"kind": "rumour"}, {"way": "dream"}]
    for changes in unheard_of:
        await refused(record_rules.ONE_OF, complained(office, **changes))
    for nowhere in (uuid4(), citizen):
        with pytest.raises(NotFound):
            await answer(voices(office), office.officer(DESK), nowhere, "upheld", "x")
    filed = await office.filed(DESK, "07207")
    dossier = await office.opened.ledger.find("dossier_code", filed.code)
    voice = await complained(office, dossier=dossier, procedure_code="1.000001")
    assert (await seen(office, voice))["dossier"] == dossier


async def test_what_is_sent_twice_is_received_once(office: Office) -> None:
    said = Said("feedback", await office.agency(DESK), "online", "một lần")
    key = office.command("said")
    first = await receive(voices(office), PORTAL, said, key)
    again = await receive(voices(office), PORTAL, said, key)
    assert (first.voice, first.position, again.repeated) == (again.voice, again.position, True)
    assert len(await listed(await shown(office), office.officers["first operator"])) == 1


async def test_a_page_goes_on_where_the_one_before_ended(office: Office) -> None:
    received = [await complained(office) for _ in range(3)]
    operator, desk = office.officers["first operator"], await office.agency(DESK)
    for reader, of in ((operator, None), (office.officer(DESK), desk)):
        found, after = [], None
        while page := await listed(await shown(office), reader, agency=of, after=after, limit=2):
            found += [row["voice"] for row in page]
            after = page[-1]["received_at"], page[-1]["voice"]
        assert found == received
