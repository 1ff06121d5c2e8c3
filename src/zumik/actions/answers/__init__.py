"""Who answers, and why: resolve, explain and replay, from a workspace or a bundle."""
