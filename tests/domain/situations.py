"""Given: dossiers in every situation that the tests of rules begin from, built by acts alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.document_store import DocumentStore, KeptDocument, store_stream
from domain.dossier import Dossier
from domain.facts import Actor, Envelope, Fact, Personal
from domain.refusals import Refused, Rule

START = datetime(2025, 6, 2, 1, 0, tzinfo=UTC)
DUE = START + timedelta(days=10)


def an_id(number: int) -> UUID:
    return UUID(int=number)


OWNER, SUBMITTER = an_id(1), an_id(2)
DESK, DIVISION, HEIR = an_id(11), an_id(12), an_id(13)
OFFICER, OBLIGATION = an_id(21), an_id(22)
COMMUNE, OTHER_COMMUNE = an_id(31), an_id(32)
A_TEXT = Personal(OWNER, "vì thiếu giấy tờ")
A_FILE: dict[str, Any] = {
    "file": "ab" * 32,
    "media_type": "application/pdf",
    "size": 3,
    "content": Personal(OWNER, "cd" * 32),
}


def a_document(kind: str = "birth_extract", **changed: Any) -> KeptDocument:
    """A document of the owner's store, made of a dossier that is long over."""
    store = DocumentStore.empty(store_stream(OWNER))
    said: dict[str, Any] = {"owner": OWNER, "kept_as": "component", "kind": kind, "dossier": an_id(900)}
    return store.known(store.keep(by(), **said, dossier_version=3, issuer=DESK, **(A_FILE | changed)))


def by(hours: float = 0, holder: UUID | None = DESK) -> Envelope:
    """An envelope of the desk's officer, so many hours after the start."""
    return Envelope(Actor("officer", "o-1"), START + timedelta(hours=hours), an_id(41), DESK, holder)


def submitted(linked_group: UUID | None = None) -> Dossier:
    dossier = Dossier.empty(an_id(100))
    dossier.submit(
        by(),
        code="000.00.21.H26-250602-0001",
        code_origin="assumed",
        procedure=an_id(51),
        procedure_code="1.001193",
        channel="counter",
        owner=OWNER,
        submitter=SUBMITTER,
        place=COMMUNE,
        place_code="07210",
        receiving_agency=DESK,
        competent_agency=DIVISION,
        returning_agency=DESK,
        components=({"id": "c1", "form": "original", "count": 1},),
        linked_group=linked_group,
    )
    return dossier


def opened(days: float = 400, level: int = 2, trigger: str = "age_reached") -> Dossier:
    """Opened by the desk without a submission, so many days after the start: there are levels by then."""
    dossier = Dossier.empty(an_id(103))
    dossier.open(
        by(24 * days),
        code="000.00.21.H26-260707-0001",
        code_origin="assumed",
        procedure=an_id(51),
        procedure_code="1.001193",
        channel="online",
        owner=OWNER,
        receiving_agency=DESK,
        competent_agency=DESK,
        returning_agency=DESK,
        components=(),
        service_level=level,
        trigger=trigger,
    )
    return dossier


def imported(status: int | None) -> Dossier:
    dossier = Dossier.empty(an_id(101))
    dossier.import_from(by(), code="case-1", source="old register", case_id="1", attributes=(), status=status)
    return dossier


def quarantined() -> Dossier:
    dossier = Dossier.empty(an_id(102))
    dossier.quarantine(by(holder=None), code="case-1", taken_by=an_id(101), source="s", reason="code_taken")
    return dossier


def accept(dossier: Dossier, due: datetime | None = DUE) -> Dossier:
    dossier.accept(
        by(),
        procedure_version=1,
        channel="counter",
        calendar_position=5,
        counted_from=START,
        limit_amount=None if due is None else 8,
        limit_unit=None if due is None else "working_day",
        statutory_due=due,
        promised=due,
    )
    return dossier


def accepted() -> Dossier:
    return accept(submitted())


def in_processing() -> Dossier:
    dossier = accepted()
    dossier.assign(by(), officer=OFFICER)
    return dossier


def ask_supplement(dossier: Dossier, until: datetime | None = START + timedelta(hours=48)) -> Dossier:
    dossier.request_supplement(by(1), request=A_TEXT, components=("c2",), until=until)
    return dossier


def ask_payment(dossier: Dossier) -> Dossier:
    dossier.request_payment(by(1), obligation=OBLIGATION, amount_vnd=50_000, purpose="other")
    return dossier


def pay(dossier: Dossier, reference: str = "r-1", amount_vnd: int = 50_000) -> Dossier:
    dossier.confirm_payment(
        by(2), obligation=OBLIGATION, amount_vnd=amount_vnd, paid_at=START, reference=reference
    )
    return dossier


def refused_at_intake() -> Dossier:
    dossier = submitted()
    dossier.refuse_intake(by(), ground="other", reason=A_TEXT)
    return dossier


def withdrawn() -> Dossier:
    dossier = in_processing()
    dossier.withdraw(by())
    return dossier


def stopped() -> Dossier:
    dossier = in_processing()
    dossier.stop(by(), ground="other", reason=A_TEXT)
    return dossier


def finished(outcome: str = "granted") -> Dossier:
    dossier = in_processing()
    dossier.finish(by(), outcome=outcome, reason=A_TEXT if outcome == "refused" else None)
    return dossier


def returned() -> Dossier:
    dossier = finished()
    dossier.return_result(by(), way="counter")
    return dossier


GIVEN: dict[int, Callable[[], Dossier]] = {
    1: submitted,
    2: accepted,
    3: refused_at_intake,
    4: in_processing,
    5: lambda: ask_supplement(in_processing()),
    6: lambda: ask_payment(in_processing()),
    7: withdrawn,
    8: stopped,
    9: finished,
    10: returned,
}


def replayed(dossier: Dossier) -> Dossier:
    """The same dossier, folded again from its facts."""
    again = Dossier.empty(dossier.id)
    for fact in dossier.pending_events:
        again.replay(fact)
    return again


def state(dossier: Dossier) -> dict[str, object]:
    return {name: value for name, value in vars(dossier).items() if name != "_pending"}


def last_fact(dossier: Dossier) -> Fact:
    return dossier.pending_events[-1]


def assert_refused(rule: Rule, dossier: Dossier, act: Callable[[], object]) -> None:
    """Then: refused by this rule, and nothing recorded or changed."""
    before, facts = state(replayed(dossier)), len(dossier.pending_events)
    with pytest.raises(Refused) as caught:
        act()
    assert caught.value.rule == rule
    assert len(dossier.pending_events) == facts
    assert state(dossier) == before
