"""The pictures that go with answers, drawn as SVG from the trial's data, each with a text alternative and a table."""
