"""Periodic reviews: rules of recurrence, slots, due dates and states, the calendar and the timers. Pure: no clock."""
