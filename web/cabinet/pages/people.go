package pages

// Join is the content of the page of an invitation.
type Join struct {
	Email, Account string
	IsUser         bool // the person has a password already
	Name           string
	Problem        string // why the last attempt was refused, in words; empty if there was none
}

// Setup is the content of the page on which the operator makes the first user.
type Setup struct {
	Email, Name string // that were entered before
	Problem     string // as in Join
}

// Forgotten is the content of the page on which a user asks for a new password.
type Forgotten struct {
	Email   string // that was entered before
	Problem string // as in Join
	IsSent  bool
}
