"""What a later export of an earlier system says otherwise of a dossier than an earlier one did.

Steps are compared by activity and time as written, each activity by itself, since exports keep no identity of
a step. Whoever changed the past of a register shows in it; whoever only went on does not.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

_NEVER = datetime.min.replace(tzinfo=UTC)


class SaidStep(NamedTuple):
    """A step as an export says it. `at` is `as_written` as a time (aware); both None where it gives none."""

    activity: str
    as_written: str | None
    at: datetime | None


class MovedStep(NamedTuple):
    """A step that the later export gives another time: where it stands in each."""

    earlier: int
    later: int


@dataclass(frozen=True, slots=True)
class Difference:
    """Of one dossier. `identical`: how many steps both exports say; `gone`: only the earlier; `back_dated`:
    only the later, at a time that the earlier one had passed already; `added`: only the later, after that or
    at no time. Steps are named by their place in their export, from 0, in the order of activity and time."""

    identical: int
    moved: tuple[MovedStep, ...]
    gone: tuple[int, ...]
    back_dated: tuple[int, ...]
    added: tuple[int, ...]

    @property
    def past_rewritten(self) -> bool:
        """Whether the later export contradicts the earlier one."""
        return bool(self.moved or self.gone or self.back_dated)


def difference(earlier: Sequence[SaidStep], later: Sequence[SaidStep]) -> Difference:
    """Compare what two exports say of one dossier.

    Times of an activity that stand on both sides, as often as they do, are identical. Of what is left of the
    activity, in order of time, a step of each side makes one that moved; the rest of the earlier side is
    gone, and that of the later side back-dated where it is not after the last time of the whole dossier in
    the earlier export, else added.
    """
    left, right, identical = _unmatched(earlier, later)
    last = max((step.at for step in earlier if step.at is not None), default=_NEVER)
    moved: list[MovedStep] = []
    gone: list[int] = []
    back_dated: list[int] = []
    added: list[int] = []
    for activity in sorted(left.keys() | right.keys()):
        ours, theirs = left.get(activity, []), right.get(activity, [])
        pairs = min(len(ours), len(theirs))
        moved += map(MovedStep, ours[:pairs], theirs[:pairs])
        gone += ours[pairs:]
        for place in theirs[pairs:]:
            at = later[place].at
            (back_dated if at is not None and at <= last else added).append(place)
    return Difference(identical, tuple(moved), tuple(gone), tuple(back_dated), tuple(added))


Places = dict[str, list[int]]


def _unmatched(earlier: Sequence[SaidStep], later: Sequence[SaidStep]) -> tuple[Places, Places, int]:
    """Where steps stand that the other export does not say, by activity and in order of time; and how many
    both say."""
    waiting: defaultdict[SaidStep, deque[int]] = defaultdict(deque)
    for place, step in enumerate(earlier):
        waiting[step].append(place)
    only_later = []
    for place, step in enumerate(later):
        if waiting[step]:
            waiting[step].popleft()
        else:
            only_later.append(place)
    only_earlier = [place for places in waiting.values() for place in places]
    return _in_order(earlier, only_earlier), _in_order(later, only_later), len(later) - len(only_later)


def _in_order(steps: Sequence[SaidStep], places: Sequence[int]) -> Places:
    found: Places = {}
    for place in sorted(
        places, key=lambda each: (steps[each].at or _NEVER, steps[each].as_written or "", each)
    ):
        found.setdefault(steps[place].activity, []).append(place)
    return found
