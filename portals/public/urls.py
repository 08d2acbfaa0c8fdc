"""The public site, and the door that sends everyone to their own."""

from django.urls import path
from django.views.i18n import set_language

from portals.public.views import (
    about,
    calculators,
    contact,
    doors,
    home,
    join_begin,
    join_invitation,
    join_tasks,
    places,
    products,
    wellknown,
)

app_name = "public"
urlpatterns = [
    path("", home.home, name="home"),
    path("products/", products.listing, name="products"),
    path("products/compare/", products.compare, name="compare"),
    path("products/<slug:code>/", products.product, name="product"),
    path("fees/", products.fees, name="fees"),
    path("calculators/", calculators.index, name="calculators"),
    path("calculators/loan/", calculators.loan, name="calculate-loan"),
    path("calculators/savings/", calculators.savings, name="calculate-savings"),
    path("calculators/fixed-deposit/", calculators.fixed, name="calculate-fixed"),
    path("calculators/recurring-deposit/", calculators.recurring, name="calculate-recurring"),
    path("places/", places.listing, name="places"),
    path("places/<slug:code>/", places.place, name="place"),
    path("contact/", contact.contact, name="contact"),
    path("contact/sent/", contact.sent, name="contact-sent"),
    path("status/", about.service_status, name="status"),
    path("security/", about.security, name="security"),
    path("accessibility/", about.accessibility, name="accessibility"),
    path("robots.txt", wellknown.robots, name="robots"),
    path("sitemap.xml", wellknown.sitemap, name="sitemap"),
    path(".well-known/security.txt", wellknown.security_txt, name="security-txt"),
    path("home/", doors.own_door, name="own-door"),
    path("open-account/", join_begin.join, name="join"),
    path("open-account/begin/", join_begin.begin, name="join-begin"),
    path("open-account/register/<slug:kind>/", join_begin.register, name="join-register"),
    path("open-account/verify/<uuid:registration_id>/", join_begin.verify, name="join-verify"),
    path("open-account/verify/<uuid:registration_id>/password/", join_begin.password, name="join-password"),
    path("open-account/invitation/<str:token>/", join_invitation.invitation, name="join-invitation"),
    path("open-account/review/<int:review_id>/", join_tasks.review, name="join-review"),
    path("open-account/<uuid:application_id>/", join_tasks.tasks, name="join-tasks"),
    path("open-account/<uuid:application_id>/task/<slug:task>/", join_tasks.task, name="join-task"),
    path("open-account/<uuid:application_id>/people/", join_tasks.people, name="join-people"),
    path("open-account/<uuid:application_id>/people/add/", join_tasks.party, name="join-party-add"),
    path("open-account/<uuid:application_id>/people/<int:party_id>/", join_tasks.party, name="join-party"),
    path(
        "open-account/<uuid:application_id>/people/<int:party_id>/remove/",
        join_tasks.remove_party,
        name="join-party-remove",
    ),
    path("open-account/<uuid:application_id>/documents/", join_tasks.papers, name="join-documents"),
    path(
        "open-account/<uuid:application_id>/documents/<uuid:document_id>/",
        join_tasks.paper,
        name="join-document",
    ),
    path(
        "open-account/<uuid:application_id>/documents/<uuid:document_id>/remove/",
        join_tasks.remove_paper,
        name="join-document-remove",
    ),
    path("open-account/<uuid:application_id>/check/", join_tasks.check, name="join-check"),
    path("open-account/<uuid:application_id>/withdraw/", join_tasks.withdraw, name="join-withdraw"),
    path("language/", set_language, name="language"),
]
