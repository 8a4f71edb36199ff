// Package quotas bounds what one account may set up and do, as part of the store: the
// limits with their names, the limits that the operator has set for single accounts, how
// much of them is used, and the sends of each day.
//
// It must not know HTTP, Temporal, or what is sent.
package quotas
