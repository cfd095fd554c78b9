"""Which applicants are known to exist, so that no fact names an owner whom nobody has identified.

A first fact never goes away, so what was once seen need not be read again: a bounded number of ids is
remembered, the least used forgotten first.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from uuid import UUID

from application.ports import Recorder
from application.refusals import NotFound
from domain.facts import Category

REMEMBERED = 100_000


class KnownCitizens:
    """Of one ledger. `remembered`: how many ids at most."""

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._remembered = remembered
        self._known: OrderedDict[UUID, None] = OrderedDict()

    def add(self, citizen: UUID) -> None:
        """This one exists, or will once what is decided with it is recorded."""
        self._known[citizen] = None
        self._known.move_to_end(citizen)
        while len(self._known) > self._remembered:
            self._known.popitem(last=False)

    async def check(self, recorder: Recorder, citizens: Iterable[UUID]) -> None:
        """NotFound names the first that is no citizen. One read, and only for those not seen before."""
        asked = list(dict.fromkeys(citizens))
        unseen = [citizen for citizen in asked if citizen not in self._known]
        if unseen:
            for first in await recorder.first_of(unseen):
                if first.category == Category.CITIZEN:
                    self.add(first.stream_id)
        self.check_known(asked)

    def check_known(self, citizens: Iterable[UUID]) -> None:
        """The same by what is remembered alone: for a load, whose applicants are not recorded yet."""
        for citizen in citizens:
            if citizen not in self._known:
                raise NotFound(
                    "unknown_citizen", f"there is no citizen {citizen}: identify them at POST /v1/citizens"
                )
