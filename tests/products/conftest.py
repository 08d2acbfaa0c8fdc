"""A browser for each role of the staff."""

from tests.backoffice.conftest import as_role as as_role
