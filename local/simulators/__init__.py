"""Simulators of the services that the product calls. They share no code with it."""
