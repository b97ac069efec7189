from django.urls import URLPattern, path, re_path, register_converter

from twodesks.insights.views import library, reading, responding, writing


class RowId:
    """A number that a row may have; a longer one is no address of ours."""

    regex = "[0-9]{1,9}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(RowId, "insight_row")

urlpatterns: list[URLPattern] = [
    path("library/", library.library, name="library"),
    path("library/drafts/", library.drafts, name="drafts"),
    path("insights/new/", writing.new_insight, name="new-insight"),
    path("insights/new", writing.new_insight),
    path("insights/preview", writing.preview, name="preview-insight"),
    path("insights/transcripts/<insight_row:recording_id>", writing.transcript, name="insight-transcript"),
    path("insights/from-recording/<insight_row:recording_id>/", library.from_recording, name="insights-from-recording"),
    path("insights/<insight_row:insight_id>/edit/", writing.edit_insight, name="edit-insight"),
    path("insights/<insight_row:insight_id>/settle/", writing.settle, name="settle-insight"),
    path("insights/<insight_row:insight_id>/discard", writing.discard, name="discard-draft"),
    path("insights/<insight_row:insight_id>/attachments/", writing.attach, name="attach-image"),
    path(
        "insights/<insight_row:insight_id>/attachments/<insight_row:attachment_id>",
        reading.attachment,
        name="insight-attachment",
    ),
    path("insights/<insight_row:insight_id>/history/", reading.history, name="insight-history"),
    path(
        "insights/<insight_row:insight_id>/revisions/<insight_row:number>/restore",
        reading.restore,
        name="restore-revision",
    ),
    path("insights/<insight_row:insight_id>/verdict", responding.verdict, name="insight-verdict"),
    path("insights/<insight_row:insight_id>/thanks", responding.thanks, name="insight-thanks"),
    path("insights/<insight_row:insight_id>/credits", responding.credits, name="insight-credits"),
    path("insights/<insight_row:insight_id>/check", responding.check, name="check-insight"),
    path("insights/<insight_row:insight_id>/move", responding.move, name="move-insight"),
    path("insights/<insight_row:insight_id>/withdraw", responding.withdraw, name="withdraw-insight"),
    path("insights/<insight_row:insight_id>/reinstate", responding.reinstate, name="reinstate-insight"),
    re_path(r"^insights/(?P<insight_id>[0-9]{1,9})(?:-(?P<slug>[^/]+))?/$", reading.insight, name="insight"),
]
