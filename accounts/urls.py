"""The addresses of logging in, and of the users. None names anybody."""

from django.urls import path

from accounts import invitation, logging_in, second_factor_page, set_up, tokens, users

app_name = "accounts"
urlpatterns = [
    path("log-in/", logging_in.log_in, name="login"),
    path("log-out/", logging_in.log_out, name="logout"),
    path("set-up/", set_up.set_up, name="set_up"),
    path("invitation/<str:uidb64>/<str:token>/", invitation.invitation, name="invitation"),
    path("password/", invitation.password, name="password"),
    path("second-factor/", second_factor_page.second_factor, name="second_factor"),
    path("second-factor/code/", logging_in.second_factor_code, name="second_factor_code"),
    path("second-factor/new/", second_factor_page.begin, name="second_factor_begin"),
    path("second-factor/recovery/", second_factor_page.new_codes, name="second_factor_recovery"),
    path("second-factor/off/", second_factor_page.turn_off, name="second_factor_off"),
    path("tokens/", tokens.tokens, name="tokens"),
    path("tokens/revoke/", tokens.revoke, name="token_revoke"),
    path("users/", users.users, name="users"),
    path("users/new/", users.add, name="user_add"),
    path("users/<int:pk>/", users.user, name="user"),
    path("users/<int:pk>/role/", users.change_role, name="user_role"),
    path("users/<int:pk>/active/", users.change_active, name="user_active"),
    path("users/<int:pk>/invitation/", users.invite, name="user_invitation"),
    path("users/<int:pk>/second-factor/", users.take_second_factor, name="user_second_factor"),
]
