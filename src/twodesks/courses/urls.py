from django.urls import URLPattern, path

from twodesks.courses.views import learning, studio

STUDIO = "courses/<int:course_id>/studio/"

urlpatterns: list[URLPattern] = [
    path("courses/", learning.courses, name="courses"),
    path("courses/new/", studio.new_course, name="new-course"),
    path("courses/using/<int:insight_id>/", learning.using, name="courses-using"),
    path("courses/<int:course_id>/", learning.course, name="course"),
    path("courses/<int:course_id>/begin/", learning.begin, name="begin-course"),
    path("courses/<int:course_id>/leave/", learning.leave, name="leave-course"),
    path("courses/<int:course_id>/done/", learning.done, name="course-done"),
    path("courses/<int:course_id>/lessons/<int:lesson_id>/", learning.lesson, name="lesson"),
    path(STUDIO, studio.studio, name="studio"),
    path(f"{STUDIO}words/", studio.save_words, name="studio-words"),
    path(f"{STUDIO}arrange/", studio.arrange, name="studio-arrange"),
    path(f"{STUDIO}publish/", studio.publish, name="studio-publish"),
    path(f"{STUDIO}sections/", studio.new_section, name="studio-new-section"),
    path(f"{STUDIO}sections/<int:section_id>/", studio.section, name="studio-section"),
    path(f"{STUDIO}lessons/", studio.new_lesson, name="studio-new-lesson"),
    path(f"{STUDIO}lessons/<int:lesson_id>/move/", studio.move, name="studio-move"),
    path(f"{STUDIO}lessons/<int:lesson_id>/remove/", studio.drop_lesson, name="studio-remove-lesson"),
    path(f"{STUDIO}lessons/<int:lesson_id>/update/", studio.follow_update, name="studio-update-lesson"),
    path(f"{STUDIO}lessons/<int:lesson_id>/questions/", studio.question, name="studio-question"),
]
