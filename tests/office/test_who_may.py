"""Whom a draft names must exist, and which applicants are known is asked of the log only once."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from application.handovers import draft
from application.known_citizens import KnownCitizens
from application.refusals import NotFound
from tests.office.world import DISTRICT, Office, document


def _closed_by(part: dict[str, Any], unknown: str) -> None:
    part["agencies"]["ends"][0]["closed_by"] = unknown


def _moved(part: dict[str, Any], unknown: str) -> None:
    part["postings"] = [{"posting": unknown, "to": "000.10.00.H05"}]


@pytest.mark.parametrize(("change", "code"), [(_closed_by, "unknown_officer"), (_moved, "unknown_posting")])
async def test_a_draft_that_names_nobody_is_refused(office: Office, change: Any, code: str) -> None:
    act = document(office.officers)
    change(act["parts"][0], str(uuid4()))
    with pytest.raises(NotFound) as refused:
        await draft(office.handovers, office.officers["first operator"], act)
    assert refused.value.code == code


class Counted:
    """The office's recorder, counting how often first facts are read."""

    def __init__(self, office: Office) -> None:
        self._recorder = office.opened.recorder
        self.reads: list[list[UUID]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._recorder, name)

    async def first_of(self, streams: list[UUID]) -> Any:
        self.reads.append(streams)
        return await self._recorder.first_of(streams)


async def test_a_citizen_is_looked_up_once_and_again_when_forgotten(office: Office) -> None:
    first, second, third = [await office.applicant() for _ in range(3)]
    recorder: Any = Counted(office)
    known = KnownCitizens(remembered=2)
    for asked in ((first, first), (first, second), (third,), (third, second), (first,)):
        await known.check(recorder, asked)
    assert recorder.reads == [[first], [second], [third], [first]]
    agency = await office.agency(DISTRICT)
    for unknown in (uuid4(), agency):
        with pytest.raises(NotFound):
            await known.check(recorder, (third, unknown))
