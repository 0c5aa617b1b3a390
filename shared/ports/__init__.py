"""What the use cases need from outside, and what each port must promise.

Any method may raise a `TemporarilyUnavailable` besides what it names. Every implementation of a
port, fakes included, passes the port's suite in tests/contract.
"""
