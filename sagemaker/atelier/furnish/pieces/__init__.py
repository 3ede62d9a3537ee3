"""Builders of pieces, by kind. Each takes (size, style, rng) and returns parts standing on z = 0, front to −y."""
