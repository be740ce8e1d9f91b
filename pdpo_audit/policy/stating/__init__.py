"""What is stated of holdings: answers, registers, holds and decisions, and the spreadsheets they are stated in."""
