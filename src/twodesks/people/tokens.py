"""Tokens that open a door: signed ones for invitations, random ones (kept as a hash) for sign-in links."""

import hashlib
import secrets

from django.core import signing

_INVITATION = signing.Signer(salt="people.invitation")


def invitation_token(invitation_id: int) -> str:
    return _INVITATION.sign(str(invitation_id))


def invitation_id_of(token: str) -> int:
    """The id in a genuine token; 0, which is nobody's, for any other."""
    try:
        return int(_INVITATION.unsign(token))
    except (signing.BadSignature, ValueError):
        return 0


def new_secret() -> str:
    return secrets.token_urlsafe(32)


def hash_of(secret: str) -> str:
    """SHA-256 in hexadecimal; enough for a random secret of 256 bits."""
    return hashlib.sha256(secret.encode()).hexdigest()
