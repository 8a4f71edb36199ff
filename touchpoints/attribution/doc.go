// Package attribution holds the choices of a site by which touchpoints and credit are
// computed: those of package touchpoints, the channel sheet, and the owner's model. It
// describes them as a form, checks what an owner fills in, and has their defaults.
//
// It is pure. It must not know how the choices are stored, or what is computed by them.
package attribution
