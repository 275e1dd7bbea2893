"""USD: UsdSkel blend shapes and their animation."""
