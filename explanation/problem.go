package explanation

// ProblemCode names what keeps an integration or a source from working.
type ProblemCode string

// ProblemCredentialsUnreadable means that no key of the service opens the credentials.
const ProblemCredentialsUnreadable ProblemCode = "credentials_unreadable"

// ProblemCodes returns every code.
func ProblemCodes() []ProblemCode { return []ProblemCode{ProblemCredentialsUnreadable} }

// Problem writes what is wrong and what to do about it.
func (w Writer) Problem(code ProblemCode) string { return w.name("problem", code) }
