"""What a later export of an earlier system says otherwise of a dossier than an earlier one did.

Steps are compared by activity and time as written, each activity by itself, since exports keep no identity of
a step. Whoever changed the past of a register shows in it; whoever only went on does not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
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
    """A step that the later export gives another time."""

    earlier: SaidStep
    later: SaidStep


@dataclass(frozen=True, slots=True)
class Difference:
    """Of one dossier. `identical`: how many steps both exports say; `gone`: only the earlier; `back_dated`:
    only the later, at a time that the earlier one had passed already; `added`: only the later, after that or
    at no time. Each in the order of activity and time."""

    identical: int
    moved: tuple[MovedStep, ...]
    gone: tuple[SaidStep, ...]
    back_dated: tuple[SaidStep, ...]
    added: tuple[SaidStep, ...]

    @property
    def past_rewritten(self) -> bool:
        """Whether the later export contradicts the earlier one."""
        return bool(self.moved or self.gone or self.back_dated)


def difference(earlier: Iterable[SaidStep], later: Iterable[SaidStep]) -> Difference:
    """Compare what two exports say of one dossier.

    Times of an activity that stand on both sides, as often as they do, are identical. Of what is left of the
    activity, in order of time, a step of each side makes one that moved; the rest of the earlier side is
    gone, and that of the later side back-dated where it is not after the last time of the whole dossier in
    the earlier export, else added.
    """
    before, after = Counter(earlier), Counter(later)
    same = before & after
    left, right = _by_activity(before - same), _by_activity(after - same)
    last = max((step.at for step in before if step.at is not None), default=_NEVER)
    moved: list[MovedStep] = []
    gone: list[SaidStep] = []
    came: list[SaidStep] = []
    for activity in sorted(left.keys() | right.keys()):
        ours, theirs = left.get(activity, []), right.get(activity, [])
        pairs = min(len(ours), len(theirs))
        moved += map(MovedStep, ours[:pairs], theirs[:pairs])
        gone += ours[pairs:]
        came += theirs[pairs:]
    past = [step.at is not None and step.at <= last for step in came]
    return Difference(
        same.total(),
        tuple(moved),
        tuple(gone),
        tuple(step for step, is_past in zip(came, past, strict=True) if is_past),
        tuple(step for step, is_past in zip(came, past, strict=True) if not is_past),
    )


def _by_activity(steps: Counter[SaidStep]) -> dict[str, list[SaidStep]]:
    found: dict[str, list[SaidStep]] = {}
    for step in sorted(steps.elements(), key=lambda each: (each.at or _NEVER, each.as_written or "")):
        found.setdefault(step.activity, []).append(step)
    return found
