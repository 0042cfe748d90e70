"""Cases for tools that speak their own format: tables, maps, feeds, alerts, packs and briefs."""
