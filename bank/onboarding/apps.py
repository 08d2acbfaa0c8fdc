from django.apps import AppConfig


class OnboardingConfig(AppConfig):
    name = "bank.onboarding"
    label = "onboarding"
    verbose_name = "becoming a customer"
    default_auto_field = "django.db.models.BigAutoField"
