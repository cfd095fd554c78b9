"""A random walk over three procedures that ask for the same kinds of papers under ids of their own, at three
desks and through a handover of all of them, for three people: against the naive model, what is held is never
among the papers still needed, and asking for it is refused, everywhere."""

from __future__ import annotations

from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import hypothesis.strategies as st
import pytest
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from application import stores
from application.filing import Submission, submit
from application.needed import needed
from application.policy import Identity
from domain import component_rules as rules
from domain.document_store import DocumentStore, document_id, store_stream
from domain.facts import Actor, Envelope
from domain.local_time import local_date
from domain.refusals import Refused, Rule
from domain.result_facts import ResultIssued, ResultLinked
from tests.asked_once.naive_papers import Case, Document, NaivePapers
from tests.asked_once.world import DAY_ONE, DESKS, OUTCOMES, OWNERS, PROCEDURES, RESULT, World
from tests.office import asked_papers as asking
from tests.office.province import HOUR, PROVINCE
from tests.support import Database

T = TypeVar("T")


class AskedOnceMachine(RuleBasedStateMachine):
    """`database()` makes one with nothing recorded in it."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World(self.database())
        self.office = self.world.office
        self.model = NaivePapers()
        self.kept: set[str] = set()
        self.handed_over = False

    def database(self) -> Database:
        raise NotImplementedError

    def run(self, doing: Coroutine[Any, Any, T]) -> T:
        return self.world.run(doing)

    def teardown(self) -> None:
        found = self.run(self.office.audited())
        self.world.close()
        assert found.ok, found.findings

    # what happens

    @rule(
        owner=st.integers(0, OWNERS - 1),
        procedure=st.sampled_from(sorted(PROCEDURES)),
        desk=st.integers(0, len(DESKS) - 1),
        data=st.data(),
    )
    def file(self, owner: int, procedure: str, desk: int, data: st.DataObject) -> None:
        if len(self.model.cases) >= 6:
            return
        papers = data.draw(st.lists(st.sampled_from(sorted(PROCEDURES[procedure])), max_size=1))
        code = self.run(self._file(owner, procedure, DESKS[desk], papers))
        self.model.cases[code] = Case(owner, PROCEDURES[procedure])
        for paper in papers:
            self.model.gives(code, paper, "handed", 1)

    async def _file(self, owner: int, procedure: str, desk: str, papers: list[str]) -> str:
        """At the desk, or at the one that has come in its place."""
        moment = await self.office.reader.moment(fresh=True)
        agency = moment.organisation.heir_of(await self.office.agency(desk), moment.now)
        citizen = self.world.owners[owner]
        filing = Submission(
            procedure=procedure,
            channel="counter",
            owner=citizen,
            submitter=citizen,
            place=None,
            receiving_agency=agency,
            components=tuple({"id": id, "form": "original", "count": 1} for id in papers),
        )
        clerk = await self._clerk(agency)
        return (await submit(self.office.dossiers, clerk, filing, self.office.command())).code

    @precondition(lambda self: self.model.cases)
    @rule(data=st.data())
    def upload(self, data: st.DataObject) -> None:
        code, paper = self._paper(data)
        owner = self.world.owners[self.model.cases[code].owner]
        file = self.run(asking.a_file(self.office, owner))
        self._act(code, "upload-component", component=paper, file=file)
        self.model.gives(code, paper, "file", self._version(code))

    @precondition(lambda self: any(not case.accepted for case in self.model.cases.values()))
    @rule(data=st.data())
    def accept(self, data: st.DataObject) -> None:
        waiting = [code for code, case in self.model.cases.items() if not case.accepted]
        code = data.draw(st.sampled_from(sorted(waiting)))
        self._act(code, "accept")
        self.model.accepts(code)

    @precondition(lambda self: any(case.given for case in self.model.cases.values()))
    @rule(data=st.data(), outcome=st.sampled_from(["in_order", "unusable"]))
    def check(self, data: st.DataObject, outcome: str) -> None:
        given = [(code, g.paper) for code, case in self.model.cases.items() for g in case.given]
        code, paper = data.draw(st.sampled_from(sorted(set(given))))
        reason = "mờ" if outcome == "unusable" else None
        self._act(code, "check-component", component=paper, outcome=outcome, reason=reason)
        self.model.checks(code, paper, outcome)

    @precondition(lambda self: self.model.cases)
    @rule(data=st.data(), outcome=st.sampled_from(OUTCOMES))
    def look_up(self, data: st.DataObject, outcome: str) -> None:
        code, paper = self._paper(data)
        self._act(code, "record-lookup", source="csdl", outcome=outcome, component=paper)
        self.model.looks_up(code, paper, outcome, self._version(code))

    @precondition(lambda self: self.model.documents)
    @rule(data=st.data())
    def reuse(self, data: st.DataObject) -> None:
        """Any document for any paper: refused unless it is this person's, counts, and is of the kind."""
        code, paper = self._paper(data)
        document = data.draw(st.sampled_from(self.model.documents))
        case = self.model.cases[code]
        right = document.owner == case.owner and document.kind == case.papers[paper]
        said = {"component": paper, "document": self._id(document)}
        if not (right and document.counts(self.model.today)):
            refusals = (rules.REUSE_OWN, rules.REUSE_VALID, rules.REUSE_KIND)
            assert self._refused(code, "reuse-component", said) in refusals
            return
        self._act(code, "reuse-component", **said)
        self.model.gives(code, paper, "again", self._version(code), document)

    @precondition(lambda self: self.model.documents)
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        standing = [d for d in self.model.documents if not d.withdrawn]
        if not standing:
            return
        document = data.draw(st.sampled_from(standing))
        owner = self.world.owners[document.owner]
        self.run(self._withdraw(owner, self._id(document)))
        document.withdrawn = True

    async def _withdraw(self, owner: UUID, document: UUID) -> None:
        mine = Identity("applicant", str(owner))
        row = await stores.one(self.office.dossiers, mine, owner, document)
        moment = await self.office.reader.moment(fresh=True)
        issuer = moment.organisation.heir_of(row["issuer"], moment.now)
        clerk = await self._clerk(issuer)
        said: dict[str, Any] = {"ground": "revoked", "reason": "thu hồi"}
        await stores.withdraw(self.office.dossiers, clerk, owner, document, **said)

    @precondition(lambda self: self.model.cases)
    @rule(data=st.data(), days=st.integers(1, 20))
    def a_result_is_kept(self, data: st.DataObject, days: int) -> None:
        """As the linking of a result keeps it: valid for some days."""
        able = sorted(set(self.model.cases) - self.kept)
        if not able:
            return
        code = data.draw(st.sampled_from(able))
        self.kept.add(code)
        owner = self.model.cases[code].owner
        key = self.run(self._keep(code, self.world.owners[owner], days))
        last = self.model.today + days - 1
        self.model.documents.append(Document(key, owner, RESULT, None, last))

    async def _keep(self, code: str, owner: UUID, days: int) -> UUID:
        """Issued and linked whatever the dossier's status is: the walk is of papers."""
        known = await asking.known(self.office, code)
        dossier, now = known.dossier, (await self.office.reader.moment(fresh=True)).now
        own = Envelope(Actor("system", "results"), now, holder=known.held.agency)
        valid_from, valid_until = local_date(now), local_date(now) + timedelta(days=days)
        none = dict.fromkeys(("number", "file", "media_type", "size", "content", "replaces"))
        said: dict[str, Any] = {"result_code": RESULT, "form": "paper"} | none
        dossier.record(ResultIssued, own, valid_from=valid_from, valid_until=valid_until, **said)
        issued = dossier.version
        dossier.record(ResultLinked, own, issued=issued, document=document_id(dossier.id, issued))
        store = await self.office.opened.ledger.load(DocumentStore, store_stream(owner))
        document = store.keep(
            Envelope(Actor("system", "results"), now),
            owner=owner,
            kept_as="result",
            kind=RESULT,
            dossier=dossier.id,
            dossier_version=issued,
            issuer=known.held.agency,
            valid_from=valid_from,
            valid_until=valid_until,
        )
        await self.office.opened.ledger.append(dossier, store)
        return document

    @rule(days=st.integers(1, 8))
    def days_pass(self, days: int) -> None:
        """Over the hour of the handover too."""
        now = self.run(self.office.reader.moment(fresh=True)).now
        self.run(self.office.move_clock(now + timedelta(days=days)))
        self.run(self.office.reader.moment(fresh=True))
        self.model.today = self._today()

    @precondition(lambda self: self.model.cases and not self.handed_over)
    @rule()
    def the_hour_comes(self) -> None:
        """Every desk ends, and others have its dossiers."""
        self.handed_over = True
        if self.run(self.office.reader.moment(fresh=True)).now < HOUR:
            self.run(self.office.move_clock(HOUR + timedelta(hours=8)))
        self.run(self.office.reader.moment(fresh=True))

    @precondition(lambda self: self.model.cases)
    @rule(data=st.data())
    def ask(self, data: st.DataObject) -> None:
        """Refused for what is held, and for that alone; then the dossier goes on."""
        code, paper = self._paper(data)
        held = self.model.held(code, paper)
        said: dict[str, Any] = {"request": "nộp", "components": (paper,), "not_followed": "chưa nộp"}
        if held:
            assert self._refused(code, "request-supplement", said) is rules.HELD
            return
        self._act(code, "request-supplement", **said)
        self._act(code, "resume", reason="tiếp tục")

    # what is always so

    @invariant()
    def what_is_held_is_needed_of_nobody(self) -> None:
        now = self._today()
        self.model.today = now
        for owner, citizen in enumerate(self.world.owners):
            for procedure, papers in PROCEDURES.items():
                said = self.run(
                    needed(self.office.dossiers, Identity("portal", "p"), procedure, owner=citizen)
                )
                shown = {paper["component"]: paper["standing"] == "held" for paper in said["papers"]}
                assert shown == {
                    paper: bool(self.model.in_store(owner, kind)) for paper, kind in papers.items()
                }

    # how

    def _paper(self, data: st.DataObject) -> tuple[str, str]:
        code = data.draw(st.sampled_from(sorted(self.model.cases)))
        return code, data.draw(st.sampled_from(sorted(self.model.cases[code].papers)))

    def _refused(self, code: str, name: str, fields: dict[str, Any]) -> Rule:
        with pytest.raises(Refused) as refusal:
            self._act(code, name, **fields)
        return refusal.value.rule

    def _act(self, code: str, name: str, **fields: Any) -> None:
        self.run(self._acted(code, name, fields))

    async def _acted(self, code: str, name: str, fields: dict[str, Any]) -> None:
        known = await asking.known(self.office, code)
        who = await self._clerk(known.held.agency)
        await self.office.act(who, code, name, known.dossier.version, **fields)

    async def _clerk(self, agency: UUID) -> Identity:
        """An officer who is posted there now: a handover moves postings."""
        moment = await self.office.reader.moment(fresh=True)
        for desk in (*DESKS, PROVINCE):
            officer = self.office.officer(desk)
            assert officer.uuid is not None
            if any(where == agency for _, where in moment.organisation.acting(officer.uuid, moment.now)):
                return officer
        raise AssertionError("nobody is posted there")

    def _version(self, code: str) -> int:
        return self.run(asking.known(self.office, code)).dossier.version

    def _today(self) -> int:
        now: datetime = self.run(self.office.reader.moment(fresh=True)).now
        return (local_date(now) - DAY_ONE).days

    def _id(self, document: Document) -> UUID:
        """The ledger's id of a document: told when it was kept, or found by what it is made of."""
        if document.key is None:
            assert document.made_of is not None
            code, number = document.made_of
            dossier = self.run(asking.known(self.office, code)).dossier
            owner = self.world.owners[document.owner]
            rows = self.run(stores.listed(self.office.dossiers, _themself(owner), owner, limit=100))
            (document.key,) = [
                row["document"]
                for row in rows
                if (row["from_dossier"], row["from_version"]) == (dossier.id, number)
                and row["kept_as"] == "component"
            ]
        found: UUID = document.key
        return found


def _themself(owner: UUID) -> Identity:
    return Identity("applicant", str(owner))
