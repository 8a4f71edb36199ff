package channels

// Default returns the sheet that a site has at first: Marketo Measure's own rows
// in their order, then rows for the traffic that it leaves to owners, then what
// catches the rest (docs/facts/marketo-measure.md#channel-rules).
func Default() Sheet { return sheetOf(defaults) }

var defaults = []Rule{
	{Channel: "Paid Search", Subchannel: "AdWords", ReferringWebsite: "[AdWords Paid Search]", Keep: true},
	{Channel: "Paid Search", Subchannel: "BingAds", ReferringWebsite: "[Bing Paid Search]", Keep: true},
	{Channel: "Paid Search", Subchannel: "Yahoo", ReferringWebsite: "[Yahoo Paid Search]", Keep: true},
	{Channel: "Display", Subchannel: "DoubleClick", ReferringWebsite: "[DoubleClick]", Keep: true},
	{Channel: "Display", Subchannel: "AdWords", ReferringWebsite: "[AdWords Display]", Keep: true},
	{Channel: "Paid Social", Subchannel: "Facebook", ReferringWebsite: "[Facebook Paid]", Keep: true},
	{Channel: "Paid Social", Subchannel: "LinkedIn", ReferringWebsite: "[LinkedIn Paid]", Keep: true},
	{Channel: "Paid Search", Subchannel: "Other", ReferringWebsite: "[Other Paid Search]", Keep: true},
	{Channel: "Paid Social", Subchannel: "Other", ReferringWebsite: "[Other Paid Social]", Keep: true},
	{Channel: "Organic Search", Subchannel: "Google", ReferringWebsite: "[Google Organic Search]", Keep: true},
	{Channel: "Organic Search", Subchannel: "Bing", ReferringWebsite: "[Bing Organic Search]", Keep: true},
	{Channel: "Organic Search", Subchannel: "Yahoo", ReferringWebsite: "[Yahoo Organic Search]", Keep: true},
	{Channel: "Organic Search", Subchannel: "Other", ReferringWebsite: "[Other Organic Search]", Keep: true},
	{Channel: "Social", Subchannel: "Facebook", Source: "facebook;fb;instagram"},
	{Channel: "Social", Subchannel: "Facebook", Medium: "facebook"},
	{Channel: "Social", Subchannel: "Facebook", ReferringWebsite: "[Facebook]", Keep: true},
	{Channel: "Social", Subchannel: "LinkedIn", Source: "linkedin"},
	{Channel: "Social", Subchannel: "LinkedIn", Medium: "linkedin"},
	{Channel: "Social", Subchannel: "LinkedIn", ReferringWebsite: "[LinkedIn]", Keep: true},
	{Channel: "Social", Subchannel: "Twitter", Source: "twitter"},
	{Channel: "Social", Subchannel: "Twitter", Medium: "twitter"},
	{Channel: "Social", Subchannel: "Twitter", ReferringWebsite: "[Twitter]", Keep: true},
	{Channel: "Social", Subchannel: "Other", Medium: "social;smm;*-social;social-*"},
	{Channel: "Display", Subchannel: "Other", Medium: "*display*;*banner*;cpm"},
	{Channel: "Email", Medium: "*email*;e-mail;newsletter;mailing"},
	{Channel: "Affiliates", Medium: "affiliate;affiliates;cpa;partner;partners"},
	{Channel: "SMS", Medium: "sms"},
	{Channel: "Web Referral", Medium: "referral"},
	{Channel: Other, Medium: "*", Keep: true},
	{Channel: Other, Source: "*", Keep: true},
}
