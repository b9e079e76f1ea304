"""What the docs are made of: pages that come from code, the staging of the site, its checks."""
