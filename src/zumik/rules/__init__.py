"""Every rule by name: what a finding's code means, how much it weighs and why. Data alone."""
