"""Names, numbers and addresses of people who do not exist, put together by a seeded generator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from application.citizens import Identification, enterprise_code

PERSON_SHARE = 0.9


class People:
    """`parts`: lists of name parts (the project's names.json). Each number is given once."""

    def __init__(self, chance: Random, parts: Mapping[str, Any]) -> None:
        self._chance = chance
        self._parts = parts
        self._numbers = 0

    def _one(self, list_name: str) -> str:
        options: Sequence[str] = self._parts[list_name]
        return self._chance.choice(options)

    def name(self) -> str:
        """A person's full name."""
        gender = self._chance.choice(("male", "female"))
        return f"{self._one('family')} {self._one(f'middle_{gender}')} {self._one(f'given_{gender}')}"

    def address(self, of: str) -> str:
        """A street in the unit named."""
        number = self._chance.randint(1, 199)
        return f"{number} {self._one('street_kinds')} {self._one('street_words')}, {of}"

    def phone(self) -> str:
        return f"09{self._chance.randint(0, 99_999_999):08d}"

    def _code(self) -> str:
        """The next that is one: one in eleven beginnings has no check digit."""
        while (code := enterprise_code(f"999{self._numbers:06d}")) is None:
            self._numbers += 1
        return code

    def applicant(self, lives_in: str) -> Identification:
        """A person or an organisation. Numbers begin with 999, which belongs to no province."""
        self._numbers += 1
        if self._chance.random() < PERSON_SHARE:
            return Identification(
                kind="person",
                name=self.name(),
                number_kind="personal_number",
                number=f"999{self._numbers:09d}",
                phone=self.phone(),
                address=self.address(lives_in),
            )
        return Identification(
            kind="organisation",
            name=f"{self._one('organisation_kinds')} {self._one('organisation_words')} {self._numbers}",
            number_kind="enterprise_code",
            number=self._code(),
            phone=self.phone(),
            address=self.address(lives_in),
        )
