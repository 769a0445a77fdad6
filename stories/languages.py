"""The languages a story may be told in: those most spoken in Derby (Census 2021), by their own names; and any other."""

LANGUAGES = [
    ("en", "English"),
    ("pl", "Polski (Polish)"),
    ("pa", "ਪੰਜਾਬੀ (Panjabi)"),
    ("ur", "اردو (Urdu)"),
    ("ro", "Română (Romanian)"),
    ("sk", "Slovenčina (Slovak)"),
    ("lv", "Latviešu (Latvian)"),
    ("lt", "Lietuvių (Lithuanian)"),
    ("hu", "Magyar (Hungarian)"),
    ("cs", "Čeština (Czech)"),
    ("bg", "Български (Bulgarian)"),
    ("ru", "Русский (Russian)"),
    ("uk", "Українська (Ukrainian)"),
    ("it", "Italiano (Italian)"),
    ("es", "Español (Spanish)"),
    ("pt", "Português (Portuguese)"),
    ("fr", "Français (French)"),
    ("de", "Deutsch (German)"),
    ("el", "Ελληνικά (Greek)"),
    ("sq", "Shqip (Albanian)"),
    ("tr", "Türkçe (Turkish)"),
    ("ku", "Kurdî (Kurdish)"),
    ("ckb", "کوردی (Kurdish, Sorani)"),
    ("ar", "العربية (Arabic)"),
    ("fa", "فارسی (Persian)"),
    ("ps", "پښتو (Pashto)"),
    ("so", "Soomaali (Somali)"),
    ("ti", "ትግርኛ (Tigrinya)"),
    ("am", "አማርኛ (Amharic)"),
    ("hi", "हिन्दी (Hindi)"),
    ("gu", "ગુજરાતી (Gujarati)"),
    ("bn", "বাংলা (Bengali)"),
    ("ta", "தமிழ் (Tamil)"),
    ("ml", "മലയാളം (Malayalam)"),
    ("te", "తెలుగు (Telugu)"),
    ("ne", "नेपाली (Nepali)"),
    ("zh", "中文 (Chinese)"),
    ("vi", "Tiếng Việt (Vietnamese)"),
    ("tl", "Tagalog (Filipino)"),
    ("sw", "Kiswahili (Swahili)"),
    ("yo", "Yorùbá (Yoruba)"),
    ("ig", "Igbo"),
    ("sn", "ChiShona (Shona)"),
    ("cy", "Cymraeg (Welsh)"),
    ("ga", "Gaeilge (Irish)"),
    ("rom", "Romani"),
    ("bfi", "British Sign Language, written down"),
    ("und", "Another language, or several"),
]

# “Tell your story”, in the languages that most people in Derby speak at home after English (Census 2021).
INVITATIONS = {
    "pa": "ਆਪਣੀ ਕਹਾਣੀ ਸੁਣਾਓ",
    "pl": "Opowiedz swoją historię",
    "ur": "اپنی کہانی سنائیں",
    "sk": "Vyrozprávajte svoj príbeh",
    "ro": "Spuneți povestea dumneavoastră",
}

_NAMES = dict(LANGUAGES)
_RIGHT_TO_LEFT = frozenset({"ar", "ckb", "fa", "ps", "ur"})


def direction_of(language: str) -> str:
    """For `dir`. Of what we do not know, the browser judges by its letters."""
    return "auto" if language == "und" else "rtl" if language in _RIGHT_TO_LEFT else "ltr"


def tag_of(language: str) -> str:
    """For `lang` (BCP 47): how it is spelt here; nothing where we do not know."""
    return {"en": "en-GB", "und": ""}.get(language, language)


def name_of(language: str) -> str:
    return _NAMES.get(language, language)
