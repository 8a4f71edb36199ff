// Package wire has the shapes that operations of the API share: paging, lists,
// optional fields, and bodies that several resources have. It must not know what
// any operation does.
package wire
