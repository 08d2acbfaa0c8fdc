"""/developers/: for third parties, and for everybody with a program of their own."""

from bank.web.developers.desk import own_desk
from bank.web.developers.pages import patterns

app_name = "developers"
urlpatterns = patterns(own_desk)
