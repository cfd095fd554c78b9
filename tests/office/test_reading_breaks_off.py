"""The database goes away while a process reads the organisation: the next reading goes on where it broke
off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from application import moment
from application.moment import OrganisationReader
from application.ports import StoredFact, Unavailable
from tests.office.world import Office


class BreaksOff:
    """The office's recorder, whose third page of deciding facts cannot be read, once."""

    def __init__(self, office: Office) -> None:
        self._recorder = office.opened.recorder
        self.pages = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._recorder, name)

    async def events_after(self, *asked: Any) -> Sequence[StoredFact]:
        self.pages += 1
        if self.pages == 3:
            raise Unavailable("the connection broke")
        return await self._recorder.events_after(*asked)


async def test_a_reading_that_broke_off_goes_on_and_folds_no_fact_twice(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moment, "PAGE", 4)
    broken: Any = BreaksOff(office)
    reader = OrganisationReader(broken, office.opened.codec)
    with pytest.raises(Unavailable):
        await reader.moment(fresh=True)
    read, whole = await reader.moment(fresh=True), await office.reader.moment(fresh=True)
    assert broken.pages > 3
    assert read.read_up_to == whole.read_up_to
    assert read.organisation.agencies.keys() == whole.organisation.agencies.keys()
    assert read.organisation.officers.keys() == whole.organisation.officers.keys()
