"""A connector to Acme Recipes, as a third party would write it."""
