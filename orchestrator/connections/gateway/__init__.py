"""The one way out: reading what is wanted from external systems, within a budget, never raising.

``resolving`` is the front; ``seeking`` and ``seekers`` are the steps of one request and one want;
``calls`` is one call in a worker thread; ``judging`` says what a held reading may be used for.
"""
