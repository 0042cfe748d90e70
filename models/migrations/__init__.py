"""The schema's history, numbered. Expand first, contract a release later: old code runs on a new schema."""
