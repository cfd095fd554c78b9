"""No command edits a due or a finish date (reference, mistake 7; section 1.5, defect 10)."""

from __future__ import annotations

from interfaces.http.act_requests import ACT_BODIES

SETS = {
    "occurred_at": "when it was done, which every fact states beside when it was recorded",
    "until": "the applicant's deadline, or the extension that the rules allow once",
    "expected": "the date that an apology names, which changes no other",
    "paid_at": "when a payment was made, as reported",
    "digitised_at": "when a paper was scanned, as its conversion mark says",
    "looked_up_at": "when a database was asked, whose answer is kept as it was then",
    "signed_at": "when a result was signed, as a check found it",
    "valid_from": "from which day a result is valid",
    "valid_until": "until which day a result is valid",
}


def test_the_only_instants_that_an_act_takes_are_no_due_and_no_finish_date() -> None:
    taken = {
        name
        for body in ACT_BODIES.values()
        for name, field in body.model_fields.items()
        if "datetime" in str(field.annotation).lower() or "date" in name or name.endswith("_at")
    }
    assert taken == set(SETS)
    with_until = {act for act, body in ACT_BODIES.items() if "until" in body.model_fields}
    assert with_until == {"request-supplement", "request-payment", "consult", "extend"}
