"""The day after the hour by command: papers, silence, refusals and the queue, obstacles."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.office import DESK, Office, refused
from tests.cli.test_handover import CENTRE, CODE, HEIR, NEW, Token, scheduled, staffed

pytestmark = pytest.mark.slow

__all__ = ["staffed"]


@pytest.fixture
def clerk(staffed: Office) -> Token:
    """A clerk of the district's desk; the act moves the posting to the heir."""
    posting = {"agency": DESK, "roles": ["desk"]}
    clerks = [{"number": "DESK-1", "name": "Phạm Thị Dung", "postings": [posting]}]
    staffed.write("clerks.json", {"format": "hoso.officers.v1", "officers": clerks})
    done = staffed.hoso("officers", "load", "clerks.json")
    assert done.code == 0, done.err
    return {"HOSO_TOKEN": staffed.token("--officer", "DESK-1")}


def said(office: Office, who: Token, *arguments: str, code: int = 0) -> dict[str, Any]:
    done = office.hoso(*arguments, "--json", **who)
    assert done.code == code, (arguments, done.out, done.err)
    return done.document


def test_the_day_after_the_hour(staffed: Office, clerk: Token) -> None:
    first, second = ({"HOSO_TOKEN": staffed.token("--officer", f"OP-{n}")} for n in (2, 3))
    act = scheduled(staffed, first, second)
    papers_are_listed(staffed, act, clerk)
    assert staffed.hoso("clock", "move", "--to", f"{NEW}T08:00:00+07:00").code == 0
    said(staffed, first, "handover", "transfer", act)
    papers_are_checked(staffed, act, clerk, first)
    the_silent_are_reminded(staffed, act, first)
    a_refusal_is_decided(staffed, act, clerk, first)
    goes_on_after_a_page(staffed, first, "papers", "show", act)
    goes_on_after_a_page(staffed, first, "papers", "boxes", act)
    goes_on_after_a_page(staffed, first, "obstacles", "list", act)
    obstacles_are_resolved(staffed, act, first)
    assert said(staffed, first, "audit")["findings"] == []


def papers_are_listed(office: Office, act: str, clerk: Token) -> None:
    office.write(
        "papers.csv", f"dossier,box,component,count\n{CODE},H-12,c1,2\n{CODE},H-12,c2,1\nX-1,H-12,c1,1\n"
    )
    done = said(office, clerk, "papers", "list", act, "papers.csv", code=1)
    assert done["counts"] == {"listed": 1, "before": 0, "refused": 1}
    assert [(o["line"], o["outcome"]) for o in done["outcomes"]] == [(2, "listed"), (4, "refused")]
    again = office.hoso("papers", "list", act, "papers.csv", **clerk)
    assert "0 dossiers listed, 1 as it was before; 1 line refused" in again.last_line
    office.write("broken.csv", "dossier,box\nX-1,H-12\n")
    refused(office.hoso("papers", "list", act, "broken.csv", **clerk), "broken.csv:1", "wrong columns")


def papers_are_checked(office: Office, act: str, clerk: Token, operator: Token) -> None:
    office.write("found.csv", f"dossier,box,component,found\n{CODE},,c1,1\n{CODE},,c2,1\n")
    done = said(office, clerk, "papers", "check", act, "found.csv", "--report-missing")
    assert done["counts"]["checked"] == 1
    (item,) = said(office, operator, "papers", "show", act, "--missing")["items"]
    assert (item["code"], item["lacking"]) == (CODE, [{"component": "c1", "count": 1}])
    (box,) = said(office, operator, "papers", "boxes", act)["items"]
    assert (box["identifier"], box["box"], box["originals"], box["missing"]) == (DESK, "H-12", 3, 1)
    confirming = ("--agency", HEIR, "--dossier", CODE, "--papers", "confirmed")
    refused(office.hoso("handover", "acknowledge", act, *confirming, **clerk), "papers.missing")


def the_silent_are_reminded(office: Office, act: str, operator: Token) -> None:
    (silent,) = said(office, operator, "handover", "silent", act)["items"]
    assert (silent["identifier"], silent["waiting"]) == (HEIR, 1)
    naming = ("handover", "coordinator", act, "--officer", "OP-3", "--escalates-to", "OP-2")
    assert office.hoso(*naming, **operator).code == 0
    assert office.hoso("clock", "move", "--to", "2025-07-04T08:00:00+07:00").code == 0
    reminded = said(office, operator, "handover", "remind", act)
    assert reminded["counts"] == {"reminded": 1, "escalated": 0, "obstacles_escalated": 0}
    again = office.hoso("handover", "remind", act, **operator)
    assert again.last_line.startswith("0 receivers reminded, 0 escalated, 0 obstacles escalated.")
    assert "run it again tomorrow" in again.last_line
    said_silent = office.hoso("handover", "silent", act, **operator).last_line
    assert f"Remind them with `hoso handover remind {act}`" in said_silent
    goes_on_after_a_page(office, operator, "handover", "silent", act)
    refused_usage = office.hoso("handover", "remind", act, "--after", "soon", **operator)
    assert refused_usage.code == 2


def a_refusal_is_decided(office: Office, act: str, clerk: Token, operator: Token) -> None:
    refusing = ("--agency", HEIR, "--dossier", CODE, "--reason", "thuộc tỉnh", "--suggest", CENTRE)
    said(office, clerk, "handover", "refuse", act, *refusing)
    (item,) = said(office, operator, "handover", "queue", act)["items"]
    assert (item["code"], item["refusal"], item["suggests"]["identifier"]) == (CODE, "thuộc tỉnh", CENTRE)
    mine = {"HOSO_TOKEN": office.token("--officer", "OP-3")}
    assert "1 dossier to decide" in office.hoso("handover", "queue", act, "--mine", **mine).last_line
    told = office.hoso("handover", "queue", act, **operator)
    assert f"Decide with `hoso handover place {act}`" in told.last_line
    assert "(for the part)" in told.out
    goes_on_after_a_page(office, operator, "handover", "queue", act)
    a_naming_ends(office, act, operator)
    office.write("list.csv", f"dossier,to,ground\nX-1,{CENTRE},x\n{CODE},{CENTRE},thuộc tỉnh\n")
    placed = said(office, mine, "handover", "place", act, "--file", "list.csv", code=1)
    assert placed["counts"] == {"placed": 1, "before": 0, "refused": 1}
    assert "0 dossiers to decide" in office.hoso("handover", "queue", act, **operator).last_line
    rest = ("--place", "07210@2025-06-30", "--to", CENTRE, "--ground", "thuộc tỉnh")
    assert said(office, operator, "handover", "place", act, *rest)["counts"]["placed"] == 0
    one = ("--dossier", CODE, "--to", HEIR, "--ground", "lại")
    refused(office.hoso("handover", "place", act, *one, **operator), "handover.nothing_to_decide")
    assert office.hoso("handover", "place", act, "--to", HEIR, **operator).code == 2


def goes_on_after_a_page(office: Office, who: Token, *command: str) -> None:
    """A page that is full names where the next one begins, which is empty here."""
    page = said(office, who, *command, "--limit", "1")
    assert len(page["items"]) == 1
    assert f"add --cursor {page['next']}." in office.hoso(*command, "--limit", "1", **who).last_line
    rest = said(office, who, *command, "--cursor", page["next"])
    assert (rest["items"], rest["next"]) == ([], None)
    nonsense = office.hoso(*command, "--cursor", "WyJ4Il0", **who)
    assert nonsense.code == 2
    assert "--cursor" in nonsense.err


def a_naming_ends(office: Office, act: str, operator: Token) -> None:
    """Named for the agency beside the part's coordinator, and no longer."""
    agency = ("--officer", "OP-1", "--agency", DESK)
    said(office, operator, "handover", "coordinator", act, *agency)
    (item,) = said(office, operator, "handover", "queue", act)["items"]
    assert item["named_for"]["identifier"] == DESK
    ended = office.hoso("handover", "end-coordinator", act, *agency, **operator)
    assert "OP-1 is no longer named for what" in ended.last_line
    assert "The part's coordinator has it now" in ended.last_line
    (item,) = said(office, operator, "handover", "queue", act)["items"]
    assert item["named_for"] is None
    refused(office.hoso("handover", "end-coordinator", act, *agency, **operator), "coordinator_stands")


def obstacles_are_resolved(office: Office, act: str, operator: Token) -> None:
    (missing,) = said(office, operator, "obstacles", "list", act)["items"]
    assert (missing["kind"], missing["description"]) == ("papers", "H-12: c1: 1")
    told = ("--agency", HEIR, "--kind", "account", "--text", "tài khoản bị khóa")
    reported = said(office, operator, "obstacles", "report", act, *told)["counts"]["obstacle"]
    said(office, operator, "obstacles", "assign", reported, "--officer", "OP-3")
    said(office, operator, "obstacles", "escalate", reported, "--officer", "OP-2", "--reason", "quá hạn")
    said(office, operator, "obstacles", "resolve", reported, "--text", "đã mở")
    assert (
        "1 obstacle open, 1 resolved" in office.hoso("obstacles", "list", act, "--all", **operator).last_line
    )
    assert len(said(office, operator, "obstacles", "list", act)["items"]) == 1
