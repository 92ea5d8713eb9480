// Package fade is the vocabulary of the platform on one page; it holds the nouns and the rules that are
// true of them alone, needs nothing but the standard library, and is imported by everything else.
//
//   - A [Business] is a tenant: a barbershop, salon or clinic with its own subdomain, hours and time zone.
//   - A [User] signs in. A super admin runs the platform, a business owner one business. An [Actor] is a
//     user in a session; the zero Actor is the public.
//   - A [Service] is what a business offers, [Staff] who does it, [BookingSettings] when and by which rules:
//     together its [Catalogue], from which [Availability] finds the free slots.
//   - A chair is what one customer at a time can book: a member of staff, or a business without any. A [Hold]
//     keeps one while a customer fills the form in.
//   - A [Reservation] is a customer's appointment at a business. Customers have no account.
//   - An [Event] is something that happened, recorded in the transaction that made it happen. It reaches
//     channels (who watches now), the inbox (who must know) and the totals (what it adds up to).
//   - A [Notification] is one person's inbox entry about an event.
//   - [Totals] are figures of the platform or of one business, kept while writing and never recounted.
//
// The verbs live in accounts, booking and notify; the engine that makes events live in realtime.
package fade
