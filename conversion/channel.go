package conversion

// Channel tells the kind of advertising or link that brought a visit, one of
// Channels.
func Channel(t Traffic) string {
	if t.Direct() {
		return ChannelDirect
	}
	return ChannelOther
}

// The channels.
const (
	ChannelPaidSearch    = "paid_search"
	ChannelPaidSocial    = "paid_social"
	ChannelDisplay       = "display"
	ChannelOrganicSearch = "organic_search"
	ChannelOrganicSocial = "organic_social"
	ChannelEmail         = "email"
	ChannelReferral      = "referral"
	ChannelAffiliate     = "affiliate"
	ChannelSMS           = "sms"
	ChannelOther         = "other"
	ChannelDirect        = "direct"
)
