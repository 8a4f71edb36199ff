// Package alerting stores incidents that need a person, and where the alerts of an account
// are sent, as part of the store. It finds the conditions in the other tables, begins and
// ends incidents by package alerts, and stores the notices in the same transaction.
//
// It must not know HTTP, how notices are sent, nor the words of a message.
package alerting
