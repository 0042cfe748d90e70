"""The flat arrays behind `geo.areas`: built once, saved as one file, read by a plain and a compiled road."""
