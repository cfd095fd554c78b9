"""Whoever writes a name where a code belongs is refused, and the refusal does not repeat the name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from domain import record_rules
from domain.citizen import Citizen
from domain.dossier import Dossier
from domain.facts import Personal
from domain.procedure import ProcedureVersion
from domain.refusals import Refused
from tests.domain import situations as given
from tests.domain.situations import A_TEXT, OBLIGATION, START, by

NAME = "Nguyễn Thị Bí Mật 0912345678"


def _filed(**fields: Any) -> Callable[[], object]:
    values: dict[str, Any] = {
        "code": "H1-1",
        "code_origin": "issued",
        "procedure": given.an_id(50),
        "procedure_code": "1.000656",
        "channel": "counter",
        "owner": given.OWNER,
        "submitter": given.OWNER,
        "receiving_agency": given.DESK,
        "competent_agency": given.DESK,
        "returning_agency": given.DESK,
        "components": (),
    }
    return lambda: Dossier.empty(given.an_id(60)).submit(by(), **values | fields)


def _paper(id: str = "c1", form: str = "copy") -> tuple[dict[str, Any], ...]:
    return ({"id": id, "form": form, "count": 1},)


def _identified() -> Citizen:
    citizen = Citizen.empty(given.an_id(61))
    name = Personal(citizen.id, "x")
    citizen.identify(
        by(), kind="person", name=name, number_kind="none", number=None, phone=None, address=None
    )
    return citizen


def _mandated(**fields: Any) -> None:
    values: dict[str, Any] = {"kind": "authorised", "procedures": (), "valid_until": None}
    today = date(2025, 6, 2)
    _identified().give_mandate(
        by(),
        mandate=given.an_id(70),
        representative=given.an_id(71),
        valid_from=today,
        today=today,
        same=(),
        **values | fields,
    )


ATTEMPTS: dict[str, Callable[[], object]] = {
    "channel": _filed(channel=NAME),
    "component id": _filed(components=_paper(id=NAME)),
    "component form": _filed(components=_paper(form=NAME)),
    "keyed by": _filed(keyed_by=NAME),
    "paper reason": _filed(paper_reason=NAME),
    "identity level": _filed(identity_level=NAME),
    "mandate kind": lambda: _mandated(kind=NAME),
    "mandate procedure": lambda: _mandated(procedures=(NAME,)),
    "merge ground": lambda: _identified().merge_into(
        by(),
        _identified(),
        ground=NAME,
        note=None,
        same_number=None,
        duplicates=(),
        survivors=(),
    ),
    "trigger": lambda: given.opened(trigger=NAME),
    "intake ground": lambda: given.submitted().refuse_intake(by(), ground=NAME, reason=A_TEXT),
    "stop ground": lambda: given.in_processing().stop(by(), ground=NAME, reason=A_TEXT),
    "close ground": lambda: given.stopped().close(by(), ground=NAME),
    "asked paper": lambda: given.accepted().request_supplement(by(), request=A_TEXT, components=(NAME,)),
    "supplement": lambda: given.ask_supplement(given.accepted()).submit_supplement(
        by(2), components=_paper(id=NAME)
    ),
    "purpose": lambda: given.in_processing().request_payment(
        by(), obligation=OBLIGATION, amount_vnd=1, purpose=NAME
    ),
    "collected": lambda: given.accepted().charge(
        by(), obligation=OBLIGATION, amount_vnd=1, purpose="fee", collected=NAME
    ),
    "reference": lambda: given.ask_payment(given.in_processing()).confirm_payment(
        by(), obligation=OBLIGATION, amount_vnd=50_000, paid_at=START, reference=NAME
    ),
    "lookup source": lambda: given.accepted().record_lookup(by(), source=NAME, outcome="found"),
    "lookup component": lambda: given.accepted().record_lookup(
        by(), source="population", outcome="found", component=NAME
    ),
    "draft way": lambda: given.accepted().confirm_draft(by(), way=NAME),
    "decision number": lambda: given.in_processing().finish(by(), outcome="granted", decision_no=NAME),
    "result code": lambda: given.in_processing().finish(by(), outcome="granted", result_code=NAME),
    "return way": lambda: given.finished().return_result(by(), way=NAME),
    "quarantine": lambda: Dossier.empty(given.an_id(62)).quarantine(
        by(), code="x-1", taken_by=given.an_id(1), source="s", reason=NAME
    ),
    "verification": lambda: _identified().verify(by(), level="2", source=NAME),
}


@pytest.mark.parametrize("field", ATTEMPTS)
def test_a_name_in_a_field_that_stays_in_clear_is_refused_and_not_repeated(field: str) -> None:
    with pytest.raises(Refused) as refused:
        ATTEMPTS[field]()
    assert refused.value.rule in (record_rules.ONE_OF, record_rules.CODE_FORM)
    assert NAME not in f"{refused.value} {refused.value.details}"


def _version(components: tuple[str, ...] = (), results: tuple[str, ...] = ()) -> ProcedureVersion:
    return ProcedureVersion(
        number=1,
        name="n",
        field="f",
        decision_no="1/QĐ",
        valid_from=None,
        level="commune",
        place_basis="residence",
        channels=({"channel": "counter", "case": "new"}, {"channel": "online", "case": None}),
        components=tuple({"id": id, "name": "n", "copies": 1} for id in components),
        results=tuple({"code": code, "name": "n"} for code in results),
    )


@pytest.mark.parametrize(("channel", "case"), [("counter", NAME), ("online", "new")])
def test_a_case_is_one_of_the_procedures_own_for_the_channel(channel: str, case: str) -> None:
    with pytest.raises(Refused) as refused:
        _version().judge_filing(channel, case, ())
    assert refused.value.rule == record_rules.OF_PROCEDURE
    _version().judge_filing("counter", "new", ())
    _version().judge_filing("counter", None, ())


@pytest.mark.parametrize(
    ("listed", "given_id", "rule"),
    [
        (("C1",), "C1", None),
        (("C1",), "c2", record_rules.OF_PROCEDURE),
        ((), "c2", None),
        ((), NAME, record_rules.CODE_FORM),
    ],
)
def test_a_paper_is_one_that_the_procedure_lists(listed: tuple[str, ...], given_id: str, rule: Any) -> None:
    found = None
    try:
        _version(components=listed).judge_filing("counter", None, _paper(id=given_id))
    except Refused as refused:
        found = refused.rule
    assert found == rule


def test_a_result_is_one_that_the_procedure_lists() -> None:
    version = _version(results=("KQ.G01.000001",))
    version.judge_result("KQ.G01.000001")
    version.judge_result(None)
    with pytest.raises(Refused):
        version.judge_result("KQ.G01.000002")
