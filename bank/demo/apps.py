from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "bank.demo"
    label = "demo"
