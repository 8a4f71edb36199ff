package explanation

// CredentialsUnreadable writes why deliveries of an integration wait if no key of the
// service opens its credentials, and what to do about it.
func (w Writer) CredentialsUnreadable() string { return w.text("problem.credentials_unreadable", nil) }
