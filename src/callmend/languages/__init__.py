"""Finding call sites, one package for each family of languages."""
