"""How an organisation asks to join, and how somebody who was invited comes in. No account is needed to ask."""

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import EmailAddress, Login
from django import forms
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts.authentication.networks import network_of
from accounts.models import User
from cms import limits
from cms.access_links import token_links
from cms.access_links.referrer_policy import told_to_no_other_site
from cms.page_cache.middleware import indexable
from cms.requests.spam_guard import Guarded
from cms.text import name_rules
from partners.members import invitations, join_requests, similar_names
from partners.models import JoinRequest, Partner

MOST_OF_A_NETWORK, MOST_TO_AN_ADDRESS = 5, 3  # a day
_DAY = 24 * 60 * 60


class JoinForm(Guarded, forms.ModelForm):
    website = forms.URLField(
        label="your website",
        required=False,
        max_length=300,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
        error_messages={"invalid": "Write the website like this: https://example.org."},
    )
    is_known = forms.BooleanField(required=False, label="I know of that page. Please send this to the council.")

    class Meta:
        model = JoinRequest
        fields = [
            "name", "sector", "summary", "website", "registered_number",
            "evidence", "person_name", "person_role", "email",
        ]  # fmt: skip
        widgets = {
            "summary": forms.Textarea(attrs={"rows": 3}),
            "evidence": forms.Textarea(attrs={"rows": 4}),
            "person_name": forms.TextInput(attrs={"autocomplete": "name"}),
            "person_role": forms.TextInput(attrs={"autocomplete": "organization-title"}),
            "email": forms.EmailInput(attrs={"autocomplete": "email"}),
        }
        error_messages = {
            "name": {"required": "Write what your organisation is called."},
            "sector": {"required": "Choose what kind of organisation it is."},
            "summary": {"required": "Write what you do."},
            "evidence": {"required": "Write how we can see that you are from there."},
            "person_name": {"required": "Write your name."},
            "person_role": {"required": "Write what you do there."},
            "email": {
                "required": "Write your e-mail address.",
                "invalid": "Write the address like this: name@example.org.",
            },
        }

    field_order = [*Meta.fields, "is_known"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"label_suffix": ""} | kwargs)
        for field in self.fields.values():
            field.label = capfirst(field.label)
        self.fields["sector"].choices = [("", "Choose one"), *Partner.Sector.choices]
        self.likely = []

    @property
    def asked(self):
        """The box about another partner's name is shown where there is one."""
        return [field for field in super().asked if field.name != "is_known" or self.likely]

    def clean_name(self):
        typed = self.cleaned_data["name"]
        if found := similar_names.mistakes(typed):
            raise ValidationError([ValidationError(words, code="lookalike") for words in found])
        return similar_names.tidy(typed)

    def clean_person_name(self):
        name_rules.check(self.cleaned_data["person_name"])
        return self.cleaned_data["person_name"]

    def clean_email(self):
        return self.cleaned_data["email"].lower()

    def clean(self):
        cleaned = super().clean()
        name = (cleaned or {}).get("name")
        self.likely = similar_names.like(name, Partner.objects.published()) if name else []
        if self.likely and not self.cleaned_data.get("is_known"):
            words = (
                f"There is a page called “{self.likely[0]}” already. Is that you? Ask its people to invite you, or "
                "tick the box: the council then looks into it. Are you another organisation? Say how you differ from "
                "it, and tick the box, too."
            )
            self.add_error("is_known", ValidationError(words, code="likely"))
        return cleaned


@indexable
@csrf_exempt  # a browser brings nothing along that could be misused
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request):
    form = JoinForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if form.is_from_a_machine:
            return redirect("join:thanks")
        if limits.allows("join", network_of(request), most=MOST_OF_A_NETWORK, seconds=_DAY):
            email = form.cleaned_data["email"]
            # To one address no more than this, and whoever asks is told the same.
            if limits.allows("join mail", email, most=MOST_TO_AN_ADDRESS, seconds=_DAY):
                join_requests.ask(**{name: form.cleaned_data[name] for name in JoinForm.Meta.fields})
            return redirect("join:thanks")
        form.add_error(None, "Several have asked from your network today. Please send it again tomorrow.")
    return render(request, "join/ask.html", {"title": "Ask for a place on this site", "form": form})


@require_safe
def thanks(request):
    return render(request, "join/thanks.html", {"title": "Look in your mail"})


@csrf_exempt  # the key in the address is the only right there is
@require_http_methods(["GET", "HEAD", "POST"])
@told_to_no_other_site
def confirm(request):
    key = request.GET.get("key", "")
    found = join_requests.find(key)
    if request.method == "POST":
        try:
            join_requests.confirm(key)
        except token_links.Spent:
            found = None
        else:
            return render(request, "join/confirmed.html", {"title": "Thank you"})
    if found is None:
        return _ended(request)
    return render(request, "join/confirm.html", {"title": "Is this yours?", "asked": found, "key": key})


class NameForm(forms.Form):
    name = forms.CharField(
        label="Your name",
        max_length=150,
        validators=[name_rules.check],
        error_messages={"required": "Write your name."},
        help_text="The people you work with here see it, and the council. It is not shown to the public.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"label_suffix": ""} | kwargs)


@require_http_methods(["GET", "HEAD", "POST"])
@told_to_no_other_site
def invitation(request):
    key = request.GET.get("key", "")
    found = invitations.find(key)
    if found is None:
        return _ended(request)
    is_theirs = invitations.is_for(found, request.user)
    is_new = not request.user.is_authenticated and not _has_account(found.email)
    is_named = not is_new and not (is_theirs and not request.user.name)
    form = None if is_named else NameForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if not is_theirs and not is_new:
            here = request.get_full_path()
            answer = redirect(here) if request.user.is_authenticated else redirect_to_login(here)
            answer.gives_back = True  # they sign in and come back here; nothing is typed but a name they have
            return answer
        if form is None or form.is_valid():
            try:
                return _come_in(request, key, found, is_new, form.cleaned_data["name"] if form else "")
            except token_links.Spent:
                return _ended(request)
    context = {
        "title": f"Speak for {found.partner}",
        "invitation": found,
        "role": found.get_role_display().partition(":")[0].lower(),
        "who": _inviter(found),
        "email": found.email if is_theirs else _masked(found.email),
        "is_theirs": is_theirs,
        "is_new": is_new,
        "form": form,
        "here": request.get_full_path(),
        "key": key,
    }
    return render(request, "join/invitation.html", context)


def _come_in(request, key, found, is_new, name):
    """A first account is made of the address: the key came to it. Whoever has one has shown it by signing in."""
    desk = reverse("desk:partner", args=[found.partner.slug])
    with transaction.atomic():
        invitations.locked(found.partner)
        if invitations.find(key) is None:
            raise token_links.Spent
        person = _new_person(found.email, name) if is_new else request.user
        if name and not is_new:
            person.name = name
            person.save(update_fields=["name"])
        invitations.accept(key, person)
    if not is_new:
        return redirect(desk)
    record_authentication(request, person, "code", email=found.email)
    return perform_login(request, Login(user=person, email=found.email, redirect_url=desk))


def _new_person(email, name):
    person = User.objects.create_user(email, name=name)
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


def _has_account(email):
    return User.objects.filter(email=email).exists() or EmailAddress.objects.filter(email=email, verified=True).exists()


def _inviter(found):
    if found.is_from_council:
        return "The council"
    return found.by.name if found.by and found.by.name else "Somebody who manages its desk"


def _masked(email):
    """Enough to know one's own."""
    name, _, domain = email.partition("@")
    return f"{name[:1]}…@{domain}"


def _ended(request):
    return render(request, "join/ended.html", {"title": "This link does not open any more"}, status=404)
