"""Text in pictures as a stage: read each distinct picture once, and cover what is legible in those that are kept."""
