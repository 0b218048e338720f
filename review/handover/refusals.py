"""What the interface says where it cannot give what was asked for: JSON with a few fixed words, nothing of a person."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping
from typing import Any

from rest_framework import status
from rest_framework.exceptions import APIException, NotFound
from rest_framework.response import Response
from rest_framework.views import exception_handler

_log = logging.getLogger(__name__)

JSON = "application/json"


def refused(error: Exception, context: Mapping[str, Any]) -> Response:
    """The answer to an error. One that nobody foresaw is logged without its words, which might be of a person."""
    response = exception_handler(error, dict(context))
    if response is None:
        _log.error("%s while handing on, at %s", type(error).__name__, _where(error))
        response = _said(APIException)
    elif response.status_code == status.HTTP_404_NOT_FOUND:
        response = _said(NotFound)
    # Also where a resource was asked for: this is none.
    response.content_type = JSON
    return response


def _said(kind: type[APIException]) -> Response:
    return Response({"detail": str(kind.default_detail)}, status=kind.status_code)


def _where(error: Exception) -> str:
    """Files, lines and functions."""
    frames = traceback.extract_tb(error.__traceback__)
    return ", ".join(f"{frame.filename}:{frame.lineno} ({frame.name})" for frame in frames)
