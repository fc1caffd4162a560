"""Every line of SQL in the project, one module for each noun. Stores and finds; decides nothing."""
