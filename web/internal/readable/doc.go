// Package readable reads bodies of reports whose senders do not send them again after
// they were refused. It leaves out the fields that cannot be read, and returns what was
// left out. It must not know which operation a body is for.
package readable
