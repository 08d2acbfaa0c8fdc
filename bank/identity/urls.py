"""Sign-in, second factor, sign-out, a new password and the security pages; mounted at the root."""

from django.urls import path

from bank.identity.views import credentials, duty, passkeys, phones, resets, security, sign_in

app_name = "identity"
urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-in/passkey/", sign_in.passkey, name="passkey"),
    path("sign-in/passkey/options/", sign_in.passkey_options, name="passkey_options"),
    path("sign-in/code/", sign_in.second_factor, name="second_factor"),
    path("sign-in/code/again/", sign_in.new_code, name="new_code"),
    path("sign-in/forgotten/", resets.forgotten, name="forgotten"),
    path("sign-in/reset/", resets.reset, name="reset"),
    path("sign-in/reset/<str:token>/", resets.open_link, name="reset_link"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("account/session/", security.session_left, name="session_left"),
    path("account/session/stay/", security.stay, name="stay"),
    path("account/duty/", duty.open_duty, name="open_duty"),
    path("account/duty/end/", duty.end_duty, name="end_duty"),
    path("account/security/", security.security, name="security"),
    path("account/security/confirm/", credentials.confirm, name="confirm"),
    path("account/security/sessions/<int:session_id>/end/", security.end_session, name="end_session"),
    path("account/security/programs/<uuid:family_id>/end/", security.end_program, name="end_program"),
    path("account/security/devices/<uuid:device_id>/forget/", security.forget_device, name="forget_device"),
    path("account/security/password/", credentials.change_password, name="change_password"),
    path("account/security/authenticator/", credentials.authenticator, name="authenticator"),
    path(
        "account/security/authenticator/remove/",
        credentials.remove_authenticator,
        name="remove_authenticator",
    ),
    path("account/security/recovery-codes/", credentials.recovery_codes, name="recovery_codes"),
    path("account/security/phone/", phones.phone, name="phone"),
    path("account/security/phone/prove/", phones.prove_phone, name="prove_phone"),
    path("account/security/phone/prefer/", phones.prefer_phone, name="prefer_phone"),
    path("account/security/phone/remove/", phones.remove_phone, name="remove_phone"),
    path("account/security/passkeys/", passkeys.add_passkey, name="add_passkey"),
    path("account/security/passkeys/<int:passkey_id>/", passkeys.rename_passkey, name="rename_passkey"),
    path(
        "account/security/passkeys/<int:passkey_id>/remove/", passkeys.remove_passkey, name="remove_passkey"
    ),
]
