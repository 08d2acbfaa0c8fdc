"""The personal portal."""

from django.urls import path

from bank.web.papers.pages import patterns
from portals.personal.views import (
    accounts,
    consents,
    home,
    installable,
    messages,
    pay,
    payees,
    payments,
    profile,
    statements,
    takeaway,
    transfer,
)

app_name = "personal"
urlpatterns = [
    path("", home.home, name="home"),
    path("manifest.webmanifest", installable.manifest, name="manifest"),
    path("service-worker.js", installable.service_worker, name="service-worker"),
    path("offline/", installable.offline, name="offline"),
    path("accounts/<str:number>/", accounts.account, name="account"),
    path("accounts/<str:number>/details/", accounts.details, name="account-details"),
    path("accounts/<str:number>/activity.csv", accounts.export, name="account-export"),
    path("lines/<str:place>/", accounts.line, name="line"),
    path("payments/", payments.payments, name="payments"),
    path("payments/<str:reference>/", payments.payment, name="payment"),
    path("pay/", pay.payee, name="pay"),
    path("pay/<str:draft_id>/amount/", pay.amount, name="pay-amount"),
    path("pay/<str:draft_id>/check/", pay.check, name="pay-check"),
    path("pay/<str:draft_id>/code/", pay.new_code, name="pay-code"),
    path("transfer/", transfer.transfer, name="transfer"),
    path("payees/", payees.payees, name="payees"),
    path("payees/new/<str:draft_id>/", payees.check, name="payee-check"),
    path("payees/new/<str:draft_id>/code/", payees.new_code, name="payee-code"),
    path("payees/<int:payee_id>/remove/", payees.remove, name="payee-remove"),
    path("messages/", messages.messages_page, name="messages"),
    path("messages/new/", messages.new, name="message-new"),
    path("messages/<str:reference>/", messages.message, name="message"),
    path("apps/", consents.consents, name="consents"),
    path("apps/<uuid:consent_id>/end/", consents.end, name="consent-end"),
    path("profile/", profile.profile, name="profile"),
    path("profile/contact/", profile.contact, name="contact"),
    path("profile/contact/<str:draft_id>/", profile.contact_check, name="contact-check"),
    path("profile/contact/<str:draft_id>/code/", profile.contact_code, name="contact-code"),
    path("profile/data/", takeaway.data, name="data"),
    path("profile/data/new/<str:draft_id>/", takeaway.data_check, name="data-check"),
    path("profile/data/new/<str:draft_id>/code/", takeaway.data_code, name="data-code"),
    path("profile/data/<uuid:export_id>/", takeaway.data_file, name="data-file"),
    *patterns(statements.own_desk, "statements/"),
]
