"""What may stand in clear in a fact: a value that exists, or a code of a narrow form.

Free text may name somebody, and a recorded byte stays for ever: it is sealed. Everything else that a person
can type passes through here. The refused value itself is in no refusal's details, since it may be the very
text that should not be kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from domain import record_rules
from domain.refusals import Refused

CODE_ORIGINS: Final = ("issued", "elsewhere", "assumed")
OUTCOMES: Final = ("granted", "refused")
LOOKUP_OUTCOMES: Final = ("found", "not_found", "unavailable", "inconsistent")
ALLOWANCES: Final = ("unavailable", "inconsistent", "not_found", "unusable", "withdrawn", "expired")
"""What lets a paper be asked for all the same: see `domain.asking`."""
CHANNELS: Final = ("counter", "online", "post", "kiosk")
ELECTRONIC: Final = "electronic"
FORMS: Final = ("original", "certified", "copy", ELECTRONIC)
KEYED_BY: Final = ("applicant", "officer", "postal_employee", "kiosk", "system")
"""Who typed a filing in. The list is ours: no source gives one."""
IDENTITY_LEVELS: Final = ("vneid_1", "vneid_2", "account", "none")
"""By which level of account something was filed. Level 2 of VNeID is named by the law; the list is ours."""
PAPER_REASONS: Final = (
    "no_account",
    "no_device",
    "original_required",
    "system_down",
    "disability_or_age",
    "other",
)
"""Why something is filed on paper although dossiers are electronic. The list is ours: no source gives one."""
TRIGGERS: Final = (
    "life_event",
    "age_reached",
    "data_changed",
    "validity_ends",
    "another_dossier",
    "other",
)
"""What lets an agency open a dossier by itself. The list is ours: no source gives one."""
INTAKE_GROUNDS: Final = (
    "not_in_order",
    "not_competent",
    "conditions_not_met",
    "supplement_missing",
    "duplicate",
    "other",
)
STOP_GROUNDS: Final = (
    "conditions_not_met",
    "supplement_missing",
    "payment_missing",
    "not_competent",
    "duplicate",
    "other",
)
CLOSE_GROUNDS: Final = ("refused_at_intake", "stopped", "duplicate", "other")
CHECKS: Final = ("in_order", "unusable")
PAPER_FORMS: Final = ("original", "certified", "copy")
"""Of what a digitised copy was made."""
PURPOSES: Final = ("fee", "charge", "tax", "other")
COLLECTED: Final = ("receipt", "supplement", "return")
DRAFT_WAYS: Final = ("counter", "online", "post", "vneid", "silence")
RESULT_FORMS: Final = (ELECTRONIC, "paper")
SIGNATURE_OUTCOMES: Final = ("valid", "invalid", "unknown")
RETURN_WAYS: Final = ("counter", "online", "post", "vneid")
QUARANTINE_REASONS: Final = ("code_taken",)
EXPORT_DIFFERENCES: Final = ("moved", "gone", "back_dated")
SCORES: Final = (0, 1, 2)
VOICE_KINDS: Final = ("feedback", "complaint")
VOICE_WAYS: Final = ("counter", "online", "post", "phone")
VOICE_OUTCOMES: Final = ("explained", "upheld", "partly_upheld", "not_upheld")

WORD: Final = r"^[a-z0-9_.-]{1,64}$"
COMPONENT: Final = r"^[A-Za-z0-9_.-]{1,40}$"
UNLISTED_COMPONENT: Final = r"^[a-z0-9_.-]{1,40}$"
NUMBER: Final = r"^(?=[^0-9]*[0-9])[0-9A-Za-zĐđƯ./:_-]{1,64}$"
DECISION: Final = r"^(?![0-9]{9,13}$)" + NUMBER[1:]
"""Of an act, a decision or a request; never the number of a person or an enterprise."""
RESULT: Final = r"^KQ\.[A-Z][0-9]{2}\.[0-9]{6}$"
DIGEST: Final = r"^[0-9a-f]{64}$"
FILE: Final = DIGEST
KIND_OF_DOCUMENT: Final = r"^(KQ\.[A-Z][0-9]{2}\.[0-9]{6}|[a-z][a-z0-9_]{0,63})$"
"""What a paper is, whatever procedure asks for it: the code of a result, or a word of the catalogue's."""


def judge_one_of(field: str, value: str, allowed: tuple[str, ...]) -> None:
    """Refuse a value that does not exist."""
    if value not in allowed:
        raise Refused(record_rules.ONE_OF, field=field, allowed=allowed)


def judge_known(field: str, value: str | None, allowed: tuple[str, ...]) -> None:
    """Refuse a value that does not exist; None is not said."""
    if value is not None:
        judge_one_of(field, value, allowed)


def judge_form(field: str, value: str | None, form: str) -> None:
    """Refuse a code that is not of this form; None is no code."""
    if value is not None and not re.fullmatch(form, value):
        raise Refused(record_rules.CODE_FORM, field=field, form=form)


def judge_ids(field: str, ids: Iterable[str]) -> None:
    """Refuse what is no paper's id."""
    for number, id in enumerate(ids):
        judge_form(f"{field}.{number}", id, COMPONENT)


def judge_components(components: Iterable[Mapping[str, Any]]) -> None:
    """Refuse papers whose id is no code, or whose form does not exist."""
    for number, component in enumerate(components):
        judge_form(f"components.{number}.id", component["id"], COMPONENT)
        judge_one_of(f"components.{number}.form", component["form"], FORMS)
