"""Emails and jobs as rows, written in the transaction that causes them and done by the worker."""
