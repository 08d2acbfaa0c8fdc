"""The corporate portal."""

from django.urls import path

from portals.corporate.views import accounts, companies, files

app_name = "corporate"
urlpatterns = [
    path("", companies.companies, name="companies"),
    path("lines/<str:place>/", accounts.line, name="line"),
    path("<str:cif>/", companies.company, name="home"),
    path("<str:cif>/accounts/<str:number>/", accounts.account, name="account"),
    path("<str:cif>/accounts/<str:number>/activity.csv", accounts.export, name="account-export"),
    path("<str:cif>/files/", files.files, name="files"),
    path("<str:cif>/files/<str:reference>/", files.file, name="file"),
    path("<str:cif>/files/<str:reference>/pay/<str:draft_id>/", files.confirm, name="file-confirm"),
    path("<str:cif>/files/<str:reference>/pay/<str:draft_id>/code/", files.new_code, name="file-code"),
]
