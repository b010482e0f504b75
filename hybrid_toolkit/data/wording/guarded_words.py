"""Words that no study may bring into a claim: for a cause, a rank, a prediction, and one of many by its number."""

from __future__ import annotations

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
