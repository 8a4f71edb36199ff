// Package openapi makes operations of the API out of plain functions: who may call
// them, what their errors look like, and how the OpenAPI document and its page
// describe them. It must not know what the operations do.
package openapi
