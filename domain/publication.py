"""By when a procedure's version must have been promulgated and publicly posted, and whether it was: Decree
63/2010 Arts 15 and 24.2 as amended by Decree 92/2017 (reference section 4.2).

- The decision: a minister's at least 20 days before the law enters into force, a provincial chair's at least
  5. Counted back, so the last day is that many days before, and stays there when it is a day off: moving it
  on would take from the days that the public has.
- Where the law was made in the shortened procedure: at most 3 days after. The reference does not say after
  what; it is read as after the entry into force, by which nobody is called late who may not be. The first day
  is not counted, and an end on a day off rolls over (`domain.deadlines`).
- Entry into the national database: within 10 working days of a minister's decision, 5 of a provincial
  chair's, 2 in the shortened procedure.

All days are local. Days late are calendar days after the last day on which it would have been in time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from domain.calendar import WorkingCalendar
from domain.deadlines import CALENDAR_DAY, WORKING_DAY, working_days_after
from domain.publication_facts import MINISTRY, PROVINCE

D63: Final = "Decree 63/2010/NĐ-CP as amended by Decree 92/2017/NĐ-CP"

ON_TIME: Final = "on_time"
LATE: Final = "late"
NOT_POSTED: Final = "not_posted"
UNKNOWN: Final = "unknown"
NOT_COUNTED: Final = "not_counted"
STATES: Final = (ON_TIME, LATE, NOT_POSTED, UNKNOWN, NOT_COUNTED)
"""Of a version, in this order of words: in time; decided or posted late; promulgated and not posted; nothing
recorded; the calendar of a year that is needed is not published."""


@dataclass(frozen=True, slots=True)
class Promulgation:
    """What is recorded of the decision; the fields are those of the fact."""

    decision_no: str
    issuer: str
    decided_on: date
    in_force_on: date
    shortened: bool


@dataclass(frozen=True, slots=True)
class Deadline:
    """`amount` `unit`s, before the law's entry into force or after what the deadline runs from. In force for
    decisions made in [valid_from, valid_until), each None where it has no end; from when Decree 92/2017 has
    counted was not found."""

    amount: int
    unit: str
    before: bool
    article: str
    act: str = D63
    valid_from: date | None = None
    valid_until: date | None = None

    def in_force(self, day: date) -> bool:
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_until is None or day < self.valid_until)


SHORTENED: Final = "shortened"
TO_DECIDE: Final = {
    MINISTRY: Deadline(20, CALENDAR_DAY, True, "Art 15"),
    PROVINCE: Deadline(5, CALENDAR_DAY, True, "Art 15"),
    SHORTENED: Deadline(3, CALENDAR_DAY, False, "Art 15"),
}
TO_POST: Final = {
    MINISTRY: Deadline(10, WORKING_DAY, False, "Art 24.2"),
    PROVINCE: Deadline(5, WORKING_DAY, False, "Art 24.2"),
    SHORTENED: Deadline(2, WORKING_DAY, False, "Art 24.2"),
}


def to_decide(promulgation: Promulgation) -> Deadline | None:
    """The deadline of the decision; None where none was in force."""
    return _in_force(TO_DECIDE[_by(promulgation)], promulgation)


def to_post(promulgation: Promulgation) -> Deadline | None:
    """The deadline of the entry into the national database; None where none was in force."""
    return _in_force(TO_POST[_by(promulgation)], promulgation)


def _by(promulgation: Promulgation) -> str:
    return SHORTENED if promulgation.shortened else promulgation.issuer


def _in_force(deadline: Deadline, promulgation: Promulgation) -> Deadline | None:
    return deadline if deadline.in_force(promulgation.decided_on) else None


def decide_by(deadline: Deadline, in_force_on: date, calendar: WorkingCalendar) -> date:
    """The last day on which the decision is in time. Raises CalendarUnknown (the shortened procedure)."""
    if deadline.before:
        return in_force_on - timedelta(days=deadline.amount)
    return calendar.next_working(in_force_on + timedelta(days=deadline.amount))


def post_by(deadline: Deadline, decided_on: date, calendar: WorkingCalendar) -> date:
    """The last day on which the entry is in time. Raises CalendarUnknown."""
    return working_days_after(decided_on, deadline.amount, calendar)


@dataclass(frozen=True, slots=True)
class Judgement:
    """Of one step. `due_on`: the last day in time; `days_late`: so far, where the step has not been made."""

    state: str
    due_on: date
    days_late: int
    deadline: Deadline


def judged_decision(promulgation: Promulgation, calendar: WorkingCalendar) -> Judgement | None:
    """Whether the decision came in time; None where no deadline was in force. Raises CalendarUnknown."""
    deadline = to_decide(promulgation)
    if deadline is None:
        return None
    due_on = decide_by(deadline, promulgation.in_force_on, calendar)
    return _judged(deadline, due_on, promulgation.decided_on)


def judged_posting(
    promulgation: Promulgation, posted_on: date | None, today: date, calendar: WorkingCalendar
) -> Judgement | None:
    """Whether the entry came in time, as of a day; not made by then it is `not_posted`. None where no
    deadline was in force. Raises CalendarUnknown."""
    deadline = to_post(promulgation)
    if deadline is None:
        return None
    due_on = post_by(deadline, promulgation.decided_on, calendar)
    if posted_on is None or posted_on > today:
        return Judgement(NOT_POSTED, due_on, max((today - due_on).days, 0), deadline)
    return _judged(deadline, due_on, posted_on)


def _judged(deadline: Deadline, due_on: date, done_on: date) -> Judgement:
    late = max((done_on - due_on).days, 0)
    return Judgement(LATE if late else ON_TIME, due_on, late, deadline)


def state_of(decision: Judgement | None, posting: Judgement | None) -> str:
    """One word for a version that is promulgated: not posted before late, since somebody has to act."""
    steps = [step.state for step in (decision, posting) if step is not None]
    return next((state for state in (NOT_POSTED, LATE) if state in steps), ON_TIME)
