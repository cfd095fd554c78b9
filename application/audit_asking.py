"""What one dossier says of its papers, judged again by the domain's own rules on what was known when it was
recorded: each request, each document re-used, the acceptance as complete, and each result linked.

The version and its papers are those published by then, the owner's documents those kept by then: what came
later makes nothing wrong that was right. What an earlier release recorded is judged by no more than it could
say.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from application.organisation import Organisation
from application.paper_asking import asking_of
from application.refusals import NotFound
from domain import component_rules as rules
from domain.asking import Asking
from domain.component_facts import ComponentReused
from domain.document_store import RESULT
from domain.dossier import Dossier
from domain.dossier_facts import DossierAccepted, SupplementRequested
from domain.dossier_supplement_facts import Allowance
from domain.facts import Fact, Recorded
from domain.kept_documents import NO_DOCUMENTS, KeptDocuments
from domain.local_time import local_date
from domain.refusals import Refused
from domain.result_facts import ResultLinked

Facts = Sequence[Recorded[Any]]
Then = Callable[[int], KeptDocuments]
"""The documents of a dossier's owner as they were before a position."""
Wrong = tuple[int, str]
BY_STORE: Final = ComponentReused, ResultLinked
ONE_APPEND: Final = 10
"""Positions within which what is recorded with a fact follows it."""
AT_MOST: Final = timedelta(minutes=1)
"""Between the decision of what is done now and its recording."""


class AskingAuditor:
    def __init__(self, organisation: Organisation) -> None:
        self._organisation = organisation

    def concerns(self, facts: Facts, judged: Collection[int]) -> bool:
        """Whether a dossier says anything that is judged here."""
        return any(
            recorded.position in judged or isinstance(recorded.fact, BY_STORE) for recorded in facts
        ) or (bool(self._accepted(facts)) and self._names_papers(facts))

    def needs_documents(self, facts: Facts, judged: Collection[int]) -> bool:
        """Whether a dossier cannot be judged without its owner's documents. One that was accepted once, with
        all its papers in it, can; and so can all of a procedure that says of no paper what it is."""
        if any(isinstance(recorded.fact, BY_STORE) for recorded in facts):
            return True
        if not self._names_papers(facts):
            return False
        if self._accepted(facts) > 1 or any(recorded.position in judged for recorded in facts):
            return True
        return any(True for _ in self.wrong(facts, lambda position: NO_DOCUMENTS, judged))

    def _accepted(self, facts: Facts) -> int:
        return sum(isinstance(recorded.fact, DossierAccepted) for recorded in facts)

    def _names_papers(self, facts: Facts) -> bool:
        code = next((found for r in facts if (found := getattr(r.fact, "procedure_code", None))), None)
        try:
            procedure = self._organisation.procedure_by_code(code or "")
        except NotFound:
            return False
        return any(version.terms.papers.papers for version in procedure.versions.values())

    def wrong(self, facts: Facts, then: Then, judged: Collection[int]) -> Iterator[Wrong]:
        """(position, what is wrong) in one dossier, by the facts of its own stream. `judged`: the positions
        of the requests that say what let them."""
        dossier = Dossier.empty(facts[0].fact.originator_id)
        for number, recorded in enumerate(facts):
            fact, position = recorded.fact, recorded.position
            if not isinstance(fact, SupplementRequested) or position in judged:
                said = self._judged(dossier, recorded, _accepted_with(facts, number), then)
                yield from ((position, f"position {position} {one}") for one in said)
            try:
                dossier.replay(fact)
            except Exception:  # named where dossiers are audited
                return

    def _judged(
        self, dossier: Dossier, recorded: Recorded[Fact], accepted: DossierAccepted | None, then: Then
    ) -> list[str]:
        """`accepted`: the acceptance of the same append, by whose version it is judged."""
        fact, position = recorded.fact, recorded.position
        if isinstance(fact, ResultLinked):
            return _linked(dossier, fact, position, then)
        judge = _JUDGES.get(type(fact))
        if judge is None or (fact is accepted and (dossier.imported or dossier.opened_at)):
            return []  # of what was not filed nobody was asked for papers
        said: list[str] = []
        for at in _instants(recorded):
            try:
                asking = self._asking(dossier, at, accepted, position, then(position))
            except NotFound as problem:
                return [f"states what cannot be judged again: {problem}"]
            if not (said := judge(dossier, fact, asking)):
                break
        return said

    def _asking(
        self,
        dossier: Dossier,
        at: datetime,
        accepted: DossierAccepted | None,
        position: int,
        documents: KeptDocuments,
    ) -> Asking:
        version = None
        if accepted is not None:
            procedure = self._organisation.procedure_by_code(dossier.procedure_code or "")
            version = procedure.versions.get(accepted.procedure_version)
        return asking_of(dossier, self._organisation, at, documents, version, position)


def _accepted_with(facts: Facts, number: int) -> DossierAccepted | None:
    """The acceptance that a fact is, or that was recorded in one append with it: all of one have one time."""
    for recorded in facts[number:]:
        if recorded.recorded_at != facts[number].recorded_at:
            return None
        if isinstance(recorded.fact, DossierAccepted):
            return recorded.fact
    return None


def _instants(recorded: Recorded[Fact]) -> tuple[datetime, ...]:
    """When it may have been decided: by the rules of the day on which it was recorded, whenever it was done.
    What was decided in the last moment of a day is recorded on the next."""
    at = recorded.fact.envelope.occurred_at
    just = recorded.recorded_at - at < AT_MOST
    days = {local_date(one): one for one in (recorded.recorded_at, *((at,) if just else ()))}
    return tuple(days.values())


def _acceptance(dossier: Dossier, fact: DossierAccepted, asking: Asking) -> list[str]:
    try:
        asking.judge_complete()
    except Refused as refused:
        papers = _listed(refused.details["missing"])
        return [f"accepts dossier {dossier.code} as complete without {papers}, which it requires"]
    return []


def _request(dossier: Dossier, fact: SupplementRequested, asking: Asking) -> list[str]:
    said = []
    for id in dict.fromkeys(fact.components):
        asks = f"asks dossier {dossier.code} for {id}"
        stated = {one for one in fact.allowed if one.component == id}
        try:
            true = set(asking.judge_asking((id,)))
        except Refused as refused:
            lets = ", ".join(_told(one) for one in _sorted(stated))
            said.append(f"{asks}, {_why_not(refused)}" + (f", and names {lets} for it" if lets else ""))
            continue
        said += [f"{asks} because of {_told(one)}, and that is not so" for one in _sorted(stated - true)]
        said += [f"{asks} and does not say that {_told(one)} let it" for one in _sorted(true - stated)]
    others = {one for one in fact.allowed if one.component not in fact.components}
    return said + [
        f"says that {_told(one)} let dossier {dossier.code} be asked for {one.component}, and does not ask it"
        for one in _sorted(others)
    ]


def _why_not(refused: Refused) -> str:
    details = refused.details
    if refused.rule == rules.HELD:
        return f"which is held by the {details['by']}"
    if refused.rule == rules.NO_LONGER:
        return f"which its procedure asks for no longer since {details['until']}"
    if refused.rule == rules.LOOK_UP_FIRST:
        return f"and {_listed(details['sources'])}, which comes first, was not asked before"
    return f"which may not be: {refused}"


def _told(one: Allowance) -> str:
    what = f"the document {one.document}" if one.document else f"its fact {one.fact}"
    return f"{what} ({one.ground})"


def _sorted(found: Collection[Allowance]) -> list[Allowance]:
    return sorted(found, key=str)


def _reuse(dossier: Dossier, fact: ComponentReused, asking: Asking) -> list[str]:
    says = f"re-uses the document {fact.document} for {fact.component} of dossier {dossier.code}"
    try:
        known = asking.judge_reuse(fact.component, fact.document)
    except Refused as refused:
        return [f"{says}, {_why_not_again(refused)}"]
    true = known.kept_as, known.dossier, known.dossier_version
    if (fact.kept_as, fact.from_dossier, fact.from_version) != true:
        stated = f"as a {fact.kept_as} of fact {fact.from_version} of the dossier {fact.from_dossier}"
        made = f"a {known.kept_as} of fact {known.dossier_version} of {known.dossier}"
        return [f"{says} {stated}, and it is {made}"]
    return []


def _why_not_again(refused: Refused) -> str:
    details = refused.details
    if refused.rule == rules.REUSE_OWN:
        return "which nobody had kept for its owner"
    if refused.rule == rules.REUSE_VALID:
        return "which was not valid then"
    if refused.rule == rules.REUSE_KIND:
        wanted = details["wanted"] or "of no kind that is known"
        return f"which is {details['kind']}, and the paper is {wanted}"
    return f"which may not be: {refused}"


def _linked(dossier: Dossier, fact: ResultLinked, position: int, then: Then) -> list[str]:
    """Its document is kept right after it, in the same append."""
    says = f"links the result of fact {fact.issued} of dossier {dossier.code} as the document {fact.document}"
    after = (then(position + n).get(fact.document) for n in range(2, ONE_APPEND))
    known = next((found for found in after if found), None)
    if known is None:
        return [f"{says}, which stands in no store of its owner"]
    if (known.kept_as, known.dossier, known.dossier_version) != (RESULT, dossier.id, fact.issued):
        return [f"{says}, which is made of something else"]
    return []


_JUDGES: Final[dict[type[Fact], Callable[[Dossier, Any, Asking], list[str]]]] = {
    SupplementRequested: _request,
    ComponentReused: _reuse,
    DossierAccepted: _acceptance,
}


def _listed(said: object) -> str:
    return ", ".join(map(str, said)) if isinstance(said, list | tuple) else str(said)
