"""One change by one command on one aggregate: found, allowed, judged, and recorded once per command.

What the changes are stands in `organisation_acts` and `citizen_changes`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar
from uuid import UUID

from application.ledger import Command, Ledger
from application.moment import Moment, OrganisationReader, decide
from application.policy import Identity, allow
from domain.facts import Aggregate, Envelope

TAggregate = TypeVar("TAggregate", bound=Aggregate)
Find = Callable[[Moment], Awaitable[UUID]]


class Office(Protocol):
    """What the functions below work with (`registry.Registry`, `handovers.Handovers` and others have it)."""

    @property
    def ledger(self) -> Ledger: ...

    @property
    def reader(self) -> OrganisationReader: ...


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks, and by which command (None: one that is not repeated)."""

    identity: Identity
    command: Command | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """The id of what was changed, its revision, and the position of the fact."""

    id: UUID
    revision: int
    position: int
    repeated: bool = False


async def change(
    office: Office,
    asked: Asked,
    grant: str,
    cls: type[TAggregate],
    find: Find,
    do: Callable[[TAggregate, Envelope, Moment], None],
    about: frozenset[UUID] = frozenset(),
    claims: Sequence[tuple[str, str]] = (),
) -> Changed:
    """Find, allow, judge, record. `about`: the citizen who may do it about themself; `claims`: kind and value
    of what must exist once."""
    if repeated := await office.ledger.repeated(asked.command):
        id_, revision = repeated.versions[0]
        return Changed(id_, revision, repeated.last, True)

    async def decision(moment: Moment) -> Changed:
        acting = allow(asked.identity, grant, moment, parties=about)
        aggregate = await office.ledger.load(cls, await find(moment))
        envelope = Envelope(
            actor=acting.actor,
            occurred_at=moment.now,
            posting_id=acting.posting_id,
            acting_agency=acting.agency,
        )
        do(aggregate, envelope, moment)
        receipt = await office.ledger.append(
            aggregate,
            command=asked.command,
            claims=[office.ledger.claim(kind, value, aggregate.id) for kind, value in claims],
            recorded_before=moment.next_hour,
            nothing_newer=moment.nothing_newer(),
        )
        id_, revision = receipt.versions[0]
        return Changed(id_, revision, receipt.last, receipt.repeated)

    changed = await decide(office.reader, decision, versions_too=True)
    await office.reader.moment(fresh=True)  # whoever changed it sees it changed
    return changed
