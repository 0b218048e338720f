"""The interface for other programs: the list of the pre-screenings, each as FHIR, and the form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, inline_serializer
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.pagination import PageNumberPagination
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from actions.trial import trial
from records.audit import Action, append
from records.models import Record, Status
from review.filters import CHOICES, Filters
from review.handover.access import note_export
from review.handover.exact_json import written
from review.handover.form import form
from review.handover.refusals import JSON
from review.handover.responses import bundle

FHIR = "application/fhir+json"
LISTED, TAKEN = "api list", "api fhir"

_TITLES = {
    "outcome": "What the rules found.",
    "state": "How far the clinic has come; `open` for all but the closed ones.",
    "language": "The language of the conversation.",
    "assigned": "To the user who asks (`me`), or to `nobody`.",
    "due": "`yes` for those whose recheck day has come.",
    "sort": "In which order; with a hyphen the other way round.",
}
_REFUSAL = inline_serializer("Refusal", {"detail": serializers.CharField(help_text="Why, in a few words.")})
_REFUSED: dict[Any, Any] = {
    (401, JSON): OpenApiResponse(_REFUSAL, "Nobody is logged in, or the token is not good."),
    (403, JSON): OpenApiResponse(_REFUSAL, "The user may not export."),
    (429, JSON): OpenApiResponse(_REFUSAL, "Too much at once."),
}
_NOT_THERE: dict[Any, Any] = {(404, JSON): OpenApiResponse(_REFUSAL, "There is nothing of that kind.")}


class Pages(PageNumberPagination):
    """A list page by page."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"


class FhirRenderer(BaseRenderer):
    """Resources, with numbers as they were written."""

    media_type = FHIR
    format = "fhir"
    charset = "utf-8"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        """A resource as JSON."""
        return written(data).encode()


class ExactJsonRenderer(FhirRenderer):
    """The same for whoever asks for any JSON."""

    media_type = JSON
    format = "json"


RESOURCES: Sequence[type[BaseRenderer]] = (FhirRenderer, ExactJsonRenderer)


class ListedSerializer(serializers.ModelSerializer[Record]):
    """A pre-screening in the list: no answers, and nothing of the person."""

    state = serializers.ChoiceField(source="status", choices=Status.choices, help_text="How far the clinic has come.")
    address = serializers.HyperlinkedIdentityField(
        view_name="handover:bundle", lookup_field="pk", lookup_url_kwarg="id", help_text="The pre-screening as FHIR."
    )

    class Meta:
        """What is listed."""

        model = Record
        fields: ClassVar = [
            "id",
            "address",
            "reference",
            "begun_at",
            "shared_at",
            "on",
            "outcome",
            "recheck_on",
            "language",
            "state",
        ]
        read_only_fields = fields


class PrescreeningsView(ListAPIView[Record]):
    """The pre-screenings that people agreed to share, the newest first, filtered as the console's list is."""

    serializer_class = ListedSerializer
    pagination_class = Pages
    queryset = Record.objects.none()

    def get_queryset(self) -> QuerySet[Record]:
        """Those that are wanted."""
        filters = Filters.of(self.request.query_params.dict())
        return filters.records(_user_of(self.request)).defer("state", "verdict")

    @extend_schema(
        operation_id="prescreenings_list",
        summary="The pre-screenings",
        parameters=[
            OpenApiParameter(name, OpenApiTypes.STR, enum=values, description=_TITLES[name])
            for name, values in CHOICES.items()
        ],
        responses={200: ListedSerializer(many=True), **_NOT_THERE, **_REFUSED},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A page of the pre-screenings that people agreed to share; that it was read is noted."""
        response = super().get(request, *args, **kwargs)
        append(_user_of(request).get_username(), Action.LIST, detail=LISTED)
        return response


class BundleView(APIView):
    """A pre-screening as an HL7 FHIR R4B Bundle: the form and the answers."""

    renderer_classes = RESOURCES

    @extend_schema(
        operation_id="prescreening",
        summary="One pre-screening",
        responses={
            200: OpenApiResponse(
                OpenApiTypes.OBJECT,
                "A Bundle (collection) of the Questionnaire and the QuestionnaireResponse. Neither the verdict nor the "
                "contact is in it.",
            ),
            **_NOT_THERE,
            **_REFUSED,
        },
    )
    def get(self, request: Request, id: UUID) -> Response:
        """A pre-screening as an HL7 FHIR R4B Bundle; that it was taken is noted."""
        record = Record.objects.filter(pk=id).first()
        if record is None:
            raise Http404
        resource = bundle(record, timezone.now())
        note_export(_user_of(request).get_username(), [record], TAKEN)
        name = f'attachment; filename="{record.reference}.json"'
        return Response(resource, headers={"Content-Disposition": name})


class QuestionnaireView(APIView):
    """The form of the pre-screening as an HL7 FHIR R4B Questionnaire."""

    renderer_classes = RESOURCES

    @extend_schema(
        operation_id="questionnaire",
        summary="The form",
        parameters=[
            OpenApiParameter("language", OpenApiTypes.STR, enum=trial().languages, description="Of its texts.")
        ],
        responses={200: OpenApiResponse(OpenApiTypes.OBJECT, "A Questionnaire."), **_REFUSED},
    )
    def get(self, request: Request) -> Response:
        """The form as an HL7 FHIR R4B Questionnaire; it holds nothing of anybody."""
        return Response(form(trial().spoken(request.query_params.get("language"))).resource)


class SchemaView(SpectacularJSONAPIView):
    """The OpenAPI description of all this."""


@extend_schema(exclude=True)
class NowhereView(APIView):
    """Any other address of the interface: refused as JSON too."""

    def get(self, request: Request, rest: str) -> Response:
        """There is nothing here."""
        raise Http404


def _user_of(request: Request) -> User:
    """The user of the session or the token; nobody else comes so far."""
    assert isinstance(request.user, User)
    return request.user
