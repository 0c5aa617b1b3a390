"""What is deployed: the Bicep files, and the package."""
