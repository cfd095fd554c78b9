"""`hoso linked`: rules are set once, groups read, and what is wrong in a file is named."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from tests.cli.office import HOSO, Office, refused

STEP: dict[str, Any] = {"step": "birth", "procedure": "1.001193", "case": None, "after": [], "passes": None}
KIND: dict[str, Any] = {
    "kind": "birth",
    "valid_from": "2026-09-01",
    "steps": [STEP | {"as_component": None, "optional": False}],
    "limit": {"amount": 3, "verified": 5, "unit": "working_day"},
    "sync_minutes": 10,
    "acknowledge_hours": 2,
    "source": "thử",
}


@pytest.fixture(scope="module")
def shown(office: Office) -> Iterator[Office]:
    """The office with its lists kept up."""
    runner = subprocess.Popen([HOSO, "views", "run"], env=office.environment, stderr=subprocess.DEVNULL)
    yield office
    runner.terminate()
    runner.wait(30)


def test_rules_are_set_once_and_a_wrong_line_is_named(office: Office) -> None:
    first = office.hoso("linked", "load", "--json")
    assert (first.code, first.document) == (0, {"kinds": 2, "recorded": 2, "known": 0}), first.err
    assert office.hoso("linked", "load").last_line == "Nothing new: 2 kinds known already."
    document: dict[str, Any] = {"format": "hoso.linked-groups.v1", "kinds": [KIND | {"sync_minutes": 0}]}
    office.write("wrong.json", document)
    refused(office.hoso("linked", "load", "wrong.json"), "wrong.json", "sync_minutes")
    office.write("again.json", document | {"kinds": [KIND]})
    refused(office.hoso("linked", "load", "again.json"), "linked.rules_in_order")


def test_where_nothing_is_late_nothing_is_listed(shown: Office) -> None:
    operator = {"HOSO_TOKEN": shown.token("--officer", "OP-1")}
    listed = shown.hoso("linked", "late", **operator)
    assert (listed.code, listed.last_line) == (0, "0 groups with something late."), listed.err
    nobody = "00000000-0000-7000-8000-000000000000"
    refused(shown.hoso("linked", "show", nobody, **operator), nobody)
