"""Offer the member who a name from elsewhere was what that name explained."""

from twodesks.capture.models import ConversationWorth, KeepOffer
from twodesks.kit.operation import operation


@operation("capture.adopt_offers")
def adopt_offers(*, placeholder_id: int, member_id: int) -> None:
    """When a claim was confirmed, in its transaction: offers, and who is named in what is worth keeping."""
    KeepOffer.objects.filter(member_id=placeholder_id).update(member_id=member_id)
    ConversationWorth.objects.filter(explainer_id=placeholder_id).update(explainer_id=member_id)
    named = list(ConversationWorth.objects.filter(preview__credited__contains=[placeholder_id]))
    for worth in named:
        credited = [member_id if one == placeholder_id else one for one in worth.preview["credited"]]
        worth.preview = worth.preview | {"credited": list(dict.fromkeys(credited))}
    ConversationWorth.objects.bulk_update(named, ["preview"], batch_size=500)
