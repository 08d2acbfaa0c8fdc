from django.apps import AppConfig


class PayrollConfig(AppConfig):
    name = "bank.payroll"
    label = "payroll"
    default_auto_field = "django.db.models.BigAutoField"
