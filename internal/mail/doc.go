// Package mail sends plain-text messages by an SMTP server: with TLS, within a time, and
// with errors that tell a message that was refused from one that can be sent later.
//
// It must not know what a message is about, nor where messages wait to be sent.
package mail
