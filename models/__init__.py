"""What is true: pure rules, tables and the only SQL. Knows no door and no library of a door."""
