"""Every named rule of the domain, by its id: what interfaces need to put a refusal, or a reason, into
words."""

from __future__ import annotations

from functools import cache
from types import ModuleType

from domain import (
    anomalies,
    certificate_rules,
    citizen_rules,
    component_rules,
    delegation_rules,
    doubt_rules,
    ending_rules,
    erasure_rules,
    handover_rules,
    linked_rules,
    log_rules,
    organisation_rules,
    record_rules,
    register_rules,
    result_rules,
    rules,
    store_rules,
    voice_rules,
    waiting_rules,
)
from domain.refusals import Rule

MODULES: tuple[ModuleType, ...] = (
    rules,
    waiting_rules,
    ending_rules,
    record_rules,
    citizen_rules,
    organisation_rules,
    delegation_rules,
    doubt_rules,
    handover_rules,
    register_rules,
    certificate_rules,
    voice_rules,
    component_rules,
    store_rules,
    result_rules,
    linked_rules,
    log_rules,
    erasure_rules,
    anomalies,
)


@cache
def known_rules() -> dict[str, Rule]:
    """By id, in the order in which they stand."""
    return {v.id: v for module in MODULES for v in vars(module).values() if isinstance(v, Rule)}
