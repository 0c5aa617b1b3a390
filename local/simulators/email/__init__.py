"""A stand-in for Azure Communication Services Email, with an inbox to read what it accepted."""
