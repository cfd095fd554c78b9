"""What follows from the hour at which something was received: the 15:00 rules and the first notice.

Three rules speak of 15:00, and they say different things (reference sections 3.1, 3.2, mistake 4):

- the *start of the clock*, which 15:00 moves for linked groups only: `counting_starts`;
- the *duty to forward* what was received: `forward_by`;
- the *return of same-day matters*: `same_day_due`.

Exactly 15:00:00 is not after 15:00. What is received on a day that is no working day, as online or on a
police desk's Saturday morning, was received after the last working day's 15:00: so nothing received later is
due earlier. Instants come in aware and go out in UTC; the hours and days are Vietnam's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Final

from domain.calendar import WorkingCalendar
from domain.deadlines import WORKING_DAY, due
from domain.local_time import VIETNAM, day_end, day_start, local_date
from domain.working_hours import WorkingHours

FIFTEEN: Final = time(15)
ONLINE: Final = "online"
FIRST_NOTICE_ONLINE: Final = timedelta(hours=8)
FIRST_NOTICE_DAYS: Final = 1


@dataclass(frozen=True, slots=True)
class StartRule:
    """From when a limit runs. `next_day_after`: what is received after this time of day, or on no working
    day, counts from the next working day; None: the time of day moves nothing. In force for what is received
    in [valid_from, valid_until), each None where it has no end; act and article are its source."""

    id: str
    act: str
    article: str
    next_day_after: time | None
    valid_from: date | None = None
    valid_until: date | None = None

    def in_force(self, day: date) -> bool:
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_until is None or day < self.valid_until)


FROM_RECEIPT: Final = StartRule("from_receipt", "Decree 118/2025/NĐ-CP", "Art 17.3", None)
LINKED_GROUP: Final = StartRule(
    "linked_group",
    "Decree 63/2024/NĐ-CP as amended by Decree 301/2026/NĐ-CP",
    "Art 7.2 (301/2026 Art 5)",
    FIFTEEN,
    valid_from=date(2026, 9, 1),
)
START_RULES: Final[Mapping[str, StartRule]] = MappingProxyType(
    {rule.id: rule for rule in (FROM_RECEIPT, LINKED_GROUP)}
)


def counting_starts(received: datetime, rule: StartRule, calendar: WorkingCalendar) -> datetime:
    """From when the limit of something received complete is counted: what `deadlines.due` takes as
    `counted_from`.

    By Decree 118/2025 Art 17.3 that is the receipt itself, at whatever hour. For linked groups (Decree
    301/2026 Art 5, the new Art 7.2 of 63/2024, in force 1/9/2026) what is received after 15:00 counts from
    the next working day: as if received at that day's beginning, so this day is the first, which is not
    counted (Civil Code Art 147.2). Read as counting that day the rule would change nothing. Raises
    CalendarUnknown.
    """
    after = rule.next_day_after
    if after is None or not rule.in_force(local_date(received)) or _in_time(received, after, calendar):
        return received.astimezone(UTC)
    return day_start(_next_working_day(received, calendar))


def forward_by(received: datetime, hours: WorkingHours) -> datetime:
    """When what was received must have been forwarded, exclusive: at closing time of the same working day;
    received after 15:00 (or after closing), when the next working day opens. Decree 61/2018 Art 18.2-18.3,
    and Decree 118/2025 as amended by 309/2026 Art 9.

    "At the start of the day" has no measure in the text, so it is the opening itself. Raises CalendarUnknown,
    Refused (deadline.hours_known).
    """
    day = local_date(received)
    if _in_time(received, FIFTEEN, hours.calendar):
        openings = hours.openings(day)
        if openings and received < openings[-1][1]:
            return openings[-1][1]
    return hours.working_day_opens(day)


def same_day_due(received: datetime, calendar: WorkingCalendar) -> datetime:
    """When the result of a matter that is settled on the day of its receipt is due, exclusive: at the end of
    that day; received after 15:00, at the end of the next working day. Civil Status Law 2014 Art 5.3; Decree
    23/2015 Art 7 (certification). Raises CalendarUnknown."""
    if _in_time(received, FIFTEEN, calendar):
        return day_end(local_date(received))
    return day_end(_next_working_day(received, calendar))


def first_notice_by(received: datetime, channel: str, hours: WorkingHours) -> datetime:
    """When the applicant must have heard whether the dossier is accepted or what it lacks, exclusive: online
    within 8 working hours of its reception by the system; on paper or by post within 1 working day.

    Stands in procedure texts (1.003198, 1.004757, 2.000424, 2.000829: reference section 3.1); no general act
    was found that says it. Raises CalendarUnknown, Refused (deadline.hours_known).
    """
    if channel == ONLINE:
        return hours.add(FIRST_NOTICE_ONLINE, received)
    return due(FIRST_NOTICE_DAYS, WORKING_DAY, received, hours.calendar)


def _in_time(received: datetime, latest: time, calendar: WorkingCalendar) -> bool:
    """Whether something came on a working day and not after a time of that day."""
    local = received.astimezone(VIETNAM)
    return calendar.is_working(local_date(received)) and local.time() <= latest


def _next_working_day(received: datetime, calendar: WorkingCalendar) -> date:
    return calendar.next_working(local_date(received) + timedelta(days=1))
