"""Despatch advices, DESADV (EDIFACT) and 856 (X12), to what each logistic unit holds."""
