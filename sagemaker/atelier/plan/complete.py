"""From a draft to a whole layout: a picture, further zones, easy chairs, a second piece, a plant, curtains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from atelier.model import U8, Layout, Placement
from atelier.plan.drafts import Draft
from atelier.plan.dress import accents, bare_sides, blocked_by, gathered, joined
from atelier.plan.hang import PICTURES, art_on_a_bare_wall, art_over, curtains
from atelier.plan.outlines import boxes, outlines
from atelier.plan.parts import FLAT, Group, Programme, Zone, known
from atelier.plan.picture import picture_terms
from atelier.plan.silhouettes import Silhouettes
from atelier.plan.space import Space
from atelier.plan.walls import Wall
from atelier.plan.zones import zoned

_HUNG_WORTH, _PIECE_WORTH = 0.1, 0.12
_MOST_COVERED = 0.15
"""share of a picture that may be behind something that stands in the room."""
_MOST_LOST = 0.05
"""energy of the picture that a further piece may cost beyond its own worth."""


def completed(
    draft: Draft,
    programme: Programme,
    zones: Sequence[tuple[Zone, Sequence[Group]]],
    walls: tuple[Wall, ...],
    space: Space,
    seen: Silhouettes,
) -> Layout:
    """The draft with everything its programme adds where there is a good place for it."""
    terms, placements = dict(draft.terms), draft.placements
    main = placements[draft.main]
    if programme.art and draft.wall >= 0:
        art = art_over(main, walls[draft.wall], space.room, programme.art)
        if art is not None:
            placements = (*placements, art)
            terms["art"] = _HUNG_WORTH

    worth = sum(picture_terms(seen, placements).values())

    def accepted(more: tuple[Placement, ...], gain: float) -> bool:
        """Whether the room is better with more in it: paths stay, and the picture loses less than it gains."""
        nonlocal worth
        after = sum(picture_terms(seen, more).values())
        if after - worth + gain <= -_MOST_LOST or not space.paths_kept(blocked_by(more, space, 0.0)):
            return False
        worth = after
        return True

    for zone, groups in zones:
        mains = {g.core[g.main].piece for g in groups}
        if any(p.piece in mains for p in placements):
            continue
        zone_set = zoned(groups, main, placements, walls=walls, space=space, seen=seen)
        if zone_set is not None and accepted(more := joined(placements, zone_set), zone.worth):
            placements, terms[f"zone {zone.name}"] = more, zone.worth
    for wanted in range(1, programme.seats + 1):
        seated = gathered(placements, wanted, space=space, seen=seen)
        if seated != placements and accepted(seated, _PIECE_WORTH):
            terms["seats"] = terms.get("seats", 0.0) + _PIECE_WORTH
            placements = seated
    for choice in programme.accents:
        there = any(p.piece == choice.piece for p in placements)
        if there or not known(choice.piece) or (choice.bare_wall and not bare_sides(placements, space.room)):
            continue
        for found in accents(choice, main, placements, walls=walls, space=space, seen=seen):
            if accepted(more := joined(placements, found), _PIECE_WORTH):
                placements, terms[f"accent {choice.piece}"] = more, _PIECE_WORTH
                break
    if not programme.bare:
        hung = _hung(placements, programme, walls, space, main.variant)
        terms |= dict.fromkeys(hung, _HUNG_WORTH)
        placements = (*placements, *(p for pieces in hung.values() for p in pieces))
    placements = without_hidden(placements, seen)
    terms |= picture_terms(seen, placements)
    return Layout(placements, sum(terms.values()), terms)


def _hung(
    placements: tuple[Placement, ...], programme: Programme, walls: tuple[Wall, ...], space: Space, variant: int
) -> dict[str, tuple[Placement, ...]]:
    """What the walls still take: a picture where none hangs yet, and curtains."""
    picture = art_on_a_bare_wall(placements, walls, space.room, variant + 2) if programme.art else None
    art = () if picture is None else (picture,)
    panels = curtains((*placements, *art), walls, space.room, variant)
    return {name: pieces for name, pieces in (("art", art), ("curtains", panels)) if pieces}


def without_hidden(placements: tuple[Placement, ...], seen: Silhouettes) -> tuple[Placement, ...]:
    """The placements without the pictures and mirrors that a plant or a cabinet stands before."""
    solids = [p for p in placements if p.piece not in FLAT | PICTURES]
    drawn = seen.of(outlines(solids))
    kept = [p for p in placements if p.piece not in PICTURES or _in_sight(p, drawn, seen)]
    index = {id(p): i for i, p in enumerate(kept)}
    return tuple(p if p.on is None else replace(p, on=index[id(placements[p.on])]) for p in kept)


def _in_sight(hung: Placement, drawn: U8, seen: Silhouettes) -> bool:
    mine = seen.of(boxes([hung]))
    return float((mine & drawn).sum()) <= _MOST_COVERED * float(mine.sum())
