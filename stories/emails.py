"""What tellers are told, in plain words. No name and no title of a story stands in a subject or in a mail
to anybody but its teller, save a young person’s first name, if they show it, in the mail to their guardian; a mail with
a link is secret, and goes when the story is erased.
"""

from django.conf import settings
from django.urls import reverse

from cms.access_links import token_links
from cms.access_links.models import AccessToken
from cms.lib import datetime_fields
from cms.outbox import mail
from cms.site_settings.models import SiteSettings
from stories.models import Story

LINK_DAYS = 90
_GREETING = "Hello,"

# Step: subject, and what it says. Steps that are not here tell the teller nothing.
NEWS = {
    "send": (
        "We have your story",
        "thank you. Somebody of our team reads your story{soon}, and writes to you.",
    ),
    "confirm_address": (
        "We have your story",
        ("thank you. Your address is confirmed. Somebody of our team reads your story{soon}, and writes to you."),
    ),
    "guardian_agrees": (
        "Your story goes on",
        ("your parent or guardian has said yes. Somebody of our team reads your story{soon}, and writes to you."),
    ),
    "guardian_refuses": (
        "Your story is not sent",
        (
            "your parent or guardian has said no to sending your story. Nobody else has read it. Talk to them; if they "
            "change their mind, you can bring it back."
        ),
    ),
    "claim": ("Somebody is reading your story", "somebody of our team is reading your story now."),
    "ask": (
        "A question about your story",
        "we have read your story, and ask you to change something first.",
    ),
    "answer": ("We have your change", "thank you. Somebody of our team reads your story again, and writes to you."),
    "approve": (
        "We would love to show your story",
        "we have read your story and are getting it ready. We write again when everybody can read it.",
    ),
    "schedule": ("Your story will be published", "we have read your story. Everybody can read it from {when}."),
    "reconsider": ("We look at your story again", "we are looking at your story once more before we show it."),
    "publish": ("Your story is on the site", "your story is on the site now, and everybody can read it:"),
    "fail": (
        "Your story has to wait",
        "your story could not be shown yet. Somebody of our team looks at it and writes to you.",
    ),
    "decline": (
        "About your story",
        (
            "thank you for telling us your story. We have decided not to show it. We keep it for 90 days, in case you "
            "want to talk about it; then we erase it."
        ),
    ),
    "reopen": ("We look at your story again", "we are looking at your story once more."),
    "hold": (
        "Your story takes a little longer",
        "we need more time with your story. It is not on the site meanwhile. We write to you when we know more.",
    ),
    "lift": ("Your story goes on", "thank you for waiting. Your story goes on its way."),
    "remove": (
        "Your story is taken down",
        (
            "we have taken your story off the site. We keep it for a year, in case it has to be looked at again; then "
            "we erase it."
        ),
    ),
    "restore": ("We look at your story again", "we are looking again at your story, which we had taken down."),
    "withdraw": (
        "Your story is not on the site any more",
        (
            "as you asked, your story is taken back. It is not on the site any more. We keep a private copy for 30 "
            "days in case you change your mind; you can also have it erased at once."
        ),
    ),
    # of a change to what is public (changes.py)
    "change_sent": (
        "We have your change",
        (
            "thank you. Somebody of our team reads your change{soon}, and writes to you. Until then "
            "readers see your story as it was."
        ),
    ),
    "change_show": (
        "Your change is on the site",
        "thank you. What you changed in your story is on the site now, and everybody can read it:",
    ),
    "change_ask": (
        "A question about your change",
        (
            "thank you for your change. Before we show it, we ask you for something. Until then readers see your story "
            "as it was."
        ),
    ),
    "change_refuse": (
        "About your change",
        "thank you for your change. We have decided not to show it. Readers see your story as it was.",
    ),
    "guardian_withdraws": (
        "Your story is not on the site any more",
        (
            "your parent or guardian has taken back their yes, so your story is not shown. Talk to them; if they "
            "change their mind, you can bring it back. We keep a private copy for 30 days."
        ),
    ),
    "bring_back": ("Your story is back with us", "your story is back with us. Somebody of our team reads it again."),
}

_GUARDIAN_ASKED = (
    "We are asking your parent or guardian",
    (
        "thank you. We are sending a mail to your parent or guardian, who reads your story and says yes or no. Nobody "
        "of our team reads it before."
    ),
)
_WITH_WORDS = ("ask", "decline", "remove", "lift", "restore", "reopen", "reconsider", "change_ask", "change_refuse")


def tell(story: Story, step: str, note: str) -> None:
    """The teller, of a step just taken. Nothing where there is no address we know to be theirs."""
    contributor = getattr(story, "contributor", None)
    if step not in NEWS or contributor is None or not contributor.email or contributor.email_verified_at is None:
        return
    subject, words = _GUARDIAN_ASKED if story.status == Story.Status.AWAITING_GUARDIAN else NEWS[step]
    when = datetime_fields.in_words(story.publish_at) if story.publish_at else ""
    said = [_GREETING, words.format(when=when, soon=SiteSettings.load().within("story_days"))]
    if step in ("publish", "change_show"):
        said.append(f"{settings.SITE_URL}{story.get_absolute_url()}")
    if note and step in _WITH_WORDS:
        said += ["What we would like to say:", note]
    to_teller(story, subject, *said)


def to_teller(story: Story, subject: str, *said: str, link_words: str = "See where it stands, or change something:"):
    """A mail with a new link to the teller’s own page."""
    email = story.contributor.email
    text, key = token_links.make(AccessToken.Purpose.MY_STORY, story, days=LINK_DAYS, email=email)
    own_page = f"{settings.SITE_URL}{reverse('my_stories:story', args=[story.slug])}?key={text}"
    promise = "You can take your story down at any time. You do not have to say why."
    words = "\n\n".join([*said, link_words, own_page, promise])
    return mail.send(to=email, subject=subject, text=words, is_secret=True, useless_at=key.expires_at, about=story)
