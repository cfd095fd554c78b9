"""Two records that stand for one person, and a merge that was a mistake. Both ends of the link are recorded
in one append, and nothing that was recorded before changes. Each raises NotAllowed, NotFound and Refused.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from application.changing import Asked, Changed
from application.citizens import Citizens, envelope_of
from application.moment import Moment, decide
from application.persons import Person, person
from application.policy import allow
from application.refusals import NotFound
from domain.citizen import Citizen
from domain.facts import Personal


async def merge(
    office: Citizens, asked: Asked, duplicate: UUID, *, into: UUID, ground: str, note: str | None = None
) -> Changed:
    """`duplicate` stands for the same person as `into` from now on."""

    async def decision(moment: Moment) -> Changed:
        acting = allow(asked.identity, "merge-citizens", moment)
        one, other = await _known(office, duplicate), await _known(office, into)
        merged, survivor = one.records[duplicate], other.records[into]
        merged.merge_into(
            envelope_of(acting, moment),
            survivor,
            ground=ground,
            note=Personal(duplicate, note) if note else None,
            same_number=await _same_number(office, one, other),
            duplicates=one.ids,
            survivors=other.ids,
        )
        return await _append(office, asked, moment, merged, survivor, (*one.ids, *other.ids))

    return await _once(office, asked, decision)


async def separate(office: Citizens, asked: Asked, duplicate: UUID, *, note: str | None = None) -> Changed:
    """The merge of `duplicate` was a mistake: it is a person of its own again."""

    async def decision(moment: Moment) -> Changed:
        acting = allow(asked.identity, "merge-citizens", moment)
        one = await _known(office, duplicate)
        merged = one.records[duplicate]
        survivor = one.records[merged.merged_into or duplicate]
        said = Personal(duplicate, note) if note else None
        merged.separate(envelope_of(acting, moment), survivor, note=said)
        return await _append(office, asked, moment, merged, survivor, one.ids)

    return await _once(office, asked, decision)


async def _once(office: Citizens, asked: Asked, decision: Callable[[Moment], Awaitable[Changed]]) -> Changed:
    if repeated := await office.ledger.repeated(asked.command):
        id_, revision = repeated.versions[0]
        return Changed(id_, revision, repeated.last, True)
    return await decide(office.reader, decision, versions_too=True)


async def _append(
    office: Citizens,
    asked: Asked,
    moment: Moment,
    merged: Citizen,
    survivor: Citizen,
    read: tuple[UUID, ...],
) -> Changed:
    """The link is decided on every record that was read: another that is made meanwhile, anywhere along the
    chain, is a miss and this one is decided again."""
    receipt = await office.ledger.append(
        merged,
        survivor,
        command=asked.command,
        recorded_before=moment.next_hour,
        nothing_newer=moment.nothing_newer(read),
    )
    id_, revision = receipt.versions[0]
    return Changed(id_, revision, receipt.last, receipt.repeated)


async def _known(office: Citizens, citizen: UUID) -> Person:
    found = await person(office.ledger, citizen)
    if not found.records[citizen].version:
        raise NotFound("unknown_citizen", f"there is no citizen {citizen}")
    return found


async def _same_number(office: Citizens, one: Person, other: Person) -> bool | None:
    """None where one has none of a kind that the other has, or it was erased. Under every record: else a
    record without a number between them would let two numbers pass as none."""
    await office.ledger.keyring.load([*one.ids, *other.ids])
    first, second = _numbers(office, one), _numbers(office, other)
    if not {kind for kind, _ in first} & {kind for kind, _ in second}:
        return None
    return bool(first & second)


def _numbers(office: Citizens, known: Person) -> set[tuple[str | None, str]]:
    opened = office.ledger.keyring.open
    numbers = [(record.number_kind, record.number) for record in known.records.values()]
    return {(kind, text) for kind, number in numbers if number and (text := opened(number))}
