"""`python -m atelier bench`: perception, layout and the gate against synthetic rooms whose truth is known.

One JSON line per room is kept in the folder, so that a run that was stopped goes on where it ended and the
gate's calibration can be fitted again without perceiving again.
"""
