"""What changes who answers: promote, rollback, retire, drain, withdraw."""
