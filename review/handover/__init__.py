"""A record as others take it: a table, a paper, FHIR resources, and the interface that serves them."""
