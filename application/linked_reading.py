"""What is read of a linked group: of each step what it waits for, by when it had to be passed on and taken
up, what is late and whose that is, and whether that agency apologised. All of it comes from the log as known
when it is read, with the outages announced since left out; nothing of it is stored.

The instants are those of recording: what a system did is what the other could see. Where no rules were known
when it was declared, or nobody said when offices are open, a time is null and nothing is late by it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from application.dossiers import Dossiers, Known, load_by_id
from application.linked_recording import known_group
from application.linked_view import View
from application.moment import Moment
from application.persons import speakers_for_any
from application.policy import Identity, allow
from application.refusals import NotFound
from domain.dossier_timeline import timeline
from domain.holding import holder
from domain.linked_group import LinkedGroup
from domain.local_time import local_date

Json = dict[str, Any]


class GroupIndex(Protocol):
    """Which groups there are, as a view shows it."""

    async def shown(self, position: int) -> None: ...

    async def page(self, after: int, limit: int, *, going_on: bool) -> list[tuple[int, UUID]]:
        """Position of the declaration and id, by position, of at most `limit` groups declared after one; with
        `going_on` only those that are not over."""
        ...


@dataclass(frozen=True, slots=True)
class Page:
    """Groups of one page; `next`: the position after which the next one begins, None at the end. With `late`
    only, a page may be shorter, or empty, and have a next one."""

    items: list[Json]
    next: int | None


async def one(
    office: Dossiers, identity: Identity, group_id: UUID, known_at: int | datetime | None = None
) -> Json:
    """As recorded now, or as known then and with what was late by then (at a position: when it was recorded);
    for its parties and whoever may read dossiers. Raises NotFound, NotAllowed, BadRequest."""
    moment = await office.reader.moment(fresh=True)
    group = await known_group(office, group_id)
    assert group.declared is not None
    named = {group.declared.declarant, *group.declared.subjects}
    parties = await speakers_for_any(office.ledger, identity, named, local_date(moment.now))
    allow(identity, "read-dossier", moment, parties=parties)
    if known_at is None:
        return await view(office, group_id, moment)
    return await view_then(office, group_id, known_at, await office.reader.position_known(known_at, moment))


async def view_then(office: Dossiers, group_id: UUID, known_at: int | datetime, position: int) -> Json:
    """The group as known at a position, which is what `known_at` means, with what was late by then. NotFound
    where it was not declared yet."""
    declared = [r for r in await office.ledger.facts_of([group_id]) if r.position <= position]
    if not declared:
        raise NotFound(
            "not_known_yet", f"nothing about the group {group_id} was recorded up to position {position}"
        )
    (last,) = await office.ledger.recorder.events_after(position - 1, 1)
    at = known_at if isinstance(known_at, datetime) else last.recorded_at
    while True:
        then = replace(await office.reader.as_known(position), now=at)
        found = await view(office, group_id, then, position)
        if (await office.reader.as_known(position)).organisation is then.organisation:
            return found  # else it was the present one, and has gone on meanwhile


async def listed(
    office: Dossiers,
    index: GroupIndex,
    identity: Identity,
    *,
    late_only: bool = False,
    going_on: bool = False,
    after: int,
    limit: int,
) -> Page:
    """A page by the position of their declarations; with `going_on` of those that are not over, with
    `late_only` those of such a page in which something is late now and not done yet. Raises NotAllowed."""
    moment = await office.reader.moment(fresh=True)
    allow(identity, "read-views", moment)
    await index.shown(moment.read_up_to)
    found = await index.page(after, limit, going_on=going_on or late_only)
    items = [await view(office, id, moment) for _, id in found]
    kept = [item for item in items if not late_only or any(line["done_at"] is None for line in item["late"])]
    return Page(kept, found[-1][0] if len(found) == limit else None)


async def view(office: Dossiers, group_id: UUID, moment: Moment, up_to: int | None = None) -> Json:
    """The group as recorded up to a position (None: now), with its dossiers as recorded up to it too."""
    recorded = [r for r in await office.ledger.facts_of([group_id]) if up_to is None or r.position <= up_to]
    group = LinkedGroup.empty(group_id)
    for one_ in recorded:
        group.replay(one_.fact)
    known = {}
    for step, begun in group.begun.items():
        found = _as_known(await load_by_id(office, begun.dossier, moment), moment, up_to)
        if found is not None:
            known[step] = found
    return View(group, recorded, known, moment).shown()


def _as_known(known: Known, moment: Moment, up_to: int | None) -> Known | None:
    """The dossier as recorded up to a position; None where nothing of it was yet."""
    facts = [r for r in known.facts if up_to is None or r.position <= up_to]
    if not facts or len(facts) == len(known.facts):
        return known if facts else None
    then = timeline(facts)
    held = holder(then, moment.organisation.steps, max(moment.now, facts[-1].recorded_at))
    return Known(then.dossier, then, held or known.held, known.streams, facts)
