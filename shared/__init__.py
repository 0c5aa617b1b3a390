"""The product: rules, ports, use cases and adapters, from the inside out."""
