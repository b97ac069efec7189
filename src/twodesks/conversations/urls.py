from django.urls import URLPattern, path

from twodesks.conversations.views import arranging, reading, responding, writing

urlpatterns: list[URLPattern] = [
    path("conversations/files/", writing.attach, name="attach-file"),
    path("conversations/<int:conversation_id>/messages/", writing.post, name="post-message"),
    path("conversations/<int:conversation_id>/news/", reading.news, name="conversation-news"),
    path("conversations/<int:conversation_id>/completions/", reading.completions, name="conversation-completions"),
    path("conversations/<int:conversation_id>/me-too/", responding.me_too, name="me-too"),
    path("conversations/<int:conversation_id>/follow/", responding.follow, name="follow-conversation"),
    path("conversations/<int:conversation_id>/pass-on/", responding.pass_question_on, name="pass-on"),
    path("conversations/<int:conversation_id>/ask/", responding.ask_somebody, name="ask-somebody"),
    path("conversations/<int:conversation_id>/doing/", responding.doing, name="conversation-doing"),
    path("conversations/<int:conversation_id>/reopen/", responding.reopen, name="reopen-conversation"),
    path("conversations/<int:conversation_id>/arrange/", arranging.arrange, name="arrange-conversation"),
    path("conversations/<int:conversation_id>/rename/", arranging.rename, name="rename-conversation"),
    path("conversations/<int:conversation_id>/move/", arranging.move, name="move-conversation"),
    path("conversations/<int:conversation_id>/merge/", arranging.merge, name="merge-conversation"),
    path("conversations/<int:conversation_id>/split/", arranging.split, name="split-conversation"),
    path("conversations/<int:conversation_id>/asker/", arranging.asker, name="conversation-asker"),
    path("messages/<int:message_id>/", reading.message, name="message"),
    path("messages/<int:message_id>/more/", reading.more, name="message-more"),
    path("messages/<int:message_id>/wordings/", reading.wordings, name="message-wordings"),
    path("messages/<int:message_id>/files/<int:attachment_id>/", reading.file, name="message-file"),
    path("messages/<int:message_id>/edit/", writing.edit, name="edit-message"),
    path("messages/<int:message_id>/remove/", writing.remove, name="remove-message"),
    path("messages/<int:message_id>/restore/", writing.restore, name="restore-message"),
    path("messages/<int:message_id>/thanks/", responding.thanks, name="thank-for-message"),
    path("messages/<int:message_id>/react/", responding.sign, name="react-to-message"),
    path("messages/<int:message_id>/accept/", responding.accept, name="accept-answer"),
]
