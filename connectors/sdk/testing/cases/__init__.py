"""The cases of the contract, by subject. :mod:`connectors.sdk.testing.contract` puts them together."""
