"""Why a published limit is not trusted, and what a person decided of it.

The machine-readable limit of the national list is not trustworthy on its own (reference sections 3.2 and
3.8). What is in doubt starts no clock: the acceptance waits until somebody has decided it, and what was
decided later changes nothing of what was accepted before.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from uuid import UUID

from domain import doubt_rules
from domain.facts import Recorded
from domain.procedure_facts import ProcedureDoubtDecided
from domain.procedure_version import ProcedureVersion
from domain.refusals import Refused

CASE_NOT_NAMED: Final = "case_not_named"
"""Not of a line: a dossier names no case, and the cases of its channel have different limits."""

CHANNEL_NOT_LISTED: Final = "channel_not_listed"
"""Not of a line either: a list has lines of the procedure, and none for the dossier's channel."""

Amount = tuple[int, str]


class Stated(NamedTuple):
    """What a version says for a channel and a case: `channel` and `case` are the line's; `limit` None: it
    states none."""

    channel: str
    case: str | None
    limit: Amount | None
    doubts: tuple[str, ...]


def stated(version: ProcedureVersion, channel: str | None, case: str | None) -> Stated:
    """The limit for a channel and case as published, and why it is in doubt. Where a list has cases alone
    and the dossier names none, it is the one that all of them have."""
    way = version.listed_channel(channel) or ""
    line = version.entry(channel, case)
    if line is not None:
        return Stated(way, line.get("case"), limit_in(line), tuple(line.get("doubts") or ()))
    lines = version.lines(channel)
    if not version.of_a_list or not version.channels:
        return Stated(way, None, None, ())
    if not lines:
        return Stated(channel or "", None, None, (CHANNEL_NOT_LISTED,))
    doubts = tuple(dict.fromkeys(reason for line in lines for reason in line.get("doubts") or ()))
    limits = {limit_in(line) for line in lines}
    if doubts or len(limits) > 1:
        return Stated(way, None, None, doubts or (CASE_NOT_NAMED,))
    return Stated(way, None, limits.pop(), ())


def limit_in(line: Mapping[str, Any]) -> Amount | None:
    """A line's limit, as (amount, unit of `domain.deadlines`)."""
    if line.get("limit_amount") is None:
        return None
    return line["limit_amount"], line["limit_unit"]


def limit_decided(
    code: str, version: ProcedureVersion, said: Stated, decided: ProcedureDoubtDecided | None
) -> Amount | None:
    """The limit that a clock starts by. Raises Refused (accept.limit_decided) while it is in doubt."""
    if not said.doubts:
        return said.limit
    if decided is None:
        raise Refused(
            doubt_rules.LIMIT_DECIDED,
            procedure=code,
            version=version.number,
            channel=said.channel,
            case=said.case,
            doubts=said.doubts,
        )
    if decided.limit_amount is None or decided.limit_unit is None:
        return None
    return decided.limit_amount, decided.limit_unit


class DecidedLimits:
    """What was decided as recorded up to any position: the newest decision on a line counts."""

    def __init__(self) -> None:
        self._since: defaultdict[
            tuple[UUID, int, str, str | None], list[tuple[int, ProcedureDoubtDecided]]
        ] = defaultdict(list)

    def apply(self, recorded: Recorded[ProcedureDoubtDecided]) -> None:
        """Follow one fact, in order of position."""
        fact = recorded.fact
        key = (fact.originator_id, fact.version, fact.channel, fact.case)
        self._since[key].append((recorded.position, fact))

    def of(
        self, procedure: UUID, version: int, channel: str, case: str | None, position: int | None = None
    ) -> ProcedureDoubtDecided | None:
        """As known now, or as recorded up to a position."""
        known = self._since.get((procedure, version, channel, case), ())
        read = len(known) if position is None else bisect_right(known, position, key=lambda one: one[0])
        return known[read - 1][1] if read else None
