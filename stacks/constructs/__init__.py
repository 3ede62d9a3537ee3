"""The one way each kind of resource is built here."""
