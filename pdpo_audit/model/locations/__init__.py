"""Where pictures lie, and how places are named, printed and matched."""
