"""The corporate portal."""

from django.urls import path

from bank.web.developers import pages as developers
from bank.web.orders import pages as orders_pages
from bank.web.papers import pages as papers
from portals.corporate.views import (
    accounts,
    approvals,
    companies,
    consents,
    files,
    orders,
    people,
    statements,
)
from portals.corporate.views.developers import company_desk

app_name = "corporate"
urlpatterns = [
    path("", companies.companies, name="companies"),
    path("lines/<str:place>/", accounts.line, name="line"),
    path("<str:cif>/", companies.company, name="home"),
    path("<str:cif>/accounts/<str:number>/", accounts.account, name="account"),
    path("<str:cif>/accounts/<str:number>/activity.csv", accounts.export, name="account-export"),
    path("<str:cif>/apps/", consents.consents, name="consents"),
    path("<str:cif>/apps/<uuid:consent_id>/end/", consents.end, name="consent-end"),
    *developers.patterns(company_desk, "<str:cif>/developers/"),
    *orders_pages.patterns(orders.company_desk, "<str:cif>/"),
    *papers.patterns(statements.company_desk, "<str:cif>/statements/"),
    path("<str:cif>/more/", companies.more, name="more"),
    path("<str:cif>/people/", people.people, name="people"),
    path("<str:cif>/people/invite/", people.invite, name="people-invite"),
    path("<str:cif>/people/<uuid:invitation_id>/resend/", people.resend, name="people-resend"),
    path("<str:cif>/people/<uuid:invitation_id>/revoke/", people.revoke, name="people-revoke"),
    path("<str:cif>/approvals/", approvals.approvals, name="approvals"),
    path("<str:cif>/approvals/sign/<str:draft_id>/", approvals.sign, name="approval-sign"),
    path("<str:cif>/approvals/sign/<str:draft_id>/code/", approvals.new_code, name="approval-code"),
    path("<str:cif>/approvals/<str:reference>/", approvals.approval, name="approval"),
    path("<str:cif>/approvals/<str:reference>/reject/", approvals.reject, name="approval-reject"),
    path("<str:cif>/approvals/<str:reference>/withdraw/", approvals.withdraw, name="approval-withdraw"),
    path("<str:cif>/files/", files.files, name="files"),
    path("<str:cif>/files/<str:reference>/", files.file, name="file"),
    path("<str:cif>/files/<str:reference>/pay/<str:draft_id>/", files.confirm, name="file-confirm"),
    path("<str:cif>/files/<str:reference>/pay/<str:draft_id>/code/", files.new_code, name="file-code"),
]
