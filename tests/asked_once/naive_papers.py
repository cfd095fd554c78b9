"""What a person would say is held, from a plain list of what happened. Nothing of the project is used here.

A paper that somebody gave once, as a file with a dossier that was accepted, is held for every dossier of
theirs, anywhere, until it is found unusable where it came from, withdrawn, or over."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Document:
    """`made_of`: the dossier and the number of what provided it; `last_day`: the last on which it counts."""

    key: Any
    owner: int
    kind: str
    made_of: tuple[str, int] | None = None
    last_day: int | None = None
    withdrawn: bool = False

    def counts(self, today: int) -> bool:
        return not self.withdrawn and (self.last_day is None or today <= self.last_day)


@dataclass
class Given:
    """One time that something came: `how` handed, file, again (a document of the store) or answer."""

    paper: str
    how: str
    number: int
    document: Document | None = None
    unusable: bool = False
    looked_at_after: int = 0
    """How often the paper had come when this was last looked at."""


@dataclass
class Case:
    owner: int
    papers: dict[str, str | None]
    """Paper to its kind."""
    accepted: bool = False
    given: list[Given] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    """Paper to what the database said last, silence while it is down left out."""


@dataclass
class NaivePapers:
    today: int = 0
    cases: dict[str, Case] = field(default_factory=dict)
    documents: list[Document] = field(default_factory=list)

    def gives(self, code: str, paper: str, how: str, number: int, document: Document | None = None) -> None:
        self.cases[code].given.append(Given(paper, how, number, document))

    def accepts(self, code: str) -> None:
        self.cases[code].accepted = True
        for one in self.cases[code].given:
            self._keeps(code, one)

    def looks_up(self, code: str, paper: str, outcome: str, number: int) -> None:
        if outcome != "unavailable":
            self.cases[code].answers[paper] = outcome
        if outcome == "found":
            self.gives(code, paper, "answer", number)

    def checks(self, code: str, paper: str, outcome: str) -> None:
        """All of this paper that is not known to be of no use; where all is, what was found so since the last
        came."""
        of_paper = [given for given in self.cases[code].given if given.paper == paper]
        of_use = [given for given in of_paper if not given.unusable]
        for one in of_use or [given for given in of_paper if given.looked_at_after == len(of_paper)]:
            one.unusable, one.looked_at_after = outcome == "unusable", len(of_paper)
            if one.unusable:
                for document in self.documents:
                    if document.made_of == (code, one.number):
                        document.withdrawn = True
            elif self.cases[code].accepted:
                self._keeps(code, one)

    def _keeps(self, code: str, one: Given) -> None:
        case = self.cases[code]
        kind, made_of = case.papers[one.paper], (code, one.number)
        known = any(document.made_of == made_of for document in self.documents)
        if one.how == "file" and not one.unusable and kind is not None and not known:
            self.documents.append(Document(None, case.owner, kind, made_of))

    def in_store(self, owner: int, kind: str | None) -> list[Document]:
        """What counts today for every dossier of this owner."""
        return [d for d in self.documents if (d.owner, d.kind) == (owner, kind) and d.counts(self.today)]

    def held(self, code: str, paper: str) -> bool:
        """In this dossier, by what came with it or by what its owner has."""
        case = self.cases[code]
        of_paper = [given for given in case.given if given.paper == paper]
        spoilt = [self._document(code, one) for one in of_paper if one.unusable]
        mine = any(self._counts(code, one) for one in of_paper)
        return mine or any(d not in spoilt for d in self.in_store(case.owner, case.papers[paper]))

    def _counts(self, code: str, one: Given) -> bool:
        if one.unusable or (one.how == "answer" and self.cases[code].answers[one.paper] != "found"):
            return False
        document = self._document(code, one)
        return document is None or document.counts(self.today)

    def _document(self, code: str, one: Given) -> Document | None:
        made = (d for d in self.documents if d.made_of == (code, one.number))
        return one.document or next(made, None)
