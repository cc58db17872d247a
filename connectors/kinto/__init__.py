"""Kinto as a store of customer records: people with their loyalty programme, found by an identifier."""
