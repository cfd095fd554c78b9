"""How an act on a dossier is judged and decided, whatever it is: by the table of transitions, and never on
what was not filed yet.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from domain import rules
from domain.dossier_facts import SETS_HOLDER
from domain.dossier_state import DossierState
from domain.facts import Envelope, Fact
from domain.refusals import Refused, Rule
from domain.transitions import (
    ALLOWED_WHEN_UNKNOWN,
    BEFORE_WHEN_UNKNOWN,
    FINAL,
    HANDLED,
    SAME,
    TRANSITIONS,
)


class DossierJudging(DossierState):
    """A dossier of which acts are judged. See `domain.dossier.Dossier`."""

    def judge_status(self, act: str) -> None:
        """Whether the status allows the act, for who would read much before it is decided. Raises Refused."""
        self._judge(act)

    def _judge(self, act: str) -> None:
        """Whether the status allows the act at all."""
        if not self.version:
            raise Refused(rules.BEGUN, act=act)
        if self.quarantined:
            raise Refused(rules.QUARANTINED, act=act)
        status, transition = self.status, TRANSITIONS[act]
        if status is None:
            if act not in ALLOWED_WHEN_UNKNOWN:
                raise Refused(rules.STATUS_KNOWN, act=act)
        elif status not in transition.start:
            moves_a_final = status in FINAL and transition.to != SAME
            raise Refused(rules.FINAL if moves_a_final else transition.rule, act=act, status=status)

    def _decide(
        self,
        act: str,
        fact_class: type[Fact],
        envelope: Envelope,
        also: tuple[Rule, ...] = (),
        **values: Any,
    ) -> None:
        """Record the fact of an act that was judged; its envelope names the act's rule and those that
        decided with it."""
        self._judge_not_before_filing(envelope.occurred_at)
        if fact_class in SETS_HOLDER and envelope.holder is None:
            raise ValueError(f"{fact_class.TOPIC} sets the holder, so its envelope must name one")
        decided = (TRANSITIONS[act].rule, *also)
        self.record(
            fact_class, replace(envelope, rules=(*envelope.rules, *(rule.id for rule in decided))), **values
        )

    def _follow(self, fact_class: type[Fact], envelope: Envelope, **values: Any) -> None:
        """Record what follows from the act just decided, under the same envelope."""
        self.record(fact_class, envelope, **values)

    def _judge_not_before_filing(self, instant: datetime) -> None:
        """An imported dossier does not say when it was filed."""
        if self.begun_at is not None and instant < self.begun_at:
            raise Refused(rules.NOT_BEFORE_FILING, filed=self.begun_at.isoformat())

    def _before(self) -> int:
        """The status to go back to. An imported history may lack it or tell of one that no act goes back
        to."""
        assert self.status is not None
        before = self.status_before
        return before if before in HANDLED else BEFORE_WHEN_UNKNOWN[self.status]

    def _judge_supplement_late(self, rule: Rule, envelope: Envelope, right_stage: bool) -> None:
        until = self.supplement_until
        if not right_stage or until is None or envelope.occurred_at < until:
            raise Refused(rule, until=until.isoformat() if until is not None else None)
