"""Every purpose for which a form of the portal takes personal data, and what its form says about it.

The numbers are those of the code that deletes. “Your data and your rights” says the same at more length; a test sees to
it that each notice leads to a paragraph there, which names the same times.
"""

from django.utils.translation import gettext_lazy as _

from cms.enquiries import enquiries
from cms.housekeeping import MAILS_KEPT_DAYS
from cms.lib.data_notices import DataNotice
from cms.publishing import suggestions
from partners.members import invitations, join_requests
from stories.consent.guardian_requests import YEARS_OF_YOUTH
from stories.retention import retention_schedule

NOTICES = {
    "suggestion": DataNotice(
        purpose=_("We use your address only to send you the answer."),
        kept=_("We delete it {after} after we answered."),
        seen_by=_("The site team reads your words, and the organisation that the page is about."),
        heading="If you suggest a change",
        periods={"after": suggestions.FORGET_DAYS},
    ),
    "enquiry": DataNotice(
        purpose=_("We use your address only to send you the answer."),
        kept=_("We delete your question {after} after we answered, and {most} after you wrote in any case."),
        seen_by=_("Only the site team reads it."),
        heading="If you ask the site team",
        periods={"after": enquiries.KEPT_DAYS, "most": enquiries.MOST_DAYS},
    ),
    "story": DataNotice(
        purpose=_("We use your email address to know that the story is yours, and to write to you about it."),
        kept=_("We keep it as long as the story. What is never sent goes after {unsent}."),
        seen_by=_("Readers see only the name you choose. You can take your story back on any day."),
        heading="If you tell a story",
        periods={"unsent": retention_schedule.UNSENT_DAYS},
    ),
    "my_stories": DataNotice(
        purpose=_("We look for stories told with this address, and send the links only there."),
        kept=_("We keep what we sent for {after}."),
        seen_by=_("Nobody else learns whether there is a story."),
        heading="Mail we send",
        periods={"after": MAILS_KEPT_DAYS},
    ),
    "guardian": DataNotice(
        purpose=_("We use the name and address to show who agreed, and to write to them about this story."),
        kept=_("We delete both with the story, and {most} after they agreed in any case."),
        seen_by=_("Only our team sees them. Readers never do."),
        heading="If you tell a story",
        periods={"most": 365 * YEARS_OF_YOUTH},
    ),
    "pictured": DataNotice(
        purpose=_("We ask who is on a picture only to know that they agreed."),
        kept=_("We keep their names as long as the picture."),
        seen_by=_("Only our team sees them. Readers never do."),
        heading="If you tell a story",
    ),
    "concern": DataNotice(
        purpose=_("We use your address only to tell you what we did."),
        kept=_("We delete it, and your words, {after} after our answer."),
        seen_by=_("Only our team reads them. Whose story it is never learns who wrote to us."),
        heading="If you report a concern",
        periods={"after": retention_schedule.REPORT_DAYS},
    ),
    "join": DataNotice(
        purpose=_("We use your name and address to answer you, and for your desk if you get one."),
        kept=_(
            "All of it goes after {unconfirmed} if you do not open the link we send, and otherwise {after} after our "
            "answer."
        ),
        seen_by=_("The council reads it."),
        heading="If your organisation asks to join",
        periods={"unconfirmed": join_requests.FORGOTTEN_DAYS, "after": join_requests.DECIDED_KEPT_DAYS},
    ),
    "invitation": DataNotice(
        purpose=_("We use the address to send the invitation."),
        kept=_("If they do not come, it goes {after} after the invitation has ended."),
        seen_by=_("The managers of your organisation and the council see it."),
        heading="If your organisation asks to join",
        periods={"after": invitations.ENDED_KEPT_DAYS},
    ),
    "account": DataNotice(
        purpose=_("We use your name and address to sign you in and to write to you about your account."),
        kept=_("We keep them as long as you have the account. You can delete it on any day."),
        seen_by=_("Those you work with here see them. They are never shown to the public."),
        heading="If you have an account",
    ),
    "sign_in": DataNotice(
        purpose=_("We use the address only to find your account."),
        kept=_("We count failed tries for a while, so that nobody can guess a password."),
        seen_by=_("Nobody can read an address from that count."),
        heading="If you have an account",
    ),
    "preview": DataNotice(
        purpose=_("We keep your name and words beside the page, to know who looked at it."),
        kept=_("They stay as long as the history of the page."),
        seen_by=_("Only staff can read them."),
        heading="If somebody asks you to look at a page",
    ),
}
