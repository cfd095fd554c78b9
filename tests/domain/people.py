"""People for tests of rules: somebody identified, and a rule that refuses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest

from domain.citizen import Citizen
from domain.facts import Personal
from domain.refusals import Refused, Rule
from tests.domain.situations import an_id, by

OWNER, SON, STRANGER = an_id(201), an_id(202), an_id(203)


@contextmanager
def refuses(rule: Rule) -> Iterator[pytest.ExceptionInfo[Refused]]:
    with pytest.raises(Refused) as refused:
        yield refused
    assert refused.value.rule is rule


def identified(
    id: UUID = OWNER, kind: str = "person", number_kind: str = "none", number: str | None = None
) -> Citizen:
    citizen = Citizen.empty(id)
    citizen.identify(
        by(),
        kind=kind,
        name=Personal(id, "Nguyễn Thị Ví Dụ"),
        number_kind=number_kind,
        number=Personal(id, number) if number else None,
        phone=None,
        address=None,
    )
    return citizen
