from django.urls import path

from accounts import act_views, admin_views, token_views, views

app_name = "accounts"
urlpatterns = [
    path("login/", views.SignInView.as_view(), name="login"),
    path("logout/", views.sign_out, name="logout"),
    path("verify/", views.verify, name="verify"),
    path("me/", views.me, name="me"),
    path("password/", views.password, name="password"),
    path("second-factor/", views.second_factor, name="second_factor"),
    path("second-factor/remove/", views.remove_second_factor, name="second_factor_remove"),
    path("tokens/", token_views.tokens, name="tokens"),
    path("tokens/<int:pk>/revoke/", token_views.token_revoke, name="token_revoke"),
    path("sessions/", views.sessions, name="sessions"),
    path("sessions/<int:pk>/end/", views.session_end, name="session_end"),
    path("sessions/end/", views.sessions_end, name="sessions_end"),
    path("acts/", act_views.acts, name="acts"),
    path("acts/<int:pk>/confirm/", act_views.act_confirm, name="act_confirm"),
    path("acts/<int:pk>/refuse/", act_views.act_refuse, name="act_refuse"),
    path("people/", admin_views.people, name="people"),
    path("people/new/", admin_views.person_new, name="person_new"),
    path("people/<int:pk>/", admin_views.person, name="person"),
    path("people/<int:pk>/active/", admin_views.person_active, name="person_active"),
    path("people/<int:pk>/password/", admin_views.person_password, name="person_password"),
    path("people/<int:pk>/second-factor/", admin_views.person_second_factor, name="person_second_factor"),
    path("people/<int:pk>/unlock/", admin_views.person_unlock, name="person_unlock"),
    path("people/<int:pk>/sessions/end/", admin_views.person_sessions_end, name="person_sessions_end"),
    path("people/<int:pk>/identity/release/", admin_views.person_identity, name="person_identity"),
    path("people/<int:pk>/tokens/<int:token>/revoke/", admin_views.person_token, name="person_token"),
    path("organisations/", admin_views.organisations, name="organisations"),
    path("organisations/new/", admin_views.organisation_new, name="organisation_new"),
    path("organisations/<int:pk>/", admin_views.organisation, name="organisation"),
    path("roles/", admin_views.roles, name="roles"),
    path("roles/<int:pk>/", admin_views.role, name="role"),
    path("policy/", admin_views.policy, name="policy"),
]
