"""A stand-in for Entra ID's v2.0 endpoints, with sample users to sign in as."""
