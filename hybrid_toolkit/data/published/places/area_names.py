"""Names of authorities in England: enough to know that a column of words holds areas. No code is ever guessed."""

from __future__ import annotations

import re
from functools import lru_cache

from hybrid_toolkit.data.published.cells import cell_text
from hybrid_toolkit.data.published.places.areas import code_of_name, level_of

_UPPER = """
Barking and Dagenham|Barnet|Barnsley|Bath and North East Somerset|Bedford|Bexley|Birmingham|Blackburn with Darwen
Blackpool|Bolton|Bournemouth, Christchurch and Poole|Bracknell Forest|Bradford|Brent|Brighton and Hove|Bristol|Bromley
Buckinghamshire|Bury|Calderdale|Cambridgeshire|Camden|Central Bedfordshire|Cheshire East|Cheshire West and Chester
City of London|Cornwall|County Durham|Coventry|Croydon|Cumberland|Darlington|Derby|Derbyshire|Devon|Doncaster|Dorset
Dudley|Durham|Ealing|East Riding of Yorkshire|East Sussex|Enfield|Essex|Gateshead|Gloucestershire|Greenwich|Hackney
Halton|Hammersmith and Fulham|Hampshire|Haringey|Harrow|Hartlepool|Havering|Herefordshire|Hertfordshire|Hillingdon
Hounslow|Isle of Wight|Isles of Scilly|Islington|Kensington and Chelsea|Kent|Kingston upon Hull|Hull
Kingston upon Thames|Kirklees|Knowsley|Lambeth|Lancashire|Leeds|Leicester|Leicestershire|Lewisham|Lincolnshire
Liverpool|Luton|Manchester|Medway|Medway Towns|Merton|Middlesbrough|Milton Keynes|Newcastle upon Tyne|Newham|Norfolk
North East Lincolnshire|North Lincolnshire|North Northamptonshire|North Somerset|North Tyneside|North Yorkshire
Northumberland|Nottingham|Nottinghamshire|Oldham|Oxfordshire|Peterborough|Plymouth|Portsmouth|Reading|Redbridge
Redcar and Cleveland|Richmond upon Thames|Rochdale|Rotherham|Rutland|Salford|Sandwell|Sefton|Sheffield|Shropshire
Slough|Solihull|Somerset|South Gloucestershire|South Tyneside|Southampton|Southend-on-Sea|Southend|Southwark|St Helens
Staffordshire|Stockport|Stockton-on-Tees|Stoke-on-Trent|Suffolk|Sunderland|Surrey|Sutton|Swindon|Tameside
Telford and Wrekin|Thurrock|Torbay|Tower Hamlets|Trafford|Wakefield|Walsall|Waltham Forest|Wandsworth|Warrington
Warwickshire|West Berkshire|West Northamptonshire|West Sussex|Westminster|Westmorland and Furness|Wigan|Wiltshire
Windsor and Maidenhead|Wirral|Wokingham|Wolverhampton|Worcestershire|York
Avon|Bedfordshire|Berkshire|Bournemouth|Cheshire|Cleveland|Cumbria|Humberside|Northamptonshire|Poole
"""
"""Authorities with children's services, then those that have ended."""

_DISTRICTS = """
Adur|Amber Valley|Arun|Ashfield|Ashford|Aylesbury Vale|Babergh|Basildon|Basingstoke and Deane|Bassetlaw|Blaby|Bolsover
Boston|Braintree|Breckland|Brentwood|Broadland|Bromsgrove|Broxbourne|Broxtowe|Burnley|Cambridge|Cannock Chase
Canterbury|Castle Point|Charnwood|Chelmsford|Cheltenham|Cherwell|Chesterfield|Chichester|Chorley|Colchester|Cotswold
Crawley|Dacorum|Dartford|Daventry|Derbyshire Dales|Dover|East Cambridgeshire|East Devon|East Hampshire
East Hertfordshire|East Lindsey|East Staffordshire|East Suffolk|Eastbourne|Eastleigh|Elmbridge|Epping Forest
Epsom and Ewell|Erewash|Exeter|Fareham|Fenland|Folkestone and Hythe|Forest of Dean|Fylde|Gedling|Gloucester|Gosport
Gravesham|Great Yarmouth|Guildford|Harborough|Harlow|Hart|Hastings|Havant|Hertsmere|High Peak
Hinckley and Bosworth|Horsham|Huntingdonshire|Hyndburn|Ipswich|King's Lynn and West Norfolk|Lancaster|Lewes|Lichfield
Lincoln|Maidstone|Maldon|Malvern Hills|Mansfield|Melton|Mid Devon|Mid Suffolk|Mid Sussex|Mole Valley|New Forest
Newark and Sherwood|Newcastle-under-Lyme|North Devon|North East Derbyshire|North Hertfordshire|North Kesteven
North Norfolk|North Warwickshire|North West Leicestershire|Norwich|Nuneaton and Bedworth|Oadby and Wigston|Oxford
Pendle|Preston|Redditch|Reigate and Banstead|Ribble Valley|Rochford|Rossendale|Rother|Rugby|Runnymede|Rushcliffe
Rushmoor|Sevenoaks|South Cambridgeshire|South Derbyshire|South Hams|South Holland|South Kesteven|South Norfolk
South Oxfordshire|South Ribble|South Staffordshire|Spelthorne|St Albans|Stafford|Staffordshire Moorlands|Stevenage
Stratford-on-Avon|Stroud|Surrey Heath|Swale|Tamworth|Tandridge|Teignbridge|Tendring|Test Valley|Tewkesbury|Thanet
Three Rivers|Tonbridge and Malling|Torridge|Tunbridge Wells|Uttlesford|Vale of White Horse|Warwick|Watford|Waverley
Wealden|Welwyn Hatfield|West Devon|West Lancashire|West Lindsey|West Oxfordshire|West Suffolk|Winchester|Woking
Worcester|Worthing|Wychavon|Wyre|Wyre Forest
"""

_AFFIXES = re.compile(
    r"^(the )?(royal borough of |london borough of |metropolitan borough of |city and county of |city of |county of )"
    r"|( ?,? (city|county) of| city council| county council| borough council| district council"
    r"| metropolitan borough| borough| council| la| lea| ua| mb| lb)$"
)


def _plain(name: str) -> str:
    words = re.sub(r"\[[^\]]*\]|\([^)]*\)|[*†‡]", " ", name.casefold())
    words = re.sub(r"(?<=[a-z])\d{1,2}(,\d{1,2})*$", "", words.strip())
    words = re.sub(r"[^a-z]+", " ", words.replace("&", " and ").replace("'", "")).strip()
    for _ in range(2):
        words = _AFFIXES.sub("", words).strip()
    return words


_KNOWN = {_plain(n): "Local authority" for n in re.split(r"[|\n]", _UPPER) if n.strip()} | {
    _plain(n): "Local authority district" for n in re.split(r"[|\n]", _DISTRICTS) if n.strip()
}


@lru_cache(maxsize=20_000)
def level_of_name(name: str) -> str:
    """The level of a nation, region or English authority from its name, or empty; other names are never guessed.

    Parameters
    ----------
    name : str
        As published: any case, ``&`` for "and", a footnote's number or "City of" about it.

    Examples
    --------
    >>> level_of_name("Hammersmith & Fulham"), level_of_name("NORTH EAST"), level_of_name("Bristol, City of")
    ('Local authority', 'Regional', 'Local authority')
    >>> level_of_name("Newtown"), level_of_name("18 years")
    ('', '')
    """
    code = code_of_name(name)
    if code:
        return level_of(code)
    parts = [_KNOWN.get(_plain(part), "") for part in cell_text(name).split(" / ")]
    return parts[0] if all(parts) else ""


def is_wide(name: str) -> bool:
    """Whether a name is a nation's, a group of nations' or a region's."""
    return bool(code_of_name(name))


def same_area(one: str, other: str) -> bool:
    """Whether two published names are one area's, spelling apart.

    Examples
    --------
    >>> same_area("Kingston upon Hull, City of", "Kingston Upon Hull"), same_area("Bury", "Barnet")
    (True, False)
    """
    return bool(_plain(one)) and _plain(one) == _plain(other)
