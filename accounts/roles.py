"""What each role may do. Whatever is not named here is denied."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib.auth.backends import ModelBackend

from accounts.models import Role, User

_READS = frozenset({"records.view_record", "records.change_record", "records.add_note", "records.view_count"})
_LEADS = frozenset(
    {"records.assign_record", "records.export_record", "records.delete_record", "records.view_auditentry"}
)
_USERS = frozenset({"accounts.view_user", "accounts.add_user", "accounts.change_user"})

PERMISSIONS: Mapping[str, frozenset[str]] = {
    Role.COORDINATOR: _READS,
    Role.LEAD: _READS | _LEADS,
    # Users only: no health data.
    Role.ADMINISTRATOR: _USERS,
}


class RoleBackend(ModelBackend):
    """Django's own, with permissions that come from the role alone."""

    def get_all_permissions(self, user_obj: User, obj: object = None) -> set[str]:  # type: ignore[override]
        """What the user may do; nothing for an object in particular, nothing before the second factor."""
        if not user_obj.is_active or user_obj.is_anonymous or obj is not None:
            return set()
        # Of a session, not of a user: accounts.second_factor.SecondFactorMiddleware.
        if getattr(user_obj, "owes_second_factor", False):
            return set()
        return set(PERMISSIONS.get(user_obj.role, ()))
