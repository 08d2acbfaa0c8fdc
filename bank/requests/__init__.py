"""Asking for money: requests to pay, QR codes, and billers with their bills."""
