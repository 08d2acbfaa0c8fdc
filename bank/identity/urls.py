"""Sign-in, second factor, sign-out and the security page; mounted at the root."""

from django.urls import path

from bank.identity import views

app_name = "identity"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-in/code/", views.second_factor, name="second_factor"),
    path("sign-in/code/again/", views.new_code, name="new_code"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("account/security/", views.security, name="security"),
    path("account/security/confirm/", views.confirm, name="confirm"),
    path("account/security/sessions/<int:session_id>/end/", views.end_session, name="end_session"),
    path("account/security/programs/<uuid:family_id>/end/", views.end_program, name="end_program"),
    path("account/security/password/", views.change_password, name="change_password"),
    path("account/security/authenticator/", views.authenticator, name="authenticator"),
    path("account/security/authenticator/remove/", views.remove_authenticator, name="remove_authenticator"),
    path("account/security/recovery-codes/", views.recovery_codes, name="recovery_codes"),
]
