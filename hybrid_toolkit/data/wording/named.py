"""Who is named in words, a person or an authority, and whether words rank or blame."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from importlib.resources import files

from hybrid_toolkit.data.privacy.personal import details_in, is_forename, names_person
from hybrid_toolkit.data.wording.claim_words import readings, with_capitals
from hybrid_toolkit.data.wording.guarded_words import BY_NUMBER, OTHER_WORDS

_TITLE_WORDS = 3
"""Words up to which a text in small letters may be a name written as a title."""

_TOML = tomllib.loads((files("hybrid_toolkit.data.wording") / "authorities.toml").read_text(encoding="utf-8"))
AUTHORITIES = tuple(n for line in _TOML["names"].split("\n") for n in line.split("|") if n)
_ANY = "|".join(re.escape(n) for n in sorted(AUTHORITIES, key=len, reverse=True))
_TOO = "|".join(_TOML["words_too"])
_BESIDE = r"(?:borough|council|city|county|children|rather than|compared|versus|against|than|and not)"
_CODE = re.compile(r"\b[EWSN]\d{8}\b|\b[A-Z]{1,3}[-_]?0\d+\b|\b[TW][-_]?\d{2,}\b|\b[A-Z]{1,3}[-_]?\d{3,}\b")
"""Codes of areas, and keys of teams and people: T07, W0123; a section of an act (S47) is none."""
_TITLED = re.compile(r"\b(?:mr|mrs|mx|dr|prof|professor)\.? [a-z]|(?:^|\s)[A-Z]\. ?[A-Z][a-z]")
_ALSO_WORDS = frozenset(_TOML["forenames_too"].split())
"""First names that are words as well: in small letters they name nobody."""
_AUTHORITY = re.compile(
    rf"\b(?:{_ANY})\b|\b(?:{_TOO})\b(?=[\s']+(?i:{_BESIDE}))|(?<=than )\b(?:{_TOO})\b|(?<=with )\b(?:{_TOO})\b"
)
_AUTHORITIES_READ = re.compile(rf"\b(?:{_ANY.casefold()})\b")
_BY_NUMBER = re.compile(BY_NUMBER)
_GROUPS = r"teams?|offices?|workers?|staff|managers?|social workers?|practitioners?|colleagues|authorities|councils?"
_HANDLED = r"sorted|listed|scored|graded|named|singled out|put in (?:an? )?order"
_BLAME = (
    r"blam(?:e|es|ed|ing)|at fault|whose fault|to blame|guilt(?:y)?|let(?:ting|s)? (?:\w+ ){1,2}down",
    r"(?:staff|workers?|managers?|they|people) hid(?:e|es|ing)|less (?:committed|loyal|dedicated)|uncommitted",
    r"bull(?:y|ies) (?:her|his|their|its|the|our) \w+|(?:is|are) (?:\w+ ){0,3}(?:rubbish|hopeless|pathetic|shambolic"
    r"|dreadful|toxic|clueless|a shambles)",
    r"schlecht\w*|faul(?:e|er|en)?|schuld\w*|pires?|paresseu\w+|coupables?|peor(?:es)?|culpables?|perezos\w+|gwaethaf|diog"
    r"|ar fai|najgorsz\w+|leniw\w+|winna|winny",
    r"lazy|incompetent|unprofessional|useless|slack(?:ing|ers?)?|shirk(?:s|ing|ers?)?|skiv(?:e|es|ing|ers?)",
    r"fail(?:s|ed|ing) (?:their|its|the|these|our) (?:families|children|duty|duties|team|staff)",
    r"(?:who|that|which) (?:always |often |mostly )?(?:fail|fails|failed)",
    r"neglect(?:s|ed|ful)? (?:their|its|the) (?:duty|duties|work|cases)",
    r"(?:which|what) (?:one |single )?(?:of (?:the|our) )?(?:teams?|workers?|offices?|managers?|authorit(?:y|ies)"
    r"|councils?|famil(?:y|ies)|person|people|social workers?)\b.*\b(?:most|least|more|less|fewest|lowest|highest"
    r"|best|worst|fails?|behind|ahead|weak(?:est)?|poor(?:est)?|slow(?:est)?)",
    r"who (?:is|are|was|were|has|does|performs?|works?|learns?) (?:the )?(?:most|least|worst|best|behind"
    r"|weak(?:est)?|poor(?:est)?|slow(?:est)?|fail(?:ing)?|responsible|to blame|underperform\w*)",
    r"responsible for (?:the )?(?:failures?|failings?|delays?|harm|deaths?|poor)",
    r"name and shame|weakest|poorest performers?|slowest (?:teams?|workers?)|worst[- ]perform\w*|disciplined"
    r"|sack(?:ed|ing)?",
    r"lazi\w+|incompeten\w+|idle(?:ness|rs?)|the idle|(?:is|are|be|being|stay|stays) idle"
    r"|idle (?:staff|workers|teams?)",
    r"bad apples?|usual suspects|taking the mickey|waste of (?:money|space|time)|coast(?:ing|ers?)|dishonest\w*",
    r"(?:worker|staff|staff member|named worker)s? (?:who )?skip(?:s|ped|ping)?|risk of leaving of a(?:ny)? \w+"
    r"|per named (?:worker|person|family|child|manager)",
    r"pull(?:s|ing)? (?:their|its|his|her) weight|up to the job|try(?:ing)? (?:less|harder|too little)"
    r"|cheat(?:s|ed|ing)?",
    r"lied about|(?:is|are|be|were|parents|families|workers|staff|managers) (?:lie|lying) about"
    r"|(?:\w+'s|\w+s'|their|our) fault",
    r"(?:difficult|problem|hopeless|feckless|impossible) (?:famil(?:y|ies)|parents?|mothers?|fathers?|workers?|staff)",
    r"(?:failures?|failings?) of (?:the |our |these )?(?:staff|workers?|teams?|managers?|famil(?:y|ies)|parents?)",
    r"(?:come|comes|came|coming|rank|finish(?:es)?) (?:first|second|third|last)|laggards?|culprits?|dead ?wood",
    r"in (?:what|which) order|order of (?:the |our )?(?:teams|offices|workers|managers|authorities)",
    r"(?:which|what) (?:workers?|staff|people|social workers?|teams?|managers?) (?:is|are|was|were) (?:about|likely)",
)
_SINGLES = (
    r"^(?:who|whom|whose)\b|\? ?(?:who|whom|whose)\b",
    r"(?:which|what) (?:are |is )?(?:of )?(?:the |our )?(?:(?:one|single|two|three|four|five|ten|few|\d+) )?"
    r"(?:teams?|offices?|workers?|staff|managers?|people|person"
    r"|social workers?|practitioners?|authorit(?:y|ies)|councils?|famil(?:y|ies)|child|children|colleagues?)\b",
    r"(?:scores?|grades?|marks?|ratings?|position) (?:\w+ ){0,3}(?:each|every) (?:team|office|worker|manager|family"
    r"|person)",
    rf"\b(?:list|sort|grade|name|spot|single out) (?:the |our |those |individual )?(?:{_GROUPS})\b",
    rf"\b(?:{_GROUPS}) (?:be |are |were |being )?(?:{_HANDLED})\b|\bindividual (?:{_GROUPS})\b",
    rf"\b(?:each|every) (?:of (?:the|our) )?(?:{_GROUPS}) (?:stands?|ranks?|compares?|performs?|does|scores?)\b",
    r"\bspot (?:those|who)\b|\bwill leave\b|\b(?:is|are|was|does|did|has) (?:he|she)\b",
    r"(?:below|above) average|red flags?|outliers?|stands? out|drags? (?:us|them|the)|let go|do without|any good",
)
"""Questions that ask for people or teams one by one, where a study may ask how things go over all."""
_ONE_PERSON = re.compile(
    r"\bthe (?:only|sole|single|one|newest|youngest|oldest|longest[ -]serving) (?:\w+ )?(?:man|woman|worker|manager"
    r"|person|family|child|member|practitioner|colleague)\b"
    r"|\bthe (?:head|director|chief executive|deputy|lead member|chair) (?:of|for) \w+"
    r"|\bthe (?:new )?(?:worker|person|family|child|manager|man|woman|social worker) (?:who|that|which) (?:joined|left"
    r"|started|came|moved|complained)\b"
    r"|\bwhoever\b|\b(?:my|his|her) (?:manager|supervisor|colleague|boss|worker)\b"
    r"|\bour (?:\w+ )?(?:colleague|manager|worker|director)\b|\bthe (?:new|deaf|disabled|pregnant) (?:social )?"
    r"(?:worker|manager|colleague)\b"
    r"|\b[Tt]he (?-i:[A-Z][a-z]+) (?:worker|manager|colleague|mother|father|child)\b",
    re.IGNORECASE,
)
"""One person called by what is theirs alone."""
_ORDINARY = (
    "Monday|Tuesday|Wednesday|Thursday|Friday|January|February|March|April|May|June|July|August|September|October"
    "|November|December|English|Welsh|Scottish|Irish|British|England|Wales|Scotland|Britain|Level|Ofsted|Early|Duty"
    "|Children|Family|Families|Everyone|Everybody|Someone|Nobody|People|Women|Men|Parents?|Workers?|Staff|Managers?"
    "|Teams?|Child|Carers?|Mothers?|Fathers?|Supervisors?|Colleagues?|Practitioners?|Persons?|Council|Authority|Office"
    "|Service|Services|Government|Department|Year|Month|Week|Day|Today|Yesterday|Social|Student|Newly|Experienced|Agency|Education|Health|Care"
)
"""Words with a capital that are no surname."""
_SURNAME = rf"(?!(?:{_ORDINARY})\b)[^\W\d_a-z][a-zà-žß'’]{{2,}}(?<!['’]s)(?!\w)"
_CALLED = re.compile(
    r"\b(?:manager|worker|director|supervisor|practitioner|officer|family|baby|carer|mother|father|sibling|colleague"
    rf"|chair|deputy|head of service|Head of (?:Service|service))s? (?:of )?{_SURNAME}(?! (?:and|or) [a-z])"
    rf"|\b(?:PC|SW|SSW|ASW|PSW|TM|AD|DCS|IRO|Councillor|Auntie|Aunt|Uncle|Nan|Gran"
    r"|Frau|Herr|Señora?|Señorita|Madame|Mademoiselle|Monsieur|Mme|Signora?|Senhora?|Fru|Pani|Sheikh|Imam|Rabbi)"
    rf" {_SURNAME}"
    rf"|(?:^|\s)[B-HJ-Z] {_SURNAME}"
    rf"|{_SURNAME}['’]s (?:\w+ )?(?:teams?|cases?|caseloads?|work|workers|staff|famil(?:y|ies)|office|visits|children"
    r"|supervision|supervisees|recording)\b"
    rf"|\b[Tt]he {_SURNAME} (?:team|office|hub|family|case|baby|children|twins|siblings)\b"
    r"|\b(?i:child|client|mother|father|sibling|carer|baby)[ _-][A-HJ-Z]\b(?!['’])"
    r"|\b(?:held|seen|done|written|managed|supervised) by (?!(?:SW|PC|TM|LA|NHS|IRO|GP|HR|MASH|PSW|SSW)\b)[A-Z]{2,3}\b"
    r"|\b[Oo]ur (?:newest|latest|only|oldest|youngest) \w+|\b[Tt]he "
    r"(?!(?:last|first|next|other|same|earlier|later|former|latter|new|old|right|wrong|most|second)\b)"
    r"\w+ one (?:in|from|of|at)\b"
)
"""A surname by what stands beside it (a post, an initial, what is hers), and one person by a letter."""
_TURNED_ROUND = re.compile(rf"{_SURNAME}, {_SURNAME}")
_COUNCIL = re.compile(
    r"\b(?:Royal Borough|London Borough|Borough|City|County|Metropolitan Borough) of [A-Z]\w+"
    r"|\b(?:Belfast|Northern|Southern|South Eastern|Western) (?:Health|HSC|Trust)\b"
    r"|\b(?:LB[A-Z]{1,3}|RBKC|RBWM|RBG|BANES|BCP)\b|\b[A-Z][a-z]+ (?:MBC|MDC|CBC|CC|BC|DC)\b|\b00[A-Z]{2}\b"
    r"|\b(?:Mcr|Bham|B['’]ham|L['’]pool|N['’]cle|Soton|Notts|Lancs|Herts|Cambs|Hants|Northants|Worcs|Leics|Wilts)\b"
)
"""An authority by its style or by the letters it is called by."""
_SCALES = re.compile(r"\bWarwick[- ]Edinburgh\b", re.IGNORECASE)
"""Places that stand in the name of an instrument."""
_CAUSES = re.compile(
    r"\bcaus(?:ed|ing)\b|\b(?:did|does|do|has|have|can|may)\b.*\bcauses?\b"
    r"|\bcauses? (?!of\b|is\b|was\b|recorded\b|given\b)"
    r"|\b(?:effects?|impacts?|influence) (?:of|on)\b|\b(?:leads?|led) to\b|\battribut(?:able|ed|es?) to\b"
    r"|\b(?:as a|the) result of\b|\bresult(?:s|ed|ing)? (?:in|from)\b"
    r"|\b(?:because of|due to|thanks to|owing to|on account of) (?:\w+ ){0,3}(?:home|remote|hybrid|office|video|phone"
    r"|virtual|online|policy|policies|working|attendance)\b"
)
"""One thing brings another about: always with these words, with "due to" where what is studied here follows."""
_EACH = re.compile(r"\b(?:each|every)\b", re.IGNORECASE)
"""What nothing may be scored by: one by one."""
_BEST_INTERESTS = re.compile(r"\bbest[ -]interests?\b", re.IGNORECASE)
"""A term of law, which ranks nobody."""
_DENIES = re.compile(r"\b(?:never|nothing|none|no(?:body)?|not(?! only))\b", re.IGNORECASE)
_AFFIRMS = re.compile(r"\b(?:doubt|den(?:y|ies)|dispute|question)(?:s|ed)?\b", re.IGNORECASE)
"""What nobody doubts is no denial."""
_BLAMES = re.compile(r"\b(?:" + "|".join(_BLAME) + r")\b", re.IGNORECASE)
_ASKS_FOR = re.compile("|".join(rf"(?:{p})" for p in _SINGLES), re.IGNORECASE)
_RANKS = re.compile(r"\b(?:" + "|".join(w for w in OTHER_WORDS if "will|shall" not in w) + r")\b", re.IGNORECASE)


def named_in(text: str) -> str:
    """What a phrase names that it may not: ``"a person"``, ``"an authority"`` or a personal detail; empty for nothing.

    Examples
    --------
    >>> named_in("Alex Surname rather than her colleagues"), named_in("working in Leeds rather than Bradford")
    ('a person', 'an authority')
    >>> named_in("a day more at home"), named_in("leeds")
    ('', 'an authority')
    """
    text = _SCALES.sub(" ", text)
    read = list(dict.fromkeys(readings(text)))
    plain = " ".join(unicodedata.normalize("NFKC", text).replace("\u200b", "").split())
    told = [
        plain,
        plain.replace("_", " ").title() if plain == plain.lower() and len(plain.split()) <= _TITLE_WORDS else "",
    ]
    told += [w.title() for w in re.findall(r"\b[A-Z'’-]{2,} [A-Z'’-]{2,}\b", plain)]
    told.append(lettered := with_capitals(text))
    if any(map(names_person, told)) or any(map(_begins_with_name, read)):
        return "a person"
    if (
        any(_TITLED.search(r) for r in (*read, plain))
        or _ONE_PERSON.search(plain)
        or _CALLED.search(plain)
        or _TURNED_ROUND.fullmatch(plain)
        or any(map(_first_name, (text, lettered)))
    ):
        return "a person"
    if (
        _COUNCIL.search(plain)
        or any(_AUTHORITY.search(t) for t in told[:2])
        or any(_AUTHORITIES_READ.search(r) for r in read)
    ):
        return "an authority"
    if _CODE.search(plain):
        return "a code or key"
    if _BY_NUMBER.search(plain):
        return "a team or person by number"
    return next(iter(details_in(plain)), "")


def says_cause(text: str) -> bool:
    """Whether a phrase says that one thing brings another about, which what is measured alone never shows.

    Reasons that somebody recorded are none: visits missed due to illness.

    Examples
    --------
    >>> says_cause("Hours lost due to home working"), says_cause("Effect of remote work on hours")
    (True, True)
    >>> says_cause("Visits missed due to illness"), says_cause("Cause of absence is recorded")
    (False, False)
    """
    return any(_CAUSES.search(read) for read in readings(text))


def _first_name(text: str) -> bool:
    """Whether a word within a phrase is written as a first name that is no other word, or all is in small letters."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    words, small = re.findall(r"[A-Za-z'\u2019-]+", bare), bare == bare.lower()
    return any(
        (small or (w[0].isupper() and w[1:].islower())) and w.lower() not in _ALSO_WORDS and is_forename(w)
        for word in words[1:]
        for w in [word.removesuffix("'s").removesuffix("\u2019s"), word.partition("-")[0]]
        if w
    )


def _begins_with_name(reading: str) -> bool:
    """Whether a phrase in small letters begins with a first name that is no other word, and a second one."""
    words = reading.split(" ")
    return len(words) > 1 and words[0] not in _ALSO_WORDS and names_person(f"{words[0]} {words[1]}".title())


def ranks_or_blames(text: str, *, asks: bool = False) -> int:
    """How many phrases of a text rank or blame, or, of a question, ask for people or teams one by one.

    Parameters
    ----------
    text : str
        The text.
    asks : bool, default False
        Whether it is a question.

    Examples
    --------
    >>> ranks_or_blames("Visits in time"), ranks_or_blames("Worst teams"), ranks_or_blames("Who is behind?", asks=True)
    (0, 1, 2)
    """
    patterns = (_BLAMES, _RANKS, _ASKS_FOR) if asks or _EACH.search(text) else (_BLAMES, _RANKS)
    read = readings(_BEST_INTERESTS.sub("", text))
    return len({m.group(0) for one in read for p in patterns for m in p.finditer(one)})


def without_denials(text: str) -> str:
    """A text less the sentences that say what is not so: "never a league table" ranks nobody.

    Examples
    --------
    >>> without_denials("Show the spread by role. Never a league table.")
    'Show the spread by role.'
    """
    return " ".join(s for s in re.split(r"(?<=[.!?;])\s+", text) if not _DENIES.search(s) or _AFFIRMS.search(s))
