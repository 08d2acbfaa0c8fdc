"""What many a tutorial builds: a balance on the account, a row for the transfer."""

from django.db import models


class NaiveAccount(models.Model):
    balance = models.DecimalField(max_digits=20, decimal_places=2)

    def __str__(self) -> str:
        return str(self.pk)


class NaiveTransfer(models.Model):
    debtor = models.ForeignKey(NaiveAccount, models.PROTECT, related_name="+")
    creditor = models.ForeignKey(NaiveAccount, models.PROTECT, related_name="+")
    amount = models.DecimalField(max_digits=20, decimal_places=2)
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.pk)
