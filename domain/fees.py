"""What a procedure's version asks to be paid: by channel, case and province, between two dates, and what
follows when it is not paid (reference section 3.8).

A fee is data with its source. A province's council sets its own, a programme of no fees ends on a day, and
certification is paid by the page with a most: nothing of that is worked out where nobody wrote it down.
Validity is half-open and by days of Vietnam: at 23:59 of the last day one holds, at 0:00 the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Any, Final

from domain import record_rules
from domain.refusals import Refused
from domain.term_values import Limit, judge_choice, read_limit

UNPAID = ("stop", "close")


@dataclass(frozen=True, slots=True)
class Fee:
    """`channel`, `case` and `province` (its code) None: any. `unit`: what `amount_vnd` is for one of
    (a page, a copy), None for the whole; `most_vnd`: and no more than this."""

    amount_vnd: int
    channel: str | None = None
    case: str | None = None
    province: str | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    unit: str | None = None
    most_vnd: int | None = None
    source: str = ""

    @property
    def narrowness(self) -> tuple[bool, bool, bool]:
        """What says more goes before what says less: the province first, then the case."""
        return self.province is not None, self.case is not None, self.channel is not None

    def fits(self, channel: str | None, case: str | None, province: str | None) -> bool:
        asked = ((self.channel, channel), (self.case, case), (self.province, province))
        return all(own is None or own == given for own, given in asked)

    def in_force(self, day: date) -> bool:
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_until is None or day < self.valid_until)

    def total(self, count: int) -> int:
        """For so many units; what is not by units is asked for once."""
        whole = self.amount_vnd * (count if self.unit is not None else 1)
        return whole if self.most_vnd is None else min(whole, self.most_vnd)


@dataclass(frozen=True, slots=True)
class PaymentTerms:
    """`until`: the applicant's time to pay; `then`: what follows when it has passed; `refunded`: whether a
    fee is given back when the matter is refused. None: the version does not say."""

    fees: tuple[Fee, ...] = ()
    until: Limit | None = None
    then: str | None = None
    refunded: bool | None = None

    def fee(self, channel: str | None, case: str | None, province: str | None, day: date) -> Fee | None:
        """The one that holds on a day; None where the version lists none that fits."""
        fitting = [f for f in self.fees if f.in_force(day) and f.fits(channel, case, province)]
        return max(fitting, key=lambda fee: fee.narrowness, default=None)


NOT_SAID: Final = PaymentTerms()


def payment_terms(said: Mapping[str, Any]) -> PaymentTerms:
    """The payment's part of a version's `terms`. Raises Refused (value.one_of, procedure.fee.not_negative,
    procedure.fee.one_at_a_time, deadline.amount)."""
    then = said.get("then")
    judge_choice("terms.payment.then", then, UNPAID)
    fees = tuple(_fee(entry) for entry in said.get("fees") or ())
    _judge_one_at_a_time(fees)
    return PaymentTerms(
        fees, read_limit("terms.payment.until", said.get("until")), then, said.get("refunded")
    )


def _fee(said: Mapping[str, Any]) -> Fee:
    amount, most = said["amount_vnd"], said.get("most_vnd")
    begins, ends = _day(said.get("valid_from")), _day(said.get("valid_until"))
    never = begins is not None and ends is not None and ends <= begins
    if amount < 0 or (most is not None and most < amount) or never:
        raise Refused(record_rules.FEE, fee_vnd=amount, most_vnd=most)
    return Fee(
        amount_vnd=amount,
        channel=said.get("channel"),
        case=said.get("case"),
        province=said.get("province"),
        valid_from=begins,
        valid_until=ends,
        unit=said.get("unit"),
        most_vnd=most,
        source=said.get("source") or "",
    )


def _day(said: str | None) -> date | None:
    return None if said is None else date.fromisoformat(said)


def _judge_one_at_a_time(fees: Iterable[Fee]) -> None:
    """Refuse two fees for the same on one day: nobody could tell which holds."""
    for one, other in combinations(fees, 2):
        same = (one.channel, one.case, one.province) == (other.channel, other.case, other.province)
        apart = _ends_by(one, other) or _ends_by(other, one)
        if same and not apart:
            raise Refused(record_rules.FEE_ONCE, channel=one.channel, case=one.case, province=one.province)


def _ends_by(one: Fee, other: Fee) -> bool:
    return (
        one.valid_until is not None and other.valid_from is not None and one.valid_until <= other.valid_from
    )
