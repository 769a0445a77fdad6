"""An older window never replaces newer words: what was saved since it was opened stays, or both are shown.

A form goes out with marks of what it showed, one for each field. When it comes back, a field that nobody touched takes
what was saved meanwhile; one that was changed here and elsewhere is given back with both versions.
"""

import json
from copy import copy
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.choices import flatten_choices
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from cms.revisions import snapshot

_SHOWN = 300  # letters of the other version beside a field


class NewerWordsMixin(forms.Form):
    """A form says in `saved` what is stored now, by field, and calls `look_for_newer` once it has all its fields."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def saved(self) -> dict[str, Any]:
        raise NotImplementedError

    def look_for_newer(self) -> None:
        """Puts into the data what was saved meanwhile where this window changed nothing; notes where both did. A form
        without marks counts as it is."""
        self.newer: dict[str, str] = {}
        self.initial["seen"] = snapshot.fingerprint(self._now())
        if self.is_bound:
            self.data = copy(self.data)  # what was sent may not be changed
        marked = _marked(self.data.get("seen", "")) if self.is_bound else set()
        if not marked:
            return
        now = {name: value for name, value in self._now()["fields"].items() if name in marked and name in self.fields}
        typed = {name: self._typed(name) for name in now if self._is_tick(name) or name in self.data}
        merged, clashes = snapshot.merge_marked(self.data["seen"], _bare(typed), _bare(now))
        for name, value in typed.items():
            if merged["fields"][name] != value:
                self._put(name, merged["fields"][name])
        self.newer = {clash.name: clash.theirs for clash in clashes}

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        for name in self.newer:
            self.add_error(name, self._both(name))
        if self.newer:
            self.note_seen()
        return cleaned

    def note_seen(self) -> None:
        """The page that is shown again shows what is saved now."""
        self.data["seen"] = snapshot.fingerprint(self._now())  # type: ignore[index]  # a copy that may be changed

    def _now(self) -> snapshot.Values:
        return _bare({name: snapshot.plain(value) for name, value in self.saved().items()})

    def _is_tick(self, name: str) -> bool:
        return isinstance(self.fields[name], forms.BooleanField)

    def _typed(self, name: str) -> Any:
        return name in self.data if self._is_tick(name) else snapshot.plain(self.data[name])

    def _put(self, name: str, value: Any) -> None:
        data: Any = self.data
        if value is False:
            data.pop(name, None)
        else:
            data[name] = "on" if value is True else value

    def _both(self, name: str) -> ValidationError:
        words = Truncator(self._in_words(name)).chars(_SHOWN) or _("nothing")
        return ValidationError(
            _(
                "You changed this in another window, too, and that is saved: “%(words)s”. Nothing is lost: that one "
                "stays until you send this page once more. Put together here what you want to keep."
            ),
            code="newer",
            params={"words": words},
        )

    def _in_words(self, name: str) -> str:
        theirs, field = self.newer[name], self.fields[name]
        if not isinstance(field, forms.ChoiceField):
            return theirs
        choices: Any = field.choices
        labels: dict[Any, Any] = dict(flatten_choices(choices))
        return str({str(value): label for value, label in labels.items()}.get(theirs, theirs))


def _bare(fields: dict[str, Any]) -> snapshot.Values:
    return {"fields": fields, "rows": {}}


def _marked(seen: str) -> set[str]:
    """The fields that the marks are about; none where they are no marks of ours."""
    try:
        return set(json.loads(seen)["fields"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return set()
