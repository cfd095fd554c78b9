"""What became of the client's requests: answered, refused as meant, refused otherwise, failed."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

import httpx

MOST_TOLD = 20


@dataclass(slots=True)
class Tally:
    """`sent` = `ok` + `refused` + `failed`. `told`: the first requests that came out otherwise than meant."""

    sent: int = 0
    ok: int = 0
    refused: int = 0
    refused_as_meant: int = 0
    failed: int = 0
    told: list[str] = field(default_factory=list)

    def good(self, what: str, answer: httpx.Response) -> bool:
        """The request was meant to be answered; whether it was."""
        self.sent += 1
        if answer.status_code in (200, 201):
            self.ok += 1
            return True
        if 400 <= answer.status_code < 500:
            self.refused += 1
        else:
            self.failed += 1
        self._tell(what, answer)
        return False

    def meant(self, what: str, status: int, answer: httpx.Response) -> None:
        """The request was meant to be refused with this status."""
        self.sent += 1
        if answer.status_code == status:
            self.refused += 1
            self.refused_as_meant += 1
            return
        if 400 <= answer.status_code < 500:
            self.refused += 1
        else:
            self.failed += 1
        self._tell(f"{what}, to be refused with {status}", answer)

    def same(self, what: str, first: httpx.Response, again: httpx.Response) -> None:
        """A repeat with the same key was meant to be answered like the first time."""
        self.sent += 1
        if again.status_code == first.status_code and again.content == first.content:
            self.ok += 1
        else:
            self.failed += 1
            self._tell(f"{what}, repeated", again)

    def lost(self, what: str, error: Exception) -> None:
        """No answer came."""
        self.sent += 1
        self.failed += 1
        self.told.append(f"{what}: {error!r}") if len(self.told) < MOST_TOLD else None

    def _tell(self, what: str, answer: httpx.Response) -> None:
        if len(self.told) < MOST_TOLD:
            self.told.append(f"{what}: {answer.status_code} {answer.text[:300]}")

    def figures(self) -> dict[str, int]:
        """The counts alone."""
        return {name: value for name, value in asdict(self).items() if isinstance(value, int)}
