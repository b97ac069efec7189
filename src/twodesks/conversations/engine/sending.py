"""Names of what pages send, so that sending twice makes one, and other words under the same name are not lost."""

import hashlib
import json

KEY_CHARS = 40


def sending_key(client_key: str, *sent: object) -> str:
    """A name for just this, sent under a page's key: the same for the same, another for anything else."""
    told = json.dumps([client_key, *sent], ensure_ascii=True, default=str)
    return hashlib.sha256(told.encode()).hexdigest()[:KEY_CHARS]
