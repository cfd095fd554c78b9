"""What was printed before a checkpoint covered it: not checkable yet, and not proven once altered."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from application.proof_compact import Pledge, body_of, parts_of
from application.proof_reading import said
from application.proof_trust import Trust
from application.verifying import NOT_PROVEN, NOT_YET
from interfaces.proof_page import page
from interfaces.proof_report import told
from tests.proofs.making import (
    CODE,
    FILED,
    ORIGIN,
    TRUST,
    check,
    receipt,
)


def a_pledge() -> Pledge:
    facts = tuple(replace(fact, path=()) for fact in receipt(1000).facts)
    return Pledge(facts, ORIGIN, 990, FILED, FILED + timedelta(minutes=1))


def lines_of(pledge: Pledge) -> bytes:
    return "\n".join(parts_of(body_of(pledge))).encode()


@pytest.mark.parametrize("trust", [TRUST, Trust()])
def test_what_was_not_attested_when_it_was_printed_is_not_checkable_yet(trust: Trust) -> None:
    pledge = a_pledge()
    for content in (lines_of(pledge), page(pledge, said(pledge.facts), parts_of(body_of(pledge)))):
        found = check(content, trust)
        assert found.answer == NOT_YET
        text = "\n".join(told(found, ("vi", "en")))
        assert "CHƯA KIỂM CHỨNG ĐƯỢC / NOT CHECKABLE YET" in text
        assert f"hoso proof {CODE} --fact 2" in text
        assert "It should be checkable from about 2025-06-02 08:31:15" in text
        assert "That time has passed" in text
        assert "What it says, unproven:" in text


def test_a_pledge_that_was_altered_is_not_proven() -> None:
    content = lines_of(a_pledge())
    for place in range(0, len(content), 7):
        altered = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
        assert check(altered).answer == NOT_PROVEN
    lone = replace(a_pledge(), facts=a_pledge().facts[:1])
    found = check(lines_of(lone))
    assert found.problem is not None
    assert found.problem[0] == "facts_do_not_fit"
