"""What an instrument is: its items, scales, missing rule, licence, and how the generator draws its answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from hybrid_toolkit.errors import MeasureError

SCORES = ("mean", "sum", "share")
"""How a scale is made: mean of its items, their sum, or the share of its items answered within a band."""


@dataclass(frozen=True, slots=True)
class InstrumentItem:
    """One item: its id, whether it is reversed, and wording only where the licence lets it be shipped.

    Parameters
    ----------
    id : str
        Item id, the column of a wide frame.
    reverse : bool, default False
        Scored as low + high - answer.
    text : str, optional
        The wording, or empty where it is not included.
    paraphrase : str, optional
        What it asks about, in this project's words.
    responses : str, optional
        Name of its list of answers, where there is one.

    Examples
    --------
    >>> from hybrid_toolkit.data.instruments import load_instrument
    >>> load_instrument("informal_learning").items[0].responses
    'frequency'
    """

    id: str
    reverse: bool = False
    text: str = ""
    paraphrase: str = ""
    responses: str = ""


@dataclass(frozen=True, slots=True)
class InstrumentScale:
    """One scale of an instrument.

    Parameters
    ----------
    id : str
        Scale id, the column that scoring gives.
    name : str
        Plain name.
    items : tuple[str, ...]
        Ids of its items.
    score : str
        One of ``SCORES``.
    direction : str
        ``higher``, ``lower`` or ``none``: which way is better.
    low : float
        Lowest possible score.
    high : float
        Highest possible score.
    missing : str
        ``complete`` (all items answered), ``prorate`` (a share of them) or ``count`` (``min_items``).
    min_items : int, default 0
        Answers needed for ``count``.
    multiply : float, default 1.0
        The raw score is multiplied by this.
    table : Mapping[float, float], optional
        Raw score -> published score, where there is a conversion.
    within : tuple[float, float] | None, optional
        Closed band of answers, for ``share``.
    reliability : bool, default True
        Whether internal consistency applies (not to single items or shares).

    Examples
    --------
    >>> from hybrid_toolkit.data.instruments import load_instrument
    >>> scale = load_instrument("informal_learning").scales[0]
    >>> scale.direction, scale.score, scale.low, scale.high
    ('higher', 'mean', 1.0, 5.0)
    """

    id: str
    name: str
    items: tuple[str, ...]
    score: str
    direction: str
    low: float
    high: float
    missing: str
    min_items: int = 0
    multiply: float = 1.0
    table: Mapping[float, float] = field(default_factory=dict)
    within: tuple[float, float] | None = None
    reliability: bool = True


@dataclass(frozen=True, slots=True)
class ScoreBand:
    """A published band of a scale, with its source and date.

    Parameters
    ----------
    scale : str
        Id of the scale.
    name : str
        Name of the band.
    low : float
        Lowest score of the band.
    high : float
        Highest score of the band.
    source : str
        Where the band was published.
    date : str
        Date of the publication.

    Examples
    --------
    >>> from hybrid_toolkit.data.instruments import load_instrument
    >>> bands = load_instrument("who5").bands
    >>> [(band.low, band.high) for band in bands]
    [(0.0, 50.0)]
    """

    scale: str
    name: str
    low: float
    high: float
    source: str
    date: str


@dataclass(frozen=True, slots=True)
class Factor:
    """What a group of items has in common when the generator draws it, in standard deviations.

    Parameters
    ----------
    id : str
        Name of the factor.
    items : tuple[str, ...]
        Tuple of str Ids of the items that load on it, from the strongest loading of the truth to the weakest.
    latent : str
        One of ``LATENT_NODES`` of the worker at the wave, where the factor is that; else empty.
    causes : Mapping[str, float], optional
        How far each of ``FACTOR_CAUSES`` moves the factor, in standard deviations.
    level : float, default 0.0
        How much higher all its items are answered, in standard deviations of an item.
    own : float
        Standard deviation of what is the factor's own.

    Examples
    --------
    >>> from hybrid_toolkit.data.instruments import load_instrument
    >>> load_instrument("informal_learning").draw.factors[0].items
    ('il_1', 'il_2', 'il_3', 'il_4')
    """

    id: str
    items: tuple[str, ...]
    latent: str = ""
    causes: Mapping[str, float] = field(default_factory=dict)
    level: float = 0.0
    own: float = 0.82


LATENT_NODES = ("wellbeing", "learning", "secure_base", "conflict", "autonomy", "focus_time", "supervision_quality")
"""What the generator draws of a worker that an instrument may measure."""
FACTOR_CAUSES = (*LATENT_NODES, "together", "caring", "caseload")
"""What may move a factor: a latent, time together at the office, caring for somebody, cases over the mean."""


@dataclass(frozen=True, slots=True)
class Draw:
    """How the generator draws the answers.

    Parameters
    ----------
    factors : tuple[Factor, ...]
        Tuple of Factor Every item stands in one of them.
    cuts : tuple[float, ...], optional
        Tuple of float Thresholds of an item on its own latent scale (mean 0, SD 1), one fewer than there are answers;
        or none.
    rounded : Mapping
        In place of thresholds: item -> mean and standard deviation of an answer that is rounded to a whole step.
    against : tuple[str, ...], optional
        Tuple of str Items that move against their factor although their scoring does not reverse them.
    shifted : tuple[str, ...], optional
        Tuple of str Items that early-career workers answer higher by the truth's ``noninvariance``.
    order : int or None
        Place among the instruments that every simulated survey holds; None is drawn only when asked for.

    Examples
    --------
    >>> from hybrid_toolkit.data.instruments import load_instrument
    >>> load_instrument("informal_learning").draw.cuts
    (-1.6, -0.8, 0.2, 1.2)
    """

    factors: tuple[Factor, ...]
    cuts: tuple[float, ...] = ()
    rounded: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    against: tuple[str, ...] = ()
    shifted: tuple[str, ...] = ()
    order: int | None = None


@dataclass(frozen=True, slots=True)
class Instrument:
    """One instrument as its definition file declares it.

    Parameters
    ----------
    id : str
        Short id.
    name : str
        What it is.
    owner : str
        Whose it is.
    licence : str
        On what terms it may be used.
    source : str
        Where the scoring comes from.
    wording : str
        ``included``, ``own`` or ``not included``.
    low : float
        Lowest answer.
    high : float
        Highest answer.
    items : tuple[InstrumentItem, ...]
        As above.
    scales : tuple[InstrumentScale, ...]
        As above.
    step : float, default 1.0
        Step between neighbouring answers.
    exploratory : bool, default False
        Not validated; results say so.
    min_share : float, default 0.75
        Share of items that ``prorate`` needs.
    bands : tuple[ScoreBand, ...], optional
        As above.
    responses : Mapping[str, tuple[str, ...]], optional
        Named lists of answer labels, lowest first.
    caveats : tuple[str, ...], optional
        Sentences shown with every result.
    code : str, optional
        The code of its metrics in the catalogue, and the question they answer.
    question : str, optional
        The code of its metrics in the catalogue, and the question they answer.
    table : str, default "survey"
        Contract table that holds its answers; every scale of a ``survey`` instrument is a metric.
    draw : Draw | None, optional
        How the generator draws it; None where it does not.

    Examples
    --------
    >>> from hybrid_toolkit.data.instruments import load_instrument
    >>> learning = load_instrument("informal_learning")
    >>> learning.low, learning.high, learning.item_ids
    (1.0, 5.0, ('il_1', 'il_2', 'il_3', 'il_4'))
    """

    id: str
    name: str
    owner: str
    licence: str
    source: str
    wording: str
    low: float
    high: float
    items: tuple[InstrumentItem, ...]
    scales: tuple[InstrumentScale, ...]
    step: float = 1.0
    exploratory: bool = False
    min_share: float = 0.75
    bands: tuple[ScoreBand, ...] = ()
    responses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    caveats: tuple[str, ...] = ()
    code: str = ""
    question: str = ""
    table: str = "survey"
    draw: Draw | None = None

    @property
    def item_ids(self) -> tuple[str, ...]:
        """Item ids in order."""
        return tuple(i.id for i in self.items)

    @property
    def reversed_ids(self) -> tuple[str, ...]:
        """Ids of the reversed items."""
        return tuple(i.id for i in self.items if i.reverse)

    def scale(self, scale_id: str) -> InstrumentScale:
        """One scale by id.

        Parameters
        ----------
        scale_id : str
            Id of the scale.

        Returns
        -------
        InstrumentScale
            One scale by id.
        """
        for scale in self.scales:
            if scale.id == scale_id:
                return scale
        raise MeasureError(
            f"instrument '{self.id}' has no scale '{scale_id}'.",
            fix=f"Choose one of its scales: {', '.join(s.id for s in self.scales)}.",
            code="SCALE-UNKNOWN",
        )

    def template(self) -> pd.DataFrame:
        """A frame in which the user puts the wording they hold: item, scales, reversed, text, paraphrase.

        Returns
        -------
        pd.DataFrame
            A frame in which the user puts the wording they hold: item, scales, reversed, text, paraphrase.

        Examples
        --------
        >>> from hybrid_toolkit.data.instruments import load_instrument
        >>> load_instrument("who5").template()["text"].tolist()
        ['', '', '', '', '']
        """
        rows = [
            {
                "item": i.id,
                "scales": ", ".join(s.id for s in self.scales if i.id in s.items),
                "reversed": i.reverse,
                "text": i.text,
                "paraphrase": i.paraphrase,
            }
            for i in self.items
        ]
        return pd.DataFrame(rows)

    def with_wording(self, template: pd.DataFrame) -> Instrument:
        """The same instrument with the wording that the user has put into the column ``text`` of the template.

        Parameters
        ----------
        template : pd.DataFrame
            The wording template, with the column ``text`` filled in.

        Returns
        -------
        Instrument
            The same instrument with the wording that the user has put into the column ``text`` of the template.

        Raises
        ------
        MeasureError
            No column item or text, an item that the instrument does not have, or one that stands twice.

        Examples
        --------
        >>> from hybrid_toolkit.data.instruments import load_instrument
        >>> who5 = load_instrument("who5")
        >>> mine = who5.with_wording(who5.template().assign(text="As licensed to us"))
        >>> mine.items[0].text, who5.items[0].text
        ('As licensed to us', '')
        """
        gone = [c for c in ("item", "text") if c not in template]
        odd = [] if gone else sorted(set(template["item"].astype(str)) - set(self.item_ids))
        if gone or odd or template["item"].duplicated().any():
            wrong = (
                f"it has no column {', '.join(gone)}" if gone else "an item stands twice or is not in the instrument"
            )
            raise MeasureError(
                f"the wording for instrument '{self.id}' cannot be used: {wrong}.",
                fix="Start from its template() and fill in the column text.",
                code="INSTRUMENT-WORDING",
            )
        held = template.dropna(subset=["text"]).set_index("item")["text"].astype(str).to_dict()
        return replace(self, items=tuple(replace(i, text=held.get(i.id, "") or i.text) for i in self.items))
