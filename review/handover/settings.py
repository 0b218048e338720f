"""What Django REST framework and its helpers are told; review/settings.py takes it over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

REST_FRAMEWORK: dict[str, Any] = {
    # A token of the user's own (accounts:tokens), or the session of the console.
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "knox.auth.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    # Denied, unless a view says who may.
    "DEFAULT_PERMISSION_CLASSES": ["review.handover.access.MayExport"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    # By user: whoever is nobody, or may not, is refused before anything is looked up.
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": "120/min"},
    "EXCEPTION_HANDLER": "review.handover.refusals.refused",
    # What form is wanted is said by the header alone.
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Trial Guide: pre-screenings handed on",
    "DESCRIPTION": "Pre-screenings that people agreed to share, as HL7 FHIR R4B. None of them is a decision.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["review.handover.access.MayExport"],
    "SERVE_AUTHENTICATION": None,
}
REST_KNOX: dict[str, Any] = {
    "TOKEN_TTL": timedelta(days=30),
    "TOKEN_LIMIT_PER_USER": 5,
    "AUTO_REFRESH": False,
}
