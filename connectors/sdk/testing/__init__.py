"""What a connector's tests stand on: the contract, a scripted connector, a fault proxy, simulators.

Nothing in :mod:`connectors.sdk` imports this package, so that pytest is needed by tests only.
"""
