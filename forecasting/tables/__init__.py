"""The registers of forecasting, declared once for heading, sorting and export."""
