"""The addresses of the console. None has anything of a person in it."""

from django.urls import include, path

urlpatterns = [
    path("", include("review.pages")),
    path("account/", include("accounts.urls")),
    path("hand-over/", include("review.handover.urls")),
]
