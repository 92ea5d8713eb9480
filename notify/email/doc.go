// Package email writes letters as mails and sends them.
//
// A letter becomes a message of two parts that say the same, plain text and HTML, in the colours of the business it is
// about. Both are made of one [Content], which is made by one function for each kind of letter: what a mail says is in
// content.go, how it looks in the templates. A message leaves by SMTP or, without a mail server, into a folder of .eml
// files.
//
// Message-ID and Date follow from the delivery alone, so that whoever gets a mail twice, after a crash, can tell.
package email
