# Files mail that Assay has marked as junk (RFC 5228, 5232).
#
# Dovecot: name it in sieve_before, so that it runs before the users' own scripts, and
# compile it once:   sievec /usr/local/share/assay/sieve/assay-junk.sieve
#
# The header is worth believing where all mail comes through Assay: it removes what
# others have written in its name.
require ["fileinto", "mailbox", "imap4flags"];

if header :is "X-Assay-Junk" "yes" {
    fileinto :create :flags "$Junk" "Junk";
    stop;
}
