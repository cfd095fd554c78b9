"""What a body may say in clear is what the domain allows: the lists are the same, and a name is refused
wherever it would stay readable.
"""

from __future__ import annotations

from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

import pytest

from application.acts import ACTS
from domain import citizen, clear_text, linked_terms, mandates
from interfaces.http.act_requests import ACT_BODIES
from interfaces.http.bodies import Body, Component
from interfaces.http.citizen_requests import EndMandate, GiveMandate, Merge, Separate
from interfaces.http.linked_requests import (
    BeginStep,
    DeclareLinked,
    LinkedStepBody,
    PassOn,
    ReturnToIssuer,
    Verify,
)
from interfaces.http.requests import Identify, Open, Submit
from interfaces.http.voice_requests import AnswerVoice, PassOnVoice, ReceiveVoice, WithdrawVoice
from tests.http.client import Api

NAME = "Nguyễn Thị Bí Mật 0912345678"
SEALED = {
    "matter",
    "reason",
    "note",
    "request",
    "question",
    "text",
    "collected_by",
    "not_followed",
    "comment",
    "answer",
    "subject",
    "finding",
    *("name", "number", "phone", "address"),
}
CHECKED_LATER = {"procedure", "place", "code", "case"}  # looked up, or judged by their own rule
LISTS = {
    "Submit.channel": clear_text.CHANNELS,
    "Submit.keyed_by": clear_text.KEYED_BY,
    "Submit.paper_reason": clear_text.PAPER_REASONS,
    "Submit.identity_level": clear_text.IDENTITY_LEVELS,
    "GiveMandate.kind": mandates.KINDS,
    "Merge.ground": citizen.MERGE_GROUNDS,
    "Identify.kind": citizen.KINDS,
    "Identify.number_kind": citizen.NUMBER_KINDS,
    "Open.channel": clear_text.CHANNELS,
    "Open.trigger": clear_text.TRIGGERS,
    "Component.form": clear_text.FORMS,
    "RefuseIntake.ground": clear_text.INTAKE_GROUNDS,
    "Stop.ground": clear_text.STOP_GROUNDS,
    "Close.ground": clear_text.CLOSE_GROUNDS,
    "RequestPayment.purpose": clear_text.PURPOSES,
    "Charge.purpose": clear_text.PURPOSES,
    "Charge.collected": clear_text.COLLECTED,
    "DigitiseComponent.form": clear_text.PAPER_FORMS,
    "CheckComponent.outcome": clear_text.CHECKS,
    "RecordLookup.outcome": clear_text.LOOKUP_OUTCOMES,
    "ConfirmDraft.way": clear_text.DRAFT_WAYS,
    "IssueResult.form": clear_text.RESULT_FORMS,
    "CheckSignature.outcome": clear_text.SIGNATURE_OUTCOMES,
    "ReturnResult.way": clear_text.RETURN_WAYS,
    "DeclareLinked.kind": linked_terms.KINDS,
    "DeclareLinked.channel": clear_text.CHANNELS,
    "ReceiveVoice.kind": clear_text.VOICE_KINDS,
    "ReceiveVoice.way": clear_text.VOICE_WAYS,
    "AnswerVoice.outcome": clear_text.VOICE_OUTCOMES,
}
BODIES: tuple[type[Body], ...] = (
    *(Submit, Open, Component, ReceiveVoice, PassOnVoice, AnswerVoice, WithdrawVoice),
    *(Identify, GiveMandate, EndMandate, Merge, Separate),
    *(DeclareLinked, LinkedStepBody, BeginStep, PassOn, ReturnToIssuer, Verify),
    *ACT_BODIES.values(),
)
MODELS = {model.__name__: model for model in BODIES}


def _plain(annotation: Any) -> list[Any]:
    if get_origin(annotation) in (Union, UnionType):
        return [m for member in get_args(annotation) if member is not NoneType for m in _plain(member)]
    return [annotation]


@pytest.mark.parametrize("field", LISTS)
def test_the_lists_are_the_domains(field: str) -> None:
    model, _, name = field.partition(".")
    (annotation,) = _plain(MODELS[model].model_fields[name].annotation)
    assert get_origin(annotation) is Literal
    assert get_args(annotation) == LISTS[field]


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_no_field_that_stays_in_clear_takes_a_name(model: type[Body]) -> None:
    for name, field in model.model_fields.items():
        if name in SEALED | CHECKED_LATER or field.annotation in (bool, int):
            continue
        value: Any = NAME
        if name in ("components", "component", "procedures"):
            value = [NAME] if "list" in str(field.annotation) else NAME
        with pytest.raises(ValueError, match=f"\n{name}"):
            model.model_validate({name: value})


def test_every_act_has_a_body_here() -> None:
    assert set(ACT_BODIES) == set(ACTS)


async def test_over_http_a_name_is_refused_and_not_repeated(api: Api) -> None:
    for changes in (
        {"channel": NAME},
        {"case": NAME},
        {"keyed_by": NAME},
        {"paper_reason": NAME},
        {"identity_level": NAME},
        {"mandate": NAME},
        {"components": [{"id": NAME, "form": "copy", "count": 1}]},
        {"components": [{"id": "c1", "form": NAME, "count": 1}]},
    ):
        answer = await api.post("/v1/dossiers", await api.filing(**changes), api.desk)
        assert answer.status_code in (409, 422), answer.text
        assert NAME not in answer.text
