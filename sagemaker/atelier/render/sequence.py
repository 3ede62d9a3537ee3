"""Sample points: a table of low-discrepancy sequences, one for each pair of dimensions.

Every pair is its own Owen-scrambled, shuffled (0, 2)-sequence (Burley, "Practical Hash-based Owen Scrambling",
JCGT 2020; permutation constants from Vegdahl), made once: hashing each number anew in the kernel would cost as
much as tracing a ray. One low-discrepancy sequence with mere offsets per dimension would correlate the dimensions:
pictures look fine and never converge.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

DIMENSIONS = 8
"""pairs of dimensions a sample may use"""
_U32 = NDArray[np.uint32]


def sequence_table(count: int) -> _U32:
    """(DIMENSIONS, n, 2) points as 32-bit fractions; n is the power of two that holds `count`.

    Every pair of dimensions is Sobol's (0, 2)-sequence, shuffled and scrambled for itself. Any first 2^k points of
    it cover the square evenly, and the order of one pair tells nothing of another's.
    """
    n = 1 << max(count - 1, 1).bit_length()
    index = np.arange(n, dtype=np.uint32)
    pairs = []
    for dimension in range(DIMENSIONS):
        seeds = np.random.default_rng(dimension).integers(1, 2**32, 3, np.uint32)
        i = _reverse(_permute(_reverse(index), seeds[0]))
        first = _reverse(_permute(i, seeds[1]))
        second = _reverse(_permute(_second_sobol_reversed(i), seeds[2]))
        pairs.append(np.stack([first, second], 1))
    return np.stack(pairs)


def _reverse(a: _U32) -> _U32:
    """Bits in reverse order."""
    bits = np.unpackbits(a.astype(">u4").view(np.uint8).reshape(-1, 4), axis=1)
    return np.packbits(bits[:, ::-1], axis=1).view(">u4")[:, 0].astype(np.uint32)


def _permute(a: _U32, seed: np.uint32) -> _U32:
    """Owen scrambling of a bit-reversed number: a bit only influences higher bits."""
    x = a ^ (a * np.uint32(0x3D20ADEA))
    x = x + seed
    x = x * ((seed >> np.uint32(16)) | np.uint32(1))
    x = x ^ (x * np.uint32(0x05526C56))
    return np.asarray(x ^ (x * np.uint32(0x53A22864)), np.uint32)


def _second_sobol_reversed(a: _U32) -> _U32:
    """Bits of Sobol's second dimension, reversed: the index as a polynomial over GF(2), shifted by one."""
    q = a
    for shift, mask in ((16, 0xFFFF0000), (8, 0xFF00FF00), (4, 0xF0F0F0F0), (2, 0xCCCCCCCC), (1, 0xAAAAAAAA)):
        q = q ^ ((q & np.uint32(mask)) >> np.uint32(shift))
    return q
