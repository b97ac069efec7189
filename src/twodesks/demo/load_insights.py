"""The insights of the demo: written, credited, checked, and what people said about them."""

from datetime import datetime
from typing import TYPE_CHECKING

from twodesks.demo.content import Content, InsightContent, moment_in
from twodesks.demo.links import linked_insights, with_addresses
from twodesks.demo.load_people import Loading
from twodesks.insights.operations.backdate_insight import backdate_insight
from twodesks.insights.operations.check_insight import check_insight
from twodesks.insights.operations.credit_member import credit_member
from twodesks.insights.operations.give_thanks import give_thanks
from twodesks.insights.operations.mark_did_not_work import mark_did_not_work
from twodesks.insights.operations.mark_helped import mark_helped
from twodesks.insights.operations.publish_insight import publish_insight
from twodesks.insights.operations.remove_credit import remove_credit
from twodesks.insights.operations.start_insight import start_insight

if TYPE_CHECKING:
    from twodesks.insights.models import InsightDraft


def load_insights(loading: Loading, content: Content) -> None:
    """All are begun first, so that each text can link to any other."""
    for insight in content.insights:
        draft = start_insight(
            actor=loading.actors[insight.author],
            title=insight.title,
            body="" if insight.published else insight.body,
            topics=insight.topics,
            channel_id=loading.channel_ids[insight.channel],
            recording_id=loading.addresses.recordings[insight.recording] if insight.recording else None,
        )
        loading.addresses.insights[insight.key] = draft.insight_id
        _credit(loading, insight, draft)
    for insight in content.insights:
        if insight.published:
            _require_open_links(insight, content)
            published = moment_in(insight.published, loading.now)
            _publish(loading, insight, published)
            _respond(loading, insight, published)


def _require_open_links(insight: InsightContent, content: Content) -> None:
    """A text links only to what each of its readers can open. Raises ValueError."""
    open_channels = {channel.name for channel in content.channels if not channel.private}
    hidden = {
        other.key
        for other in content.insights
        if other.key in linked_insights(insight.body)
        and other.channel not in open_channels
        and other.channel != insight.channel
    }
    if hidden:
        raise ValueError(f"{insight.key} links into a private channel: {', '.join(sorted(hidden))}")


def _publish(loading: Loading, insight: InsightContent, published: datetime) -> None:
    addresses = loading.addresses
    publish_insight(
        actor=loading.acting(insight.author, published),
        insight_id=addresses.insights[insight.key],
        title=insight.title,
        body=with_addresses(insight.body, addresses),
        topics=insight.topics,
        channel_id=loading.channel_ids[insight.channel],
    )


def _credit(loading: Loading, insight: InsightContent, begun: "InsightDraft") -> None:
    """Beginning an insight gives credits as well as can be guessed; the file says who really did what."""
    at = moment_in(insight.published, loading.now) if insight.published else loading.now
    author, people = loading.acting(insight.author, at), loading.addresses.people
    meant = {(people[person], role) for role, person in insight.credits}
    for credit in begun.insight.credits.all():
        if (credit.member_id, credit.role) not in meant:
            remove_credit(actor=author, insight_id=begun.insight_id, credit_id=credit.pk)
    for role, person in insight.credits:
        credit_member(actor=author, insight_id=begun.insight_id, member_id=people[person], role=role)


def _respond(loading: Loading, insight: InsightContent, published: datetime) -> None:
    insight_id, people = loading.addresses.insights[insight.key], loading.addresses.people
    judges = _in_turn(insight)
    judged_at = dict(zip(judges, _spread(len(judges), published, loading.now), strict=True))
    for person, reason in insight.did_not_work.items():
        mark_did_not_work(actor=loading.acting(person, judged_at[person]), insight_id=insight_id, reason=reason)
    for person, reason in insight.helped.items():
        mark_helped(actor=loading.acting(person, judged_at[person]), insight_id=insight_id, reason=reason)
    thanked_at = {(one.giver, one.to): moment_in(one.at, loading.now) for one in insight.thanks}
    for thanks in insight.thanks:
        give_thanks(
            actor=loading.acting(thanks.giver, thanked_at[thanks.giver, thanks.to]),
            insight_id=insight_id,
            receiver_id=people[thanks.to],
            words=thanks.words,
        )
    checked_at = moment_in(insight.checked[1], loading.now) if insight.checked else None
    if insight.checked and checked_at:
        check_insight(actor=loading.acting(insight.checked[0], checked_at), insight_id=insight_id)
    backdate_insight(
        actor=loading.system,
        insight_id=insight_id,
        published_at=published,
        checked_at=checked_at,
        verdicts_at={people[person]: at for person, at in judged_at.items()},
        thanks_at={(people[giver], people[to]): at for (giver, to), at in thanked_at.items()},
    )


def _in_turn(insight: InsightContent) -> list[str]:
    """Those whom it did not help said so before the last whom it helped."""
    helped = list(insight.helped)
    return [*helped[:-1], *insight.did_not_work, *helped[-1:]]


def _spread(count: int, published: datetime, now: datetime) -> list[datetime]:
    """Evenly, the last of them not long ago."""
    age = now - published
    return [published + age * ((number + 1) / (count + 0.4)) for number in range(count)]
