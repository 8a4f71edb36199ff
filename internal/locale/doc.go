// Package locale loads message files and writes texts, numbers, dates and
// durations in the languages of Ringback's readers. Plural forms follow CLDR.
//
// It must not know what the texts are about: the message files and the codes in
// them belong to the packages that write the texts.
package locale
