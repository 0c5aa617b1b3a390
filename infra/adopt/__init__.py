"""Puts applications that exist already under the portal's care; README.md says how."""
