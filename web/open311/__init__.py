"""Open311 GeoReport v2: the standard by which other cities' clients file requests and read what became of them."""
