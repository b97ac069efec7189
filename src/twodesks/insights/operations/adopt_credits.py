"""Give the member who a name from elsewhere was the credits and the thanks of that name."""

from django.db.models import Exists, OuterRef

from twodesks.insights.models import Credit, Thanks
from twodesks.kit.operation import operation


@operation("insights.adopt_credits")
def adopt_credits(*, placeholder_id: int, member_id: int) -> None:
    """When a claim was confirmed, in its transaction. What the member has already is not there twice, and nobody
    keeps thanks that they gave themselves.
    """
    old_credits = Credit.objects.filter(member_id=placeholder_id)
    same_role = Credit.objects.filter(insight=OuterRef("insight"), role=OuterRef("role"), member_id=member_id)
    old_credits.filter(Exists(same_role)).delete()
    old_credits.update(member_id=member_id)
    old_thanks = Thanks.objects.filter(receiver_id=placeholder_id)
    same_giver = Thanks.objects.filter(insight=OuterRef("insight"), giver=OuterRef("giver"), receiver_id=member_id)
    old_thanks.filter(Exists(same_giver)).delete()
    old_thanks.filter(giver_id=member_id).delete()
    old_thanks.update(receiver_id=member_id)
