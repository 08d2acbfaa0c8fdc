"""The corporate portal."""

from django.urls import path

from bank.web.companies import urls as pages
from bank.web.deposits import urls as deposits
from bank.web.developers import pages as developers
from bank.web.developers import webhooks
from bank.web.orders import pages as orders_pages
from bank.web.papers import pages as papers
from portals.corporate.company import open_desk
from portals.corporate.views import companies, orders, statements
from portals.corporate.views.developers import company_desk

app_name = "corporate"
urlpatterns = [
    path("", companies.companies, name="companies"),
    *pages.patterns(open_desk),
    path("<str:cif>/", companies.company, name="home"),
    *developers.patterns(company_desk, "<str:cif>/developers/"),
    *webhooks.patterns(company_desk, "<str:cif>/developers/webhooks/"),
    *orders_pages.patterns(orders.company_desk, "<str:cif>/"),
    *deposits.patterns(orders.company_desk, "<str:cif>/deposits/"),
    *orders_pages.of_companies(orders.company_desk, "<str:cif>/"),
    *papers.patterns(statements.company_desk, "<str:cif>/statements/"),
    path("<str:cif>/more/", companies.more, name="more"),
]
