"""What a procedure's version says of each paper that it asks for: what the paper is, in which cases it
belongs to the dossier, whether the dossier is incomplete without it, which databases have its data, and until
when it may be asked for at all.

A paper that two procedures ask for under two ids is one kind of document: so what was given for one of them
is not asked for again by the other. All of it is data of the version; nothing that no source gives is filled
in here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from domain.clear_text import COMPONENT, KIND_OF_DOCUMENT, WORD, judge_form
from domain.component_rules import PAPERS_ONCE, PAPERS_ONCE_OF_OWNER
from domain.deadlines import CALENDAR_DAY, MONTH, day_after
from domain.refusals import Refused
from domain.term_values import Limit, judge_choice, read_limit


@dataclass(frozen=True, slots=True)
class Source:
    """A published, connected database that has the component's data, from the day `since` on."""

    source: str
    since: date


OWNER: Final = "owner"
OTHER: Final = "other"
WHOSE: Final = (OWNER, OTHER)
VALID_UNITS: Final = (CALENDAR_DAY, MONTH)
"""A validity is counted in days of the calendar, so that no holiday published later moves its end."""


@dataclass(frozen=True, slots=True)
class PaperTerm:
    """What is said of one component. `kind`: of which kind of document it is, None where nobody said;
    `cases`: in which it is asked for, none named: in each; `until`: the first day on which it is not asked
    for any more; `whose`: about whom it is, the owner or somebody else (a child, a spouse); `valid`: how long
    it counts for other dossiers from the day on which it is kept, None where no end is known."""

    component: str
    kind: str | None = None
    cases: tuple[str, ...] = ()
    required: bool = False
    sources: tuple[Source, ...] = ()
    until: date | None = None
    whose: str = OWNER
    valid: Limit | None = None

    @property
    def kept_kind(self) -> str | None:
        """As which kind it is kept in the owner's store and held by it; None: it never is. The paper of
        somebody else says nothing of the owner's."""
        return self.kind if self.whose == OWNER else None

    def valid_until(self, kept_on: date) -> date | None:
        """The first day on which what was kept on a day counts no longer. The day itself is not counted, and
        the last one is (Civil Code 2015 Arts 147.2, 148)."""
        if self.valid is None:
            return None
        return day_after(kept_on, self.valid.amount, self.valid.unit) + timedelta(days=1)

    def asked_on(self, day: date) -> bool:
        """Whether the version still asks for it on a day of Vietnam."""
        return self.until is None or day < self.until

    def sources_on(self, day: date) -> tuple[str, ...]:
        """The databases that are connected on a day."""
        return tuple(known.source for known in self.sources if known.since <= day)


@dataclass(frozen=True, slots=True)
class PaperTerms:
    """All that a version says of its papers, in the order in which it says it."""

    papers: tuple[PaperTerm, ...] = ()

    def of(self, component: str, case: str | None) -> PaperTerm | None:
        """What is said of a component in this case: what is said of the case itself, else of each."""
        said = [term for term in self.papers if term.component == component]
        own = [term for term in said if case in term.cases]
        return next(iter(own or [term for term in said if not term.cases]), None)

    def judge_once_of_owner(self) -> None:
        """Refuse two papers that are the same document of the owner in one case: either would stand for the
        other. Judged when a version is published, and of none that was. Raises Refused
        (procedure.papers.once_of_owner)."""
        for case in dict.fromkeys((None, *(case for term in self.papers for case in term.cases))):
            seen: dict[str, str] = {}
            for term in self.in_case(case):
                kind = term.kept_kind
                if kind is not None and seen.setdefault(kind, term.component) != term.component:
                    same = (seen[kind], term.component)
                    raise Refused(PAPERS_ONCE_OF_OWNER, kind=kind, case=case, components=same)

    def in_case(self, case: str | None) -> tuple[PaperTerm, ...]:
        """Those that belong to a dossier of this case."""
        named = dict.fromkeys(term.component for term in self.papers)
        return tuple(term for name in named if (term := self.of(name, case)) is not None)


NO_PAPERS: Final = PaperTerms()


def paper_terms(said: Iterable[Mapping[str, Any]]) -> PaperTerms:
    """`terms.papers` of a version. Raises Refused (value.code_form, value.one_of,
    deadline.amount, procedure.papers.once)."""
    terms = tuple(_term(number, one) for number, one in enumerate(said))
    seen: set[tuple[str, str | None]] = set()
    for term in terms:
        for case in term.cases or (None,):
            if (term.component, case) in seen:
                raise Refused(PAPERS_ONCE, component=term.component, case=case)
            seen.add((term.component, case))
    return PaperTerms(terms)


def _term(number: int, said: Mapping[str, Any]) -> PaperTerm:
    field = f"terms.papers.{number}"
    judge_form(f"{field}.component", said["component"], COMPONENT)
    judge_form(f"{field}.kind", said.get("kind"), KIND_OF_DOCUMENT)
    sources = tuple(Source(known["source"], _day(known["since"])) for known in said.get("sources") or ())
    for known in sources:
        judge_form(f"{field}.sources", known.source, WORD)
    until, valid = said.get("until"), read_limit(f"{field}.valid", said.get("valid"))
    judge_choice(f"{field}.valid.unit", valid.unit if valid else None, VALID_UNITS)
    judge_choice(f"{field}.whose", said.get("whose"), WHOSE)
    return PaperTerm(
        said["component"],
        said.get("kind"),
        tuple(said.get("cases") or ()),
        bool(said.get("required")),
        sources,
        _day(until) if until is not None else None,
        said.get("whose") or OWNER,
        valid,
    )


def _day(said: date | str) -> date:
    return said if isinstance(said, date) else date.fromisoformat(said)
