# Files what Assay calls junk.  Dovecot runs it for every user as sieve_before; the folder
# is made where it is missing.  The header is Assay's own: those that come with mail are
# removed.
require ["fileinto", "mailbox"];

if exists "X-Assay-Junk" {
    fileinto :create "Junk";
    stop;
}
