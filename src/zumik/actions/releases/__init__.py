"""From policy and catalog to a release: the plan, the freeze, the signature."""
