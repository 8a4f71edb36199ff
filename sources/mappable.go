package sources

// Mappable is a source whose owner writes where a message holds what, so any parameter of
// its address may be a part of the message.
type Mappable interface {
	Source
	// AddressSecrets returns the parameters of an address that are secrets. All others
	// are a part of the message.
	AddressSecrets(Settings) []string
}
