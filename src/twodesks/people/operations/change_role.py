"""Make a member a curator, an administrator, or a member again."""

from django.db import transaction

from twodesks.activity.operations.record_statement import record_statement
from twodesks.kit.actor import Actor, Role
from twodesks.kit.operation import operation
from twodesks.kit.problem import Denied, NotFound
from twodesks.people import policies
from twodesks.people.models import Member


@operation("people.change_role")
def change_role(*, actor: Actor, member_id: int, role: Role) -> Member:
    """Administrators only. The last administrator stays one."""
    policies.may_administer(actor).require()
    with transaction.atomic():
        administrators = list(
            Member.objects.select_for_update()
            .filter(role=Role.ADMINISTRATOR.value, deactivated_at=None)
            .values_list("pk", flat=True)
        )
        member = Member.objects.filter(pk=member_id).first()
        if member is None:
            raise NotFound
        if administrators == [member_id] and role is not Role.ADMINISTRATOR:
            raise Denied("This is the only administrator. Make somebody else one first.")
        member.role = role.value
        member.save(update_fields=["role"])
        record_statement(
            actor=actor, verb="changed-role", object_type="member", object_id=member_id, result={"role": role.value}
        )
    return member
