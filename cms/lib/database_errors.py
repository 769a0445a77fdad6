"""What the database says when two people saved at the same moment (PostgreSQL's manual, appendix A)."""

from django.db import IntegrityError

_DUPLICATE = "23505"
# Besides: what this leads to was deleted meanwhile; two spans of time that must not meet.
_CLASHES = {_DUPLICATE, "23503", "23P01"}


def is_clash(error: BaseException | None) -> bool:
    return _state(error) in _CLASHES


def is_duplicate(error: BaseException | None) -> bool:
    """Whether the same name, address or number was saved by somebody else a moment before."""
    return _state(error) == _DUPLICATE


def _state(error: BaseException | None) -> str:
    return getattr(error.__cause__, "sqlstate", None) or "" if isinstance(error, IntegrityError) else ""
