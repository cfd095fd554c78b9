"""Every refusal says what is wrong, where, and what to do, in Vietnamese as in English."""

from __future__ import annotations

from typing import Any

import pytest

from application.files import too_large
from application.rules import known_rules
from domain.procedure_doubts import CASE_NOT_NAMED
from domain.procedure_facts import REASONS
from interfaces import advice, rule_advice, texts
from interfaces.doubt_texts import DOUBTS
from interfaces.http import wording
from tests.http.client import Api

VIETNAMESE = {"Accept-Language": "vi"}


@pytest.mark.parametrize("code", sorted(set(texts.CODES) - {"rule"}))
def test_a_code_says_more_than_its_title_in_both_languages(code: str) -> None:
    assert code in advice.ADVICE
    for lang in texts.LANGUAGES:
        detail = wording.of_problem(code, None, lang)
        assert detail.startswith(texts.of_code(code, lang))
        assert len(detail) > len(texts.of_code(code, lang)) + 10
    assert wording.of_problem(code, None, "vi") != wording.of_problem(code, None, "en")


def test_advice_is_for_codes_that_there_are() -> None:
    assert set(advice.ADVICE) <= set(texts.CODES)


def test_a_rule_says_what_to_do_and_on_what_it_was_judged() -> None:
    for rule in known_rules():
        detail = wording.of_rule(rule, {"status": 4}, "vi")
        assert detail.startswith(texts.of_rule(rule, "vi"))
        assert "trạng thái: 4" in detail
        assert "Hãy" in detail


def test_advice_is_found_by_the_whole_rule_before_its_first_word() -> None:
    assert set(rule_advice.OF_RULES) <= {
        ".".join(rule.split(".")[:n]) for rule in known_rules() for n in range(1, 5)
    }
    held = wording.of_rule("component.held", {"component": "c1"}, "en")
    assert "check-component, outcome: unusable" in held
    assert "GET /v1/procedure-doubts" in wording.of_rule("procedure.decide.news", {}, "en")
    named = wording.of_rule("component.named", {"procedure": "1.000001"}, "vi")
    assert "/v1/procedures/1.000001/papers" in named
    for rule in known_rules():
        assert "{" not in wording.of_rule(rule, {}, "en")


def test_a_limit_in_doubt_says_why_in_words_and_who_decides() -> None:
    words = {"vi": "có số mà không có đơn vị thời gian", "en": "a number without a unit"}
    for lang in texts.LANGUAGES:
        word = words[lang]
        said = wording.of_rule("accept.limit_decided", {"doubts": ("unit_missing",)}, lang)
        assert word in said
        assert "hoso procedures decide" in said
    assert set(DOUBTS) == {*REASONS, CASE_NOT_NAMED}


def test_in_vietnamese_too_a_file_that_is_too_large_is_told_with_the_number() -> None:
    said = wording.of_problem("file_too_large", too_large(25 * 1_048_576), "vi")
    assert said.startswith("Tệp lớn hơn mức cho phép (25 MiB). Hãy quét với độ phân giải thấp hơn")


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"place": "99999"}, "99999"),
        ({"procedure": "9.999999"}, "9.999999"),
        (
            {"receiving_agency": "00000000-0000-7000-8000-000000000000"},
            "00000000-0000-7000-8000-000000000000",
        ),
        ({"owner": "nobody"}, "body/owner: không phải mã UUID"),
        ({"colour": "red"}, "body/colour: trường này không có trong yêu cầu"),
        ({"channel": "Nguyễn"}, "body/channel: phải là một trong: 'counter', 'online', 'post' or 'kiosk'"),
        ({"matter": "x" * 4001}, "body/matter: quá dài, nhiều nhất 4000 ký tự"),
        ({"case": "Nguyễn"}, "trường: case"),
    ],
)
async def test_in_vietnamese_a_refusal_names_where_and_what_to_do(
    api: Api, changes: dict[str, Any], where: str
) -> None:
    answer = await api.post("/v1/dossiers", await api.filing(**changes), api.desk, headers=VIETNAMESE)
    detail = answer.json()["detail"]
    assert where in detail
    assert "Hãy" in detail
    assert "Nguyễn" not in detail


async def test_in_vietnamese_the_parameter_is_named(api: Api) -> None:
    answer = await api.get("/v1/units?at=2025-07-01", headers=VIETNAMESE)
    assert "query/at" in answer.json()["detail"]
    assert answer.headers["content-language"] == "vi"


@pytest.mark.parametrize(
    ("message", "values"),
    [
        ("there is no unit with the code 99999: see GET /v1/units", ["99999"]),
        ("the dossier is at revision 7: read it again", ["7"]),
        ("a token of kind 'portal' may not place it", ["'portal'"]),
        ("nothing to name", []),
    ],
)
def test_values_are_what_needs_no_translation(message: str, values: list[str]) -> None:
    assert wording.values_in(message) == values
