"""The paper originals of one dossier in a handover: listed by who hands over, found or missing at who
receives."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from domain import register_rules as rules
from domain.clear_text import COMPONENT, judge_form
from domain.derived_ids import derived_stream_id
from domain.facts import Aggregate, Envelope, Fact
from domain.papers_facts import Original, PapersChecked, PapersListed
from domain.refusals import Refused

BOX = r"^[A-Za-z0-9./-]{1,40}$"
MOST = 1000
"""Originals of one component."""


def papers_stream_id(part_id: UUID, dossier_id: UUID, effective_at: datetime) -> UUID:
    """UUIDv8 of the hour and SHA-256("papers" | part id | dossier id)."""
    return derived_stream_id(effective_at, b"papers" + part_id.bytes + dossier_id.bytes)


def originals_of(counts: Mapping[str, int]) -> tuple[Original, ...]:
    """Counts by component as they are recorded: in the order of components, none of zero."""
    return tuple(Original(component, counts[component]) for component in sorted(counts) if counts[component])


class Papers(Aggregate):
    """`listed`: the last inventory; `checked`: what the last check of it said."""

    listed: PapersListed | None = None
    checked: PapersChecked | None = None

    @property
    def missing(self) -> dict[str, int]:
        """What the last check misses, by component."""
        return {o.component: o.count for o in self.checked.missing} if self.checked else {}

    def list(
        self,
        envelope: Envelope,
        *,
        dossier: UUID,
        part: UUID,
        agency: UUID,
        box: str,
        originals: Mapping[str, int],
        hands_over: bool,
    ) -> None:
        """`hands_over`: the part takes, or took, the dossier from `agency`. Raises Refused (papers.from,
        papers.settled, papers.originals, record.code_form)."""
        if not hands_over:
            raise Refused(rules.PAPERS_FROM, dossier=str(dossier), agency=str(agency))
        if self.checked is not None:
            raise Refused(rules.PAPERS_SETTLED, dossier=str(dossier))
        judge_form("box", box, BOX)
        if not originals or not all(1 <= count <= MOST for count in originals.values()):
            raise Refused(rules.PAPERS_LISTED, dossier=str(dossier))
        _judge_components(originals)
        self.record(
            PapersListed,
            envelope,
            dossier=dossier,
            part=part,
            agency=agency,
            box=box,
            originals=originals_of(originals),
        )

    def check(
        self,
        envelope: Envelope,
        *,
        dossier: UUID,
        part: UUID,
        agency: UUID,
        box: str,
        found: Mapping[str, int],
        missing: Mapping[str, int],
        moved: bool,
    ) -> None:
        """The receiver counts; it may count again when something turned up. `moved`: by the part, which has
        taken effect.

        Raises Refused (papers.unlisted, papers.holder, papers.add_up, record.code_form).
        """
        if self.listed is None:
            raise Refused(rules.PAPERS_UNLISTED, dossier=str(dossier))
        if envelope.holder != agency or not moved:
            raise Refused(rules.PAPERS_HOLDER, agency=str(agency), holder=str(envelope.holder))
        judge_form("box", box, BOX)
        _judge_components({**found, **missing})
        lacking = missing_of({o.component: o.count for o in self.listed.originals}, found)
        if {c: n for c, n in missing.items() if n} != lacking or not all(
            0 <= n <= MOST for n in found.values()
        ):
            raise Refused(rules.PAPERS_ADD_UP, dossier=str(dossier), missing=tuple(sorted(lacking)))
        self.record(
            PapersChecked,
            envelope,
            dossier=dossier,
            part=part,
            agency=agency,
            box=box,
            found=originals_of(found),
            missing=originals_of(missing),
        )

    def judge_confirmed(self) -> None:
        """Before the receiver says that all papers are there. Raises Refused (papers.missing)."""
        if self.missing:
            raise Refused(rules.PAPERS_MISSING, missing=tuple(sorted(self.missing)))

    def apply(self, fact: Fact) -> None:
        if isinstance(fact, PapersListed):
            self.listed = fact
        elif isinstance(fact, PapersChecked):
            self.checked = fact


def missing_of(listed: Mapping[str, int], found: Mapping[str, int]) -> dict[str, int]:
    """What was listed and not found, by component; more than was listed misses nothing."""
    lacking = {component: count - found.get(component, 0) for component, count in listed.items()}
    return {component: count for component, count in lacking.items() if count > 0}


def _judge_components(components: Mapping[str, int]) -> None:
    for component in components:
        judge_form("component", component, COMPONENT)
