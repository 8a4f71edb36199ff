// Package models is the store of Ringback. Calls and leads, what was decided of them, and
// their matches with visits are stored here. All else that is stored has a package of its
// own below this one, and a Store has the methods of all of them. What changes the rows of
// several packages in one transaction is here, such as accepting a call.
//
// It must not know of Temporal, Echo or any one destination, and it decides nothing:
// the rules are in packages conversion, visits, numbers and identity. It reads what
// they need, and stores the result in the same transaction. Every query that answers
// a person is limited to an account (G9). GORM and SQL are used here and in the packages
// below alone.
package models
