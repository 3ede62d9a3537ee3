# ruff: noqa: E501 (a table: one style, one row)
"""Which silhouettes of a role suit which style. A form is geometry; colour and cloth come from the palette."""

from __future__ import annotations

from collections.abc import Mapping

Offers = Mapping[str, tuple[str, ...]]

FORMS: Offers = {
    "floor-lamp": ("drum", "tripod", "pharmacy", "globe", "woven", "lantern", "column", "mushroom", "tree", "turned"),
    "table-lamp": ("urn", "turned", "pharmacy", "mushroom", "column", "gourd", "candlestick", "woven"),
    "arc-lamp": ("dome", "drum"),
    "desk-lamp": ("jointed", "stem"),
    "pendant": ("dome", "cone", "lantern", "woven", "globe", "drum", "cluster", "bell"),
    "chandelier": ("candle", "sputnik", "ring", "beads", "wheel", "branch"),
    "wall-lamp": ("globe", "shade", "swing", "cylinder", "lantern"),
    "plant-large": ("fig", "rubber", "olive", "snake", "palm", "monstera", "strelitzia", "dracaena"),
    "plant-small": ("rubber", "olive", "snake", "monstera", "fern", "pothos", "succulent", "orchid"),
    "pot": ("tapered", "bowl", "cylinder", "basket", "footed", "box"),
    "vase": ("leafy", "dry", "flowers", "trio", "amphora", "jar", "bottle"),
    "bowl": ("round", "footed", "wave"),
    "tray": ("rectangle", "round"),
    "sculpture": ("knot", "arches"),
    "rug": ("woven", "shag", "bound"),
    "round-rug": ("woven", "braided", "shag"),
    "runner": ("woven", "bound"),
    "curtain": ("pleated", "wave", "eyelet", "tab", "tied"),
    "art": ("matted", "bleed", "ornate", "canvas", "floater", "pair", "three", "baskets", "relief", "hanging"),
    "mirror": ("round", "arch", "rectangle", "sunburst", "pill", "pane", "ornate"),
    "clock": ("minimal", "ring"),
    "basket": ("tall", "low"),
}  # fmt: skip
"""Every silhouette that exists, per role. The first is the fallback."""

_ROWS: Mapping[str, str] = {
    "modern": "floor-lamp drum pharmacy tripod; table-lamp column mushroom; pendant dome globe cone; chandelier ring branch; wall-lamp cylinder globe; plant-large fig rubber strelitzia; plant-small snake rubber pothos; pot cylinder tapered; vase leafy trio bottle; rug woven; curtain wave eyelet; art matted floater pair canvas; mirror round pill rectangle; bowl round footed; clock minimal",
    "scandinavian": "floor-lamp tripod drum column; table-lamp turned urn column; pendant cone dome lantern; chandelier branch ring; wall-lamp swing globe; plant-large rubber fig monstera; plant-small pothos rubber fern; pot footed cylinder; vase leafy bottle dry; rug woven shag; curtain tab wave; art matted bleed pair three; mirror round pill; bowl wave round; clock minimal",
    "bohemian": "floor-lamp woven tripod; table-lamp woven gourd turned; pendant woven lantern; chandelier beads branch; wall-lamp shade lantern; plant-large monstera palm fig; plant-small pothos fern succulent; pot basket bowl; vase dry amphora leafy; rug shag; curtain tab tied; art hanging baskets bleed; mirror sunburst arch round; bowl wave; clock ring; round-rug braided woven",
    "country": "floor-lamp turned drum; table-lamp urn turned candlestick; pendant bell dome; chandelier candle wheel; wall-lamp shade lantern; plant-large olive fig; plant-small fern olive; pot basket tapered; vase flowers leafy; rug woven bound; curtain tied pleated; art bleed three ornate; mirror arch pane; bowl wave footed; clock ring; arc-lamp drum; round-rug braided woven",
    "industrial": "floor-lamp pharmacy tripod tree; table-lamp pharmacy column; pendant dome cone; chandelier wheel branch; wall-lamp swing lantern; plant-large snake rubber dracaena; plant-small snake rubber; pot box cylinder; vase bottle trio; rug woven bound; curtain eyelet; art bleed floater; mirror pane round; bowl round; clock ring; desk-lamp jointed",
    "mediterranean": "floor-lamp lantern drum woven; table-lamp gourd urn woven; pendant lantern woven; chandelier beads candle; wall-lamp lantern shade; plant-large olive palm; plant-small olive succulent; pot bowl tapered; vase amphora leafy trio; rug bound woven; curtain tab pleated; art bleed matted relief; mirror arch round; bowl footed wave; clock ring",
    "luxury": "floor-lamp globe drum; table-lamp column gourd urn; pendant globe cluster; chandelier ring sputnik; wall-lamp cylinder globe; plant-large fig palm strelitzia; plant-small orchid; pot cylinder bowl; vase flowers jar leafy; rug woven; curtain pleated wave; art floater canvas relief; mirror sunburst round arch; bowl footed; clock minimal; desk-lamp stem; arc-lamp dome",
    "eclectic": "floor-lamp tripod tree mushroom; table-lamp gourd candlestick urn; pendant cluster cone woven; chandelier sputnik beads; wall-lamp globe swing; plant-large monstera snake fig; plant-small pothos snake; pot footed bowl; vase flowers jar trio; rug woven; curtain tied eyelet; art ornate bleed three matted; mirror sunburst ornate round; bowl footed; clock ring minimal",
    "japandi": "floor-lamp lantern column; table-lamp turned column; pendant lantern dome; chandelier ring branch; wall-lamp cylinder; plant-large olive rubber; plant-small olive succulent; pot bowl cylinder; vase bottle dry trio; rug woven bound; curtain wave tab; art relief matted canvas; mirror arch pill; bowl round wave; clock minimal",
    "mid-century-modern": "floor-lamp globe tripod tree; table-lamp gourd turned column; pendant globe cone cluster; chandelier sputnik; wall-lamp globe swing; plant-large snake rubber monstera; plant-small snake rubber; pot footed; vase bottle leafy dry; rug woven shag; curtain pleated eyelet; art bleed pair canvas; mirror sunburst pill; bowl wave footed; clock ring minimal",
    "coastal": "floor-lamp tripod woven; table-lamp gourd woven urn; pendant drum woven lantern; chandelier beads wheel; wall-lamp shade lantern; plant-large palm olive; plant-small fern succulent; pot basket; vase leafy amphora; rug bound woven; curtain tab wave; art bleed three matted; mirror round pane; bowl footed round; clock ring; round-rug braided woven",
    "traditional": "floor-lamp pharmacy turned; table-lamp urn candlestick gourd; pendant drum bell; chandelier candle; wall-lamp shade; plant-large fig palm; plant-small orchid fern; pot tapered bowl; vase flowers jar leafy; rug woven; curtain pleated tied; art ornate bleed pair; mirror rectangle ornate; bowl footed; clock ring; arc-lamp drum",
    "minimalist": "floor-lamp column globe; table-lamp column turned; pendant globe dome; chandelier ring; wall-lamp cylinder; plant-large snake strelitzia; plant-small snake; pot cylinder box; vase bottle leafy; rug woven; curtain wave; art canvas floater relief; mirror pill round; bowl round; clock minimal; desk-lamp stem",
    "contemporary": "floor-lamp mushroom globe drum; table-lamp column mushroom; pendant cluster globe; chandelier branch ring; wall-lamp globe cylinder; plant-large strelitzia fig; plant-small orchid pothos; pot cylinder footed; vase trio leafy dry; rug woven shag; curtain eyelet wave; art canvas pair floater; mirror pill arch; bowl footed round; clock minimal; desk-lamp stem",
    "farmhouse": "floor-lamp drum turned; table-lamp turned urn candlestick; pendant dome cone; chandelier wheel beads; wall-lamp swing lantern; plant-large olive fig; plant-small fern olive; pot basket box; vase leafy dry flowers; rug bound; curtain tab pleated; art three bleed matted; mirror pane arch; bowl wave; clock ring; arc-lamp drum; desk-lamp jointed; round-rug braided woven",
    "art-deco": "floor-lamp globe column mushroom; table-lamp candlestick column gourd; pendant globe bell cluster; chandelier sputnik ring; wall-lamp cylinder globe; plant-large palm dracaena; plant-small orchid; pot cylinder bowl; vase jar bottle; rug bound woven; curtain pleated tied; art floater bleed; mirror sunburst arch; bowl footed; clock minimal; arc-lamp dome",
    "moroccan": "floor-lamp lantern woven; table-lamp woven gourd; pendant woven lantern; chandelier beads; wall-lamp lantern; plant-large palm olive; plant-small succulent pothos; pot bowl; vase amphora jar trio; rug shag; curtain tied tab; art baskets bleed; mirror arch sunburst; bowl footed; clock ring",
    "tropical": "floor-lamp woven; table-lamp woven gourd; pendant woven; chandelier beads; wall-lamp shade; plant-large strelitzia monstera palm; plant-small fern pothos monstera; pot basket; vase leafy amphora flowers; rug bound; curtain wave tab; art three bleed pair; mirror round sunburst; bowl wave; clock ring",
    "wabi-sabi": "floor-lamp lantern column; table-lamp column turned; pendant lantern; chandelier branch; wall-lamp cylinder; plant-large olive; plant-small succulent; pot bowl; vase dry bottle amphora; rug woven bound; curtain tab; art relief canvas; mirror pill round; bowl wave; clock minimal",
    "victorian": "floor-lamp turned; table-lamp candlestick gourd urn; pendant bell; chandelier candle; wall-lamp shade lantern; plant-large palm fig; plant-small fern orchid; pot bowl footed; vase jar flowers; rug woven; curtain tied; art ornate; mirror ornate; bowl footed; clock ring; arc-lamp drum",
    "bauhaus": "floor-lamp pharmacy tree; table-lamp mushroom pharmacy; pendant dome globe; chandelier sputnik ring; wall-lamp swing globe; plant-large rubber snake dracaena; plant-small rubber snake; pot cylinder box; vase trio bottle; rug woven; curtain eyelet; art bleed floater pair; mirror round; bowl round; clock minimal; desk-lamp jointed",
}  # fmt: skip
"""Per style: role and the silhouettes it draws from, the most typical first; a role not named draws from all."""

_COMMON: Offers = {"round-rug": ("woven", "shag")}
"""What a style has that does not say otherwise: a braided rug belongs to the country."""
OFFERS: Mapping[str, Offers] = {
    slug: {words[0]: tuple(words[1:]) for words in (part.split() for part in row.split(";"))}
    for slug, row in _ROWS.items()
}
"""A style that starts from another inherits that one's."""


def offers(slug: str, base: str) -> Offers:
    """Every role's silhouettes for the style `slug`, which starts from the style `base`."""
    return {**FORMS, **_COMMON, **OFFERS.get(base, {}), **OFFERS.get(slug, {})}
