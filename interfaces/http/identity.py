"""Who is asking: the bearer token, or nobody."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from application.policy import Identity
from interfaces.http.problems import Problem
from interfaces.services import Services
from interfaces.tokens import BadToken

SCHEME = HTTPBearer(
    auto_error=False,
    bearerFormat="JWT",
    description="A JWT signed with Ed25519 (`hoso tokens issue`): it says who you are; the ledger's postings "
    "say where you may act.",
)


def services_of(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


async def identity_of(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(SCHEME)]
) -> Identity:
    """Whom the token names; a 401 problem without one or with one that is not valid."""
    if credentials is None:
        raise _unauthorised("no_token", None, "Bearer")
    try:
        return services_of(request).tokens.verify(credentials.credentials)
    except BadToken as bad:
        raise _unauthorised("bad_token", str(bad), 'Bearer error="invalid_token"') from None


def _unauthorised(code: str, detail: str | None, challenge: str) -> Problem:
    return Problem(401, code, detail, headers={"WWW-Authenticate": challenge})


Asking = Annotated[Identity, Depends(identity_of)]
Works = Annotated[Services, Depends(services_of)]
