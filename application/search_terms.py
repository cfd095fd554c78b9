"""By what a citizen is searched: number, name and phone, each as written plainly.

Names are found whole, with or without diacritics: a name typed without them finds every spelling, one typed
with them finds that one and what an earlier system wrote without.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Final

NUMBER: Final = "number"
NAME: Final = "name"
BARE_NAME: Final = "bare_name"
PHONE: Final = "phone"

Term = tuple[str, str]
"""Kind and text."""


def written_plainly(name: str) -> str:
    """NFC, case folded, single blanks."""
    return " ".join(unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold()).split())


def without_marks(name: str) -> str:
    """The same without diacritics, and with d for đ."""
    apart = unicodedata.normalize("NFD", written_plainly(name).replace("đ", "d"))
    return unicodedata.normalize("NFC", "".join(c for c in apart if not unicodedata.combining(c)))


def same_name(given: str, recorded: str) -> bool:
    """Whether a search for the one finds the other, either way round."""
    plain, known = written_plainly(given), written_plainly(recorded)
    bare, known_bare = without_marks(given), without_marks(recorded)
    return plain in (known, known_bare) or bare == known


def dialled(phone: str) -> str:
    """Its digits, as dialled within Vietnam."""
    digits = "".join(c for c in phone if c.isascii() and c.isdigit())
    abroad = phone.strip().startswith("+84") or (digits.startswith("84") and len(digits) == 11)
    return "0" + digits[2:] if abroad else digits


def terms_of(name: str | None, number: str | None, phone: str | None) -> Iterator[Term]:
    """What finds a citizen of whom this is known."""
    if name:
        yield NAME, written_plainly(name)
        yield BARE_NAME, without_marks(name)
    if number:
        yield NUMBER, number
    if phone and dialled(phone):
        yield PHONE, dialled(phone)


def asked_by(name: str | None, number: str | None, phone: str | None) -> list[list[Term]]:
    """What is looked for: one of each list, of the list that finds fewest first."""
    wanted: list[list[Term]] = []
    if number:
        wanted.append([(NUMBER, number.strip())])
    if phone and dialled(phone):
        wanted.append([(PHONE, dialled(phone))])
    if name and written_plainly(name):
        plain, bare = written_plainly(name), without_marks(name)
        wanted.append([(BARE_NAME, bare)] if plain == bare else [(NAME, plain), (NAME, bare)])
    return wanted
