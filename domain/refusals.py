"""What a refusal is: a named rule that an act would have broken, with the facts that broke it.

A refusal leaves nothing recorded. Its text for people (Vietnamese, English) is chosen by the interfaces
from the rule's id; here stands one plain English sentence, for logs and for whoever reads the code.
"""

from __future__ import annotations

from dataclasses import dataclass

Detail = str | int | bool | None | tuple[str, ...] | tuple[int, ...]

NOTHING_OFFICIAL = "no official text found"
LEDGER = "the ledger's own rule"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the domain. `act` and `article` say where it is laid down; where nothing official was
    found, `act` says so and `article` says what the rule was taken from instead (sections are those of the
    reference on dossiers)."""

    id: str
    says: str
    act: str
    article: str

    @property
    def official(self) -> bool:
        """Whether a legal text lays this rule down, as far as we found."""
        return self.act not in (NOTHING_OFFICIAL, LEDGER)


def on_record(rule: Rule) -> tuple[Rule, ...]:
    """A rule that was not kept and forbids nothing: the fact names it, so that it is found in the log."""
    return (rule,)


class Refused(Exception):
    """An act that a rule forbids. `details` holds primitives only and no personal data: it may be logged
    and shown. `pointer`: where in the document that was judged (RFC 6901), None where there is none."""

    rule: Rule
    details: dict[str, Detail]
    pointer: str | None

    def __init__(self, rule: Rule, *, pointer: str | None = None, **details: Detail) -> None:
        super().__init__(f"{rule.id}: {rule.says}")
        self.rule = rule
        self.details = details
        self.pointer = pointer
