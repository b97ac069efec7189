"""Who may bring things in: administrators, for it makes channels, people and words that others read."""

from twodesks.imports.models import ImportRun
from twodesks.kit.actor import Actor
from twodesks.kit.decision import ALLOW, Decision, deny


def may_import(actor: Actor) -> Decision:
    return ALLOW if actor.is_administrator else deny("Only an administrator can bring things in. Ask one.")


def may_undo(actor: Actor, run: ImportRun, *, is_late: bool) -> Decision:
    if not actor.is_administrator:
        return deny("Only an administrator can undo an import. Ask one.")
    if is_late:
        return deny(f"What came in on {run.started_at:%-d %B} could be undone for 30 days, and they are over.")
    return ALLOW
