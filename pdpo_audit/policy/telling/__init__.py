"""Rules and outcomes in words: sentences of rules, the trace of one holding, findings rolled up."""
