"""Rules that refuse nothing. What does not follow one is recorded all the same, and the fact's envelope names
the rule: the applicant is served, and whoever looks afterwards finds it in the log."""

from __future__ import annotations

from domain.refusals import Rule

PAPER_REASON = Rule(
    "dossier.submit.paper_reason",
    "Since 1 July 2025 dossiers are electronic: where papers are filed, it is said why.",
    "Plan 02-KH/BCĐTW",
    "100 % of dossiers electronic from 1 July 2025 (reference section 0.3)",
)
