"""The languages that Whisper knows: code → English name, and how their words join."""

from twodesks.speech.problems import UnknownLanguage

_NAMES = """
af Afrikaans, am Amharic, ar Arabic, as Assamese, az Azerbaijani, ba Bashkir, be Belarusian, bg Bulgarian, bn Bengali,
bo Tibetan, br Breton, bs Bosnian, ca Catalan, cs Czech, cy Welsh, da Danish, de German, el Greek, en English,
es Spanish, et Estonian, eu Basque, fa Persian, fi Finnish, fo Faroese, fr French, gl Galician, gu Gujarati, ha Hausa,
haw Hawaiian, he Hebrew, hi Hindi, hr Croatian, ht Haitian Creole, hu Hungarian, hy Armenian, id Indonesian,
is Icelandic, it Italian, ja Japanese, jw Javanese, ka Georgian, kk Kazakh, km Khmer, kn Kannada, ko Korean, la Latin,
lb Luxembourgish, ln Lingala, lo Lao, lt Lithuanian, lv Latvian, mg Malagasy, mi Maori, mk Macedonian, ml Malayalam,
mn Mongolian, mr Marathi, ms Malay, mt Maltese, my Myanmar, ne Nepali, nl Dutch, nn Nynorsk, no Norwegian, oc Occitan,
pa Punjabi, pl Polish, ps Pashto, pt Portuguese, ro Romanian, ru Russian, sa Sanskrit, sd Sindhi, si Sinhala,
sk Slovak, sl Slovenian, sn Shona, so Somali, sq Albanian, sr Serbian, su Sundanese, sv Swedish, sw Swahili, ta Tamil,
te Telugu, tg Tajik, th Thai, tk Turkmen, tl Tagalog, tr Turkish, tt Tatar, uk Ukrainian, ur Urdu, uz Uzbek,
vi Vietnamese, yi Yiddish, yo Yoruba, zh Chinese, yue Cantonese
"""

LANGUAGES: dict[str, str] = {entry.split()[0]: " ".join(entry.split()[1:]) for entry in _NAMES.split(",")}

# Whisper times these character by character; there are no spaces to put back between words.
UNSPACED = frozenset({"zh", "yue", "ja", "th", "lo", "my", "bo", "km"})

_CODES_BY_NAME = {name.casefold(): code for code, name in LANGUAGES.items()}


def language_code(text: str) -> str:
    """`en`, `EN-gb`, `English` → `en`. Raises UnknownLanguage."""
    key = text.strip().casefold()
    code = _CODES_BY_NAME.get(key, key.replace("_", "-").split("-")[0])
    if code not in LANGUAGES:
        raise UnknownLanguage(
            f"“{text}” is not a language that can be captioned. Use a code such as en, de or pt.", field="language"
        )
    return code
