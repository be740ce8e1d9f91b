"""Where the work of a workspace is done: processes here, or a cluster whose workers are looked at first."""
