"""The pages: each asks the workspace, and shows what it said."""
