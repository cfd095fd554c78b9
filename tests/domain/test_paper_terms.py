"""What a version says of its papers: in which case, until when, from when a database has them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain import component_rules, record_rules
from domain.paper_terms import paper_terms
from domain.refusals import Refused, Rule

PAPERS = (
    {"component": "to-khai", "required": True},
    {"component": "uy-quyen", "cases": ["by proxy"], "required": True},
    {"component": "khai-sinh", "kind": "KQ.G15.000031", "cases": ["by proxy"], "required": True},
    {"component": "khai-sinh", "kind": "birth_extract"},
)


def test_what_is_said_of_a_case_goes_before_what_is_said_of_each() -> None:
    terms = paper_terms(PAPERS)
    assert [t.component for t in terms.in_case(None)] == ["to-khai", "khai-sinh"]
    assert [t.component for t in terms.in_case("by proxy")] == ["to-khai", "uy-quyen", "khai-sinh"]
    plain, proxy = terms.of("khai-sinh", "other"), terms.of("khai-sinh", "by proxy")
    assert plain is not None
    assert proxy is not None
    assert (plain.kind, plain.required) == ("birth_extract", False)
    assert (proxy.kind, proxy.required) == ("KQ.G15.000031", True)
    assert terms.of("uy-quyen", None) is None


def test_until_is_the_first_day_on_which_it_is_not_asked_for_and_since_the_first_of_a_database() -> None:
    said = {
        "component": "so-ho-khau",
        "sources": [{"source": "dan-cu", "since": "2022-07-01"}],
        "until": "2023-01-01",
    }
    (term,) = paper_terms([said]).papers
    assert [term.asked_on(date(2022, 12, 31)), term.asked_on(date(2023, 1, 1))] == [True, False]
    assert [term.sources_on(date(2022, 6, 30)), term.sources_on(date(2022, 7, 1))] == [(), ("dan-cu",)]


@pytest.mark.parametrize(
    ("papers", "rule"),
    [
        ([{"component": "a"}, {"component": "a"}], component_rules.PAPERS_ONCE),
        (
            [{"component": "a", "cases": ["x", "y"]}, {"component": "a", "cases": ["y"]}],
            component_rules.PAPERS_ONCE,
        ),
        ([{"component": "Tờ khai"}], record_rules.CODE_FORM),
        ([{"component": "a", "whose": "child"}], record_rules.ONE_OF),
        ([{"component": "a", "valid": {"amount": 6, "unit": "working_day"}}], record_rules.ONE_OF),
        ([{"component": "a", "valid": {"amount": 0, "unit": "month"}}], record_rules.DEADLINE_AMOUNT),
        ([{"component": "a", "kind": "Sổ hộ khẩu"}], record_rules.CODE_FORM),
        (
            [{"component": "a", "sources": [{"source": "Dân cư", "since": "2025-01-01"}]}],
            record_rules.CODE_FORM,
        ),
    ],
)
def test_what_contradicts_itself_or_is_no_code_is_no_term(papers: list[dict[str, Any]], rule: Rule) -> None:
    with pytest.raises(Refused) as refusal:
        paper_terms(papers)
    assert refusal.value.rule is rule


TWO = {"component": "ks-chong", "kind": "birth_extract"}, {"component": "ks-vo", "kind": "birth_extract"}


@pytest.mark.parametrize("cases", [([], []), (["couple"], ["couple", "one"]), ([], ["couple"])])
def test_one_document_of_the_owner_is_not_asked_for_as_two_papers(cases: tuple[list[str], list[str]]) -> None:
    said = [paper | {"cases": named} for paper, named in zip(TWO, cases, strict=True)]
    with pytest.raises(Refused) as refusal:
        paper_terms(said).judge_once_of_owner()
    assert refusal.value.rule is component_rules.PAPERS_ONCE_OF_OWNER
    paper_terms([said[0], said[1] | {"whose": "other"}]).judge_once_of_owner()


def test_papers_of_one_kind_in_cases_of_their_own_are_one_each() -> None:
    said = [paper | {"cases": [paper["component"]]} for paper in TWO]
    paper_terms(said).judge_once_of_owner()


def test_a_kept_paper_counts_for_as_long_as_the_version_says_and_on_the_last_day_still() -> None:
    said = {"component": "a", "kind": "single_status"}
    (months,) = paper_terms([said | {"valid": {"amount": 6, "unit": "month"}}]).papers
    assert months.valid_until(date(2025, 8, 31)) == date(2026, 3, 1)
    (days,) = paper_terms([said | {"valid": {"amount": 30, "unit": "calendar_day"}}]).papers
    assert days.valid_until(date(2025, 6, 1)) == date(2025, 7, 2)
    assert paper_terms([said]).papers[0].valid_until(date(2025, 6, 1)) is None
