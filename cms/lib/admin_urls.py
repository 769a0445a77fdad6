"""Addresses of the admin's own pages."""

from django.db import models
from django.urls import reverse


def admin_url(instance: models.Model, view: str = "change") -> str:
    """The address of an object's form in the admin, or of another of its pages there, such as "history"."""
    return reverse(f"admin:{instance._meta.app_label}_{instance._meta.model_name}_{view}", args=[instance.pk])
