// Package fleet stores which workers send, and how many of the slots of each integration
// every one of them holds, so that the limits of an integration hold for all workers
// together.
//
// It must not know HTTP, Temporal, what is sent, or how slots are divided.
package fleet
