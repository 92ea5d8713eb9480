// Package email writes letters as mails and sends them.
//
// A letter becomes a message of two parts that say the same, plain text and HTML, in the colours of the business it is
// about. Both are made of one [Content], which is made by one function for each kind of letter: what a mail says is in
// content.go, in which words times and amounts are told in words.go, how it looks in the templates. All times are those of
// the letter's zone.
//
// A message is written once, into bytes that follow from the letter alone: Message-ID, Date and boundaries too, so that
// whoever gets a mail twice, after a crash, can tell. What names are made of changes no header but their own.
//
// It leaves by [SMTP], signed if there is a key, over a few sessions that many mails share; or, without a mail server,
// into a [Folder] of .eml files, which can be read back. The platform sends from its own address alone, because it may
// send for no other domain: a business gives its name, and gets the answers.
package email
