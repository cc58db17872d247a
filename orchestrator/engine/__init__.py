"""The pure heart: what a request needs, what is chosen, what the answer looks like.

No Django, no I/O, no clock, no randomness, no settings: time, locale and identifiers come in with
the :class:`~orchestrator.engine.context.Context`. The same inputs give the same document, byte for
byte, in every process.
"""
