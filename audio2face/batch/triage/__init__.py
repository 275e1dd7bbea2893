"""Which lines need a person's eye: what is measured of each, and how sure one can be that all is well."""
