"""What operations deploy and run; never part of the product."""
