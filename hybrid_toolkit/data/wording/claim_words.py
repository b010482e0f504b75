"""How a study speaks of its outcome, and the words that no study may smuggle into a claim."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from hybrid_toolkit.data.wording.contrast_size import says_size
from hybrid_toolkit.errors import StudyError, agreeing, plural

CAUSAL_WORDS = (
    r"caus(e|es|ed|ing|al|ally|ality|ation|ative)",
    r"effects?|effective(ly|ness)?",
    r"affect(s|ed|ing)?",
    r"impact(s|ed|ing|ful)?",
    r"influenc(e|es|ed|ing)",
    r"lead(s|ing)? to|led to",
    r"results? (in|from)|resulted (in|from)|resulting (in|from)",
    r"br(ings?|ought|inging) about",
    r"because|due to|thanks to|owing to|on account of",
    r"hence|therefore|thereby|consequen(ce|ces|t|tly)",
    r"attribut(able|ed|es?) to",
    r"stem(s|med|ming)? from|arises? from|arose from",
    r"reduc(e|es|ed|ing|tions?)",
    r"increas(e|es|ed|ing|ingly)",
    r"decreas(e|es|ed|ing)",
    r"lower(s|ed|ing)|rais(e|es|ed|ing)",
    r"diminish(es|ed|ing)?|lessen(s|ed|ing)?",
    r"improv(e|es|ed|ing|ements?)|enhanc(e|es|ed|ing|ements?)",
    r"worsen(s|ed|ing)?|deteriorat(e|es|ed|ing|ion)",
    r"harm(s|ed|ing|ful)?|hurt(s|ing)?|damag(e|es|ed|ing)|undermin(e|es|ed|ing)|erod(e|es|ed|ing)",
    r"help(s|ed|ing|ful)?|boost(s|ed|ing)?|foster(s|ed|ing)",
    r"strengthen(s|ed|ing)?|weaken(s|ed|ing)?",
    r"driv(e|es|en|er|ers|ing)|drove|trigger(s|ed|ing)?|induc(e|es|ed|ing)|generat(es|ed|ing)",
    r"makes?|made|produc(e|es|ed|ing)|yield(s|ed|ing)?|determin(es|ed|ing)",
    r"prevent(s|ed|ing)?|hinder(s|ed|ing)?|imped(e|es|ed|ing)",
    r"contribut(e|es|ed|ing) to",
    r"prov(e|es|ed|en|ing)",
    r"promot(es|ed|ing)|enabl(es|ed|ing)|encourag(es|ed|ing)|facilitat(es|ing)|empower(s|ing)|sustains",
    r"discourag(es|ed|ing)|deter(s|red|ring)|inhibit(s|ed|ing)?|hamper(s|ed|ing)?|constrain(s|ing)|ruin(s|ed|ing)?",
    r"creat(es|ed|ing)|shap(es|ed|ing)|transform(s|ed|ing)|alter(s|ed|ing)|sway(s|ed|ing)?",
    r"chang(es|ed) (the|how|what|their|its|famil(y|ies)|workers?|practice)",
    r"spur(s|red|ring)|provok(es|ed|ing)|elicit(s|ed|ing)|fuel(s|led|ling)|giv(es|ing) rise to|gave rise to",
    r"exacerbat(es|ed|ing)|aggravat(es|ed|ing)|mitigat(es|ed|ing)|alleviat(es|ed|ing)|eas(es|ed|ing)",
    r"accelerat(es|ed|ing)|cuts|cutting|slash(es|ed|ing)|halv(es|ed|ing)|doubl(es|ed|ing)|saves|saving|stops",
    r"protects|benefit(s|s from|ted|ed|ing) (from|famil(y|ies)|workers?|children|practice)",
    r"(as )?(a|the) result of|as a result|thus|(is|are|was|were) responsible for|accounts? for|accounted for",
    r"ow(es|ed) .{1,40} to|(lost|gained|won) (through|to|by)",
    r"explain(s|ed|ing)|(has|have|had|having) a bearing on|allow(s|ing) \w+ to",
)
"""Words that say one thing brings about another."""
OTHER_WORDS = (
    r"best|worst|better than|worse than|highest|lowest",
    r"league|leader ?boards?|winners?|losers?",
    r"rank(s|ed|ing|ings)?|outrank(s|ed|ing)?",
    r"top|bottom",
    r"outperform(s|ed|ing)?|underperform(s|ed|ing)?",
    r"will|shall|going to|likely to|expected to (leave|disengage)",
    r"predict(s|ed|ing|ions?|or|ors)?|forecast(s|ed|ing)?",
    r"at risk of leaving|likely to leave",
    r"(this|that) (worker|family|child|team|person|authority|individual)",
    r"(worker|team|family|child|person|manager|la|authority|office) (id|identifier|name|code)s?",
    r"(strong|weak|poor|good|bad)(est)? (team|office|worker|authorit|perform)\w*|poorest|number one",
    r"(ahead of|beats?|beaten|beating) (the )?(other|all|every|rest)|failing (team|office|worker|authorit)\w*",
    r"(in|non )?significan(t|tly|ce)",
    r"ergo|undoubted(ly)?|conclusive(ly)?|indisputabl[ey]|without question",
    r"(beyond|without|no) (any |all |a )?(reasonable )?doubts?|(is|are|as is|for|almost|quite) certain|certainly",
    r"100 ?(%|per ?cent) (sure|certain|sound)|as (the )?(courts?|judges?|inspectors?) (found|says?|said|ruled)",
    r"says? (the )?(regulator|inspectors?|inspectorate|ofsted)",
    r"\w+[ -]star(red)? (team|office|worker|authorit|manager)\w*",
    r"\w+[ -](rated|graded) (team|office|worker|authorit|manager)\w*",
    r"(inadequate|outstanding|excellent|mediocre|(high|low|under|over)[ -]?(performing|achieving)) "
    r"(team|office|worker|authorit|manager|famil)\w*",
)
"""Words that rank, that speak of what one person or team will do, or that take a p-value for a finding."""
_CAUSAL = re.compile(r"\b(" + "|".join(CAUSAL_WORDS) + r")\b")
_FORBIDDEN = re.compile(r"\b(" + "|".join((*CAUSAL_WORDS, *OTHER_WORDS)) + r")\b")
_NUMBER_WORDS = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|twenty|[ivx]{2,5}"
    "|alpha|beta|gamma|delta|omega"
)
_ORDINALS = r"first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|\d+(?:st|nd|rd|th)"
_ONE_OF_MANY = r"team|office|worker|family|child|manager|practitioner|staff member|team member"
_THEN = (
    r"(?=\s*(?:$|[.,;?!)'\u2019])|\s+(?:rather|than|compared|versus|against|and the|and others?|does|do|sees?|has|is"
    r"|was)\b)"
)
"""What follows a name that is a number in words: "team two" and not "two days"."""
BY_NUMBER = (
    r"\b(?:[Tt]eam|[Oo]ffice|Worker|Family|Child)[ _-]?(?:[A-HJ-Z]\b|I\b(?!['\u2019]))"
    rf"|(?i:\b(?:{_ONE_OF_MANY})[ _-]?(?:no\.? ?|number |nr\.? ?|#)?"
    r"\d+(?!\d|\.\d|:|[- ]?(?:hour|day|week|month|year|minute)))"
    rf"|(?i:\b(?:{_ONE_OF_MANY}|person) (?:number |no\.? )?(?:{_NUMBER_WORDS})\b{_THEN})"
    rf"|(?i:\bthe (?:{_ORDINALS}) (?:{_ONE_OF_MANY})\b{_THEN})"
    r"|\b(?:Team|Office|Hub) (?:Red|Blue|Green|Yellow|Orange|Purple|North|South|East|West)\b"
)
"""A team, office or person called by its letter or number, in digits or words; a decimal is a value, no name."""
_NAMED = re.compile(
    BY_NUMBER
    + r"|\b(?!(?:The|A|Each|Any|Every|Their|Our|All|Whole|One|Own)\b)[A-Z][\w&'’-]+ (?:Team|Office|Hub|Council)\b"
)
"""The same, or a team or office by its name."""
_LIKE = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u04bb\u0501\u051b\u051d\u043a\u043c\u0442\u0432\u043d"
    "\u03b1\u03b5\u03b9\u03bf\u03c1\u03c5\u03bd\u03c4\u03ba\u03c7\u03b3\u0131\u0251\u0261\u026a\u1d00\u1d04\u1d07",
    "aeopcyxijshdqwkmtbhaeiopuvtkxyiagiace",
)
"""Letters of other alphabets that look like Latin ones."""
_LIKE_CAPITALS = str.maketrans(
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0423\u0405\u0406\u0408"
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7",
    "ABEKMHOPCTXYSIJABEZHIKMNOPTYX",
)
"""Capitals of other alphabets that look like Latin ones."""
_DIGITS = str.maketrans("013457@$|", "oieastasl")
_DIGITS_TOO = str.maketrans("013457@$|", "oleastasi")
_LETTER = re.compile(r"\bLETTER (?:.* )?([A-Z])(?: WITH .*)?$")
"""The letter in the name of a character, such as a small capital or a letter in a circle."""
_TURNED = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Marks that turn the order in which letters are shown."""
_TAGS = re.compile(r"<[^<>]*>")
_HUMPS = re.compile(r"(?<=[a-z])(?=[A-Z])")
_HYPHENS = re.compile(r"[\u00ad\u2010-\u2015\u2212\ufe58\ufe63\uff0d_\-]+")
_BETWEEN = r"[ .*/\\,:;|~+'’·•]"
_SPACED = re.compile(rf"\b(?:\w{_BETWEEN}){{2,}}\w\b")


def overreach(text: str) -> tuple[str, ...]:
    """The causal, ranking or predicting words in a text, however they are spelled, split or disguised.

    Examples
    --------
    >>> overreach("remote share is associated with lower engagement")
    ()
    >>> overreach("Remote work causes the worst outcomes")
    ('causes', 'worst')
    >>> overreach("remote work c\u0430uses it"), overreach("re-\\nduces it"), overreach("c.a.u.s.e.s")
    (('causes', 'a word in letters of two alphabets'), ('reduces',), ('causes',))
    """
    named = tuple(m.group(0).lower() for m in _NAMED.finditer(unicodedata.normalize("NFKC", text)))
    return _found(_FORBIDDEN, text) + named + _hidden(text)


def causal_words(text: str) -> tuple[str, ...]:
    """The causal words in a text, however they are spelled, split or disguised."""
    return _found(_CAUSAL, text)


def _found(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(m.group(0) for reading in readings(text) for m in pattern.finditer(reading)))


def _hidden(text: str) -> tuple[str, ...]:
    """What lets a text be read otherwise than it is checked: letters of two alphabets in a word, turned order."""
    out = ["marks that turn the order of letters"] if _TURNED.search(text) else []
    flat = unicodedata.normalize("NFKD", text)
    mixed = any(len({_alphabet(c) for c in word if c.isalpha()}) > 1 for word in re.findall(r"\w+", flat))
    return (*out, *(["a word in letters of two alphabets"] if mixed else []))


def _alphabet(letter: str) -> str:
    name = unicodedata.name(letter, "")
    return "LATIN" if "LATIN" in name or letter in "ªºµ" else name.partition(" ")[0]


def readings(text: str) -> Iterator[str]:
    """A text as it may be read: in plain letters, hyphens and breaks as spaces or as nothing, spaced letters joined."""
    untagged = _TAGS.sub("", html.unescape(text))
    for source in dict.fromkeys((text, untagged, _HUMPS.sub(" ", text))):
        yield from _flatreadings(source)


def _flatreadings(text: str) -> Iterator[str]:
    flat = unicodedata.normalize("NFKD", text).casefold().translate(_LIKE)
    flat = "".join(
        _plain(c) for c in flat if c == "\u00ad" or not (unicodedata.combining(c) or unicodedata.category(c) == "Cf")
    )
    for split in (" ", ""):
        plain = re.sub(r"\s+", " ", re.sub(_HYPHENS.pattern + r"\s*", split, flat))
        yield plain
        yield _SPACED.sub(lambda m: re.sub(_BETWEEN, "", m.group(0)), plain)
        yield plain.translate(_DIGITS)
        yield plain.translate(_DIGITS_TOO)


def with_capitals(text: str) -> str:
    """A text in plain letters that keeps its capitals, by which names are known; signs that stand for letters as those.

    Examples
    --------
    >>> with_capitals("visits of \u0410l\u2060\u0435x"), with_capitals("A1ex"), with_capitals("25 staff")
    ('visits of Alex', 'Alex', '25 staff')
    """
    flat = unicodedata.normalize("NFKD", text).translate(_LIKE).translate(_LIKE_CAPITALS)
    flat = "".join(c for c in flat if not (unicodedata.combining(c) or unicodedata.category(c) == "Cf"))
    words = (w.translate(_DIGITS_TOO) if w[:1].isalpha() else w for w in re.split(r"(\s+)", flat))
    return "".join(words)


def _plain(character: str) -> str:
    """The Latin letter that a character is a form of; itself where it is none."""
    if character.isascii():
        return character
    found = _LETTER.search(unicodedata.name(character, ""))
    return found.group(1).lower() if found else character


_overreach = lru_cache(2048)(overreach)
"""Of a phrase that was read before: one study is declared many times while it is changed."""
_LONGEST = 300
"""Letters of a phrase, beyond which a claim cannot be read."""


@dataclass(frozen=True, slots=True)
class OutcomeLabel:
    """How one outcome is spoken of.

    Parameters
    ----------
    outcome : str
        Column.
    phrase : str
        Noun phrase that can follow "lower" and "higher", such as "share of contacts held as preferred".
    unit : str, optional
        Unit of the figure that is printed.
    scale : float, default 1.0
        What an estimate is multiplied by for print, 100 for a share in percentage points.
    smallest_important : float | None, optional
        Smallest difference in that unit, for the study's contrast, that would matter; for a ratio, the smallest ratio
        above 1. None where not set.

    Examples
    --------
    >>> label = OutcomeLabel("learning", "informal learning", unit="points", smallest_important=0.2)
    >>> label.phrase, label.smallest_important
    ('informal learning', 0.2)
    """

    outcome: str
    phrase: str
    unit: str = ""
    scale: float = 1.0
    smallest_important: float | None = None


def plain_text(text: str) -> str:
    """A phrase as it is printed: one line, single spaces, no characters that are not seen.

    Examples
    --------
    >>> plain_text("share of\\n contacts\\u200b ")
    'share of contacts'
    """
    seen = "".join(c for c in text if c.isspace() or unicodedata.category(c) not in ("Cf", "Cc", "Co", "Cs"))
    return " ".join(seen.split())


def contrast_of(contrast: str, exposure: str, kind: str = "slope", *, size: float = 1.0) -> str:
    """The contrast that claims speak of, in words; without one, what the kind of estimand compares.

    Own words that do not say the size are followed by it, since the figure is for that size.

    Examples
    --------
    >>> contrast_of("", "rs_desk"), contrast_of("a day more at home", "home_days")
    ('one unit more of rs desk', 'a day more at home')
    >>> contrast_of("a day more at home", "rs_desk", size=0.2)
    'a day more at home (0.2 units of rs desk)'
    >>> contrast_of("", "h_home", size=1000)
    '1000 units more of h home'
    >>> contrast_of("", "hot_desks", "effect"), contrast_of("", "group", "composition")
    ('hot desks', 'who is in the two groups of group')
    """
    name = exposure.replace("_", " ").replace(".", " ")
    default = {"effect": name, "composition": f"who is in the two groups of {name}"}.get(kind)
    units = "one unit" if size == 1 else f"{size:g} units"
    plain = size == 1 and default is not None
    if not contrast or plain or says_size(contrast, exposure, size) != "no size":
        return contrast or default or f"{units} more of {name}"
    return f"{contrast} ({units} of {'the exposure' if _overreach(name) else name})"


def relative_phrase(kind: str, moderators: Sequence[str], mediators: Sequence[str]) -> str:
    """What a claim names beside outcome and contrast: a gap's moderator, an indirect effect's mediators.

    Examples
    --------
    >>> relative_phrase("slope-gap", ["low_access"], []), relative_phrase("indirect", [], ["contact_time", "trust"])
    ('low_access', 'contact_time and trust')
    """
    return " and ".join({"slope-gap": moderators, "indirect": mediators}.get(kind, ()))


RATIO_NOUNS = {
    "log-odds": ("odds",),
    "log-rate": ("rate", "number", "count"),
    "log-hazard": ("rate", "hazard"),
}
"""Kind of ratio -> the words of which one must stand in its phrase; the first is put there where none does."""


def ratio_phrase(phrase: str, kind: str) -> str:
    """The phrase of a ratio's outcome with what the ratio is of: odds that double are not a share that doubles.

    Examples
    --------
    >>> ratio_phrase("engagement", "log-odds"), ratio_phrase("the odds of engagement", "log-odds")
    ('the odds of engagement', 'the odds of engagement')
    >>> ratio_phrase("the number of visits", "log-rate"), ratio_phrase("leaving", "log-hazard")
    ('the number of visits', 'the rate of leaving')
    """
    nouns = RATIO_NOUNS[kind]
    held = re.search(rf"\b({'|'.join(nouns)})s?\b", phrase.lower())
    return phrase if held else f"the {nouns[0]} of {phrase}"


def gap_phrase(phrase: str, moderator: str) -> str:
    """The phrase of a slope gap's outcome with the two groups compared, where the phrase does not say them.

    Examples
    --------
    >>> gap_phrase("engagement", "low_access")
    "engagement where 'low access' is yes relative to where it is no"
    >>> gap_phrase("the learning of new workers relative to that of others", "early_career")
    'the learning of new workers relative to that of others'
    """
    if re.search(r"\b(relative to|compared with|as against|gap between|difference between)\b", phrase.lower()):
        return phrase
    name = moderator.replace("_", " ")
    where = f"where '{name}' is yes relative to where it is no" if name else "in one group relative to the other"
    return f"{phrase} {where}"


def check_words(*texts: str) -> None:
    """No phrase of a study brings a causal, ranking or predicting word into a claim.

    Raises
    ------
    StudyError
        A phrase holds such words, or is too long to be read.
    """
    if any(len(t) > _LONGEST for t in texts):
        raise StudyError(
            f"a phrase of the study has {max(map(len, texts)):,} letters; a claim can hold {_LONGEST}.",
            fix="Name the outcome and the contrast in a few words.",
            code="WORDS-LONG",
        )
    found = [w for t in texts for w in _overreach(t)]
    if found:
        raise StudyError(
            f"{plural(len(found), 'word')} in the study's phrases {agreeing(len(found), 'claims', 'claim')} more than "
            f"a study may put into its own words: {', '.join(found)}.",
            fix="Name outcome and contrast plainly, a column by Words(outcome, phrase) or contrast; the claim's verb "
            "comes from the design.",
            code="WORDS",
        )
