"""Many commands decided one after another in memory and appended together: for loads, where a round trip for
each would take hours.

Nothing is judged less: policy, procedures, due dates and the aggregate's rules are those of the single
command (`application.dossiers`), on one moment whose conditions every item carries. What is decided stands in
memory only until `flush`; a refusal of an act leaves the dossier as it was.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from application.acted import Acted
from application.beginning import receiving_agency
from application.citizens import Identification, identified
from application.dossiers import perform
from application.filing import Submission, filed_dossier
from application.ids import new_id
from application.known_citizens import KnownCitizens
from application.ledger import Ledger, personal_subjects
from application.moment import Moment, OrganisationReader
from application.policy import Identity, allow
from application.ports import Claim, Item, Receipt
from domain.dossier import Dossier
from domain.dossier_code import issue
from domain.facts import Aggregate
from domain.local_time import local_date

LARGEST_LOAD = 10_000_000
"""Applicants that one load may make."""


class BulkCounters(Protocol):
    """Numbers for codes, many at once."""

    async def take(self, agency: UUID, day: date, count: int) -> int:
        """The first of `count` numbers that nobody else gets."""
        ...


class BulkNumbers(Protocol):
    """Keyed hashes of citizens' numbers, names and phones, many at once."""

    async def add_numbers(self, numbers: Mapping[str, UUID]) -> None: ...

    async def add_terms(self, terms: Sequence[tuple[UUID, str, str]]) -> None: ...


@dataclass(slots=True)
class Carried:
    """A dossier that the load goes on with: its aggregate and the agency that holds it by its last fact."""

    dossier: Dossier
    holder: UUID

    @property
    def code(self) -> str:
        return self.dossier.code or ""

    @property
    def status(self) -> int | None:
        return self.dossier.status


@dataclass(slots=True)
class _Waiting:
    aggregates: dict[UUID, Aggregate] = field(default_factory=dict)
    claims: defaultdict[UUID, list[Claim]] = field(default_factory=lambda: defaultdict(list))
    numbers: dict[str, UUID] = field(default_factory=dict)
    terms: list[tuple[UUID, str, str]] = field(default_factory=list)


class Bulk:
    """One load. Use: `begin`, any number of `identify`, `submit` and `act`, `flush`; again for the next
    moment.

    It is for a ledger before its first scheduled hour, or between hours: a moment never reaches across one.
    """

    def __init__(
        self, ledger: Ledger, reader: OrganisationReader, counters: BulkCounters, numbers: BulkNumbers
    ) -> None:
        self._ledger = ledger
        self._reader = reader
        self._counters = counters
        self._numbers = numbers
        self._moment: Moment | None = None
        self._waiting = _Waiting()
        self._next_number: dict[UUID, int] = {}
        self._citizens = KnownCitizens(remembered=LARGEST_LOAD)

    @property
    def moment(self) -> Moment:
        assert self._moment is not None, "begin first"
        return self._moment

    async def begin(self) -> Moment:
        """Decide from here on as at the ledger's present time."""
        assert not self._waiting.aggregates, "flush first"
        self._moment = await self._reader.moment(fresh=True)
        self._next_number.clear()
        return self._moment

    async def reserve(self, receiving: Mapping[UUID, int]) -> None:
        """Take code numbers for so many dossiers of each agency."""
        day = local_date(self.moment.now)
        for agency, count in receiving.items():
            heir = self.moment.organisation.heir_of(agency, self.moment.now)
            self._next_number[heir] = await self._counters.take(heir, day, count)

    def identify(self, identity: Identity, who: Identification) -> UUID:
        """A new applicant; the caller knows that the number is new."""
        acting = allow(identity, "identify-citizen", self.moment)
        citizen = identified(who, new_id(self.moment.now), acting, self.moment)
        self._waiting.aggregates[citizen.id] = citizen
        self._citizens.add(citizen.id)
        if who.found_by:
            self._waiting.numbers[who.found_by] = citizen.id
        self._waiting.terms += who.terms(citizen.id)
        return citizen.id

    def submit(self, identity: Identity, filed: Submission) -> Carried:
        """A new dossier of applicants of this load, under the next of the numbers that were reserved for its
        agency. It names no mandate: a load reads none."""
        assert filed.mandate is None, "a load names no mandates"
        self._citizens.check_known((filed.owner, filed.submitter))
        receiving = receiving_agency(filed, self.moment)
        number = self._next_number[receiving]
        self._next_number[receiving] = number + 1
        identifier = self.moment.organisation.agencies[receiving].identifier
        code = issue(identifier, local_date(self.moment.now), number)
        dossier = filed_dossier(identity, filed, self.moment, code)
        self._waiting.aggregates[dossier.id] = dossier
        self._waiting.claims[dossier.id].append(self._ledger.claim("dossier_code", code, dossier.id))
        return Carried(dossier, receiving)

    def act(self, identity: Identity, carried: Carried, name: str, fields: Mapping[str, Any]) -> None:
        """One act on a dossier of this load. Raises NotAllowed, Refused."""
        dossier = carried.dossier
        parties = frozenset(p for p in (dossier.owner, dossier.submitter) if p)
        acting = allow(identity, name, self.moment, holder=carried.holder, parties=parties)
        acted = Acted(dossier, self.moment, acting, carried.holder, self.moment.now)
        carried.holder = perform(acted, name, fields)
        self._waiting.aggregates[dossier.id] = dossier

    async def flush(self) -> int:
        """Append what was decided since `begin`, one item for each aggregate; the number of facts recorded.

        Raises the first rejection: the load is then over, since what it holds in memory is not what is
        recorded.
        """
        waiting, self._waiting = self._waiting, _Waiting()
        if not waiting.aggregates:
            return 0
        pending = [fact for a in waiting.aggregates.values() for fact in a.pending_events]
        await self._ledger.keyring.ensure(sorted(personal_subjects(pending)))
        items: list[Item] = []
        for aggregate in waiting.aggregates.values():
            items.append(
                await self._ledger.item(
                    aggregate,
                    claims=waiting.claims.get(aggregate.id, ()),
                    recorded_before=self.moment.next_hour,
                    nothing_newer=self.moment.nothing_newer(),
                )
            )
        await self._numbers.add_numbers(waiting.numbers)
        await self._numbers.add_terms(waiting.terms)
        _all_recorded(await self._ledger.recorder.append_many(items))
        return len(pending)


def _all_recorded(outcomes: Sequence[Receipt | Exception]) -> None:
    for outcome in outcomes:
        if not isinstance(outcome, Receipt):
            raise outcome
