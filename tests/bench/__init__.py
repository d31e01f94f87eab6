"""Measurements that run from the command line; not part of the test suite."""
