"""Addresses of the portal of small companies, and of the page a pay link opens."""

from django.urls import path

from bank.web.companies import urls as pages
from bank.web.deposits import urls as deposits
from bank.web.developers import pages as developers
from bank.web.developers import webhooks
from bank.web.orders import pages as orders
from bank.web.papers import pages as papers
from portals.sme.company import open_desk
from portals.sme.views import analytics, bills, desks, home, invoices, money_in, pay_link, payroll

app_name = "sme"
_desk = {"open_desk": open_desk}
_INVOICE = "<str:cif>/invoices/<uuid:invoice_id>"
urlpatterns = [
    path("", home.companies, name="companies"),
    path("pay/<str:token>/", pay_link.invoice, name="pay"),
    path("pay/<str:token>/invoice.pdf", pay_link.pdf, name="pay-pdf"),
    path("pay/<str:token>/from/", pay_link.pay, name="pay-from"),
    path("pay/<str:token>/from/<str:draft_id>/", pay_link.confirm, name="pay-confirm"),
    path("pay/<str:token>/from/<str:draft_id>/code/", pay_link.new_code, name="pay-code"),
    *pages.patterns(open_desk),
    path("<str:cif>/", home.home, _desk, name="home"),
    path("<str:cif>/more/", home.more, _desk, name="more"),
    path("<str:cif>/invoices/", invoices.invoices, _desk, name="invoices"),
    path("<str:cif>/invoices/invoices.csv", invoices.export, _desk, name="invoices-csv"),
    path("<str:cif>/invoices/new/", invoices.new, _desk, name="invoice-new"),
    path("<str:cif>/invoices/settings/", invoices.settings, _desk, name="invoice-settings"),
    path("<str:cif>/invoices/customers/", invoices.customers, _desk, name="customers"),
    path(
        "<str:cif>/invoices/customers/<int:debtor_id>/remove/",
        invoices.remove_customer,
        _desk,
        name="customer-remove",
    ),
    path("<str:cif>/invoices/money-in/", money_in.money_in, _desk, name="money-in"),
    path("<str:cif>/invoices/money-in/<int:receipt_id>/match/", money_in.match, _desk, name="match"),
    path(
        "<str:cif>/invoices/money-in/<int:receipt_id>/undo/<int:allocation_id>/",
        money_in.undo,
        _desk,
        name="match-undo",
    ),
    path("<str:cif>/invoices/ages/", money_in.ages, _desk, name="ages"),
    path(f"{_INVOICE}/", invoices.invoice, _desk, name="invoice"),
    path(f"{_INVOICE}/invoice.pdf", invoices.pdf, _desk, name="invoice-pdf"),
    path(f"{_INVOICE}/issue/", invoices.issue, _desk, name="invoice-issue"),
    path(f"{_INVOICE}/discard/", invoices.discard, _desk, name="invoice-discard"),
    path(f"{_INVOICE}/credit/", invoices.credit, _desk, name="invoice-credit"),
    path(f"{_INVOICE}/write-off/", invoices.write_off, _desk, name="invoice-write-off"),
    path(f"{_INVOICE}/recur/", invoices.recur, _desk, name="invoice-recur"),
    path("<str:cif>/bills/", bills.bills, _desk, name="bills"),
    path("<str:cif>/bills/new/", bills.new, _desk, name="bill-new"),
    path("<str:cif>/bills/vendors/", bills.vendors, _desk, name="vendors"),
    path("<str:cif>/bills/vendors/<int:vendor_id>/remove/", bills.remove_vendor, _desk, name="vendor-remove"),
    path("<str:cif>/bills/<uuid:bill_id>/", bills.bill, _desk, name="bill"),
    path("<str:cif>/bills/<uuid:bill_id>/paper/", bills.paper, _desk, name="bill-paper"),
    path("<str:cif>/bills/<uuid:bill_id>/void/", bills.void, _desk, name="bill-void"),
    path("<str:cif>/payroll/", payroll.payroll, _desk, name="payroll"),
    path("<str:cif>/payroll/prepare/", payroll.prepare, _desk, name="payroll-prepare"),
    path("<str:cif>/payroll/people/new/", payroll.new_employee, _desk, name="employee-new"),
    path("<str:cif>/payroll/people/<int:employee_id>/", payroll.employee, _desk, name="employee"),
    path("<str:cif>/payroll/people/<int:employee_id>/change/", payroll.change, _desk, name="employee-change"),
    path("<str:cif>/payroll/slips/<uuid:line_id>/payslip.pdf", payroll.payslip, _desk, name="payslip"),
    path("<str:cif>/payroll/<uuid:run_id>/", payroll.run, _desk, name="run"),
    path("<str:cif>/payroll/<uuid:run_id>/send/", payroll.send, _desk, name="run-send"),
    path("<str:cif>/payroll/<uuid:run_id>/cancel/", payroll.cancel, _desk, name="run-cancel"),
    path("<str:cif>/payroll/<uuid:run_id>/journal.csv", payroll.journal, _desk, name="run-journal"),
    path("<str:cif>/analytics/", analytics.analytics, _desk, name="analytics"),
    *orders.of_companies(desks.orders, "<str:cif>/"),
    *deposits.patterns(desks.orders, "<str:cif>/deposits/"),
    *developers.patterns(desks.developers, "<str:cif>/developers/"),
    *orders.debit_patterns(desks.orders, "<str:cif>/"),
    *webhooks.patterns(desks.developers, "<str:cif>/developers/webhooks/"),
    *papers.patterns(desks.papers, "<str:cif>/statements/"),
]
