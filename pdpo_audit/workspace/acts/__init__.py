"""Disposition, verb by verb: plan, approve, run, undo, finish, certificate; and the ladder asked at each act."""
