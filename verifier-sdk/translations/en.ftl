### The checker's words in English.

## Result

verdict-valid = All in order: genuine, valid and meant for you
verdict-valid-unaddressed = All in order: genuine and valid
verdict-attention = Look closer: { $reason }.
verdict-invalid = Not valid: { $reason }. Ask the person for a new one.
report-checked-at = Checked { $time }
batch-progress = { $count } checked …
batch-done = Checked { $count }: { $valid } in order, { $attention } to look closer at, { $open } could not be checked, { $invalid } not valid.

outcome-valid = in order
outcome-attention = look closer
outcome-invalid = not valid
outcome-could-not-check = could not be checked

question-issuer = Who issued it? { $answer }
question-unchanged = Is it unchanged? { $answer }
question-valid-now = Is it valid now? { $answer }
question-meant-for-us = Is it meant for us? { $answer }

## Share and certificate

share-purpose = Purpose: { $purpose }
share-until = The share ends: { $time }
share-retention = The information may be kept for: { $days ->
    [one] { $days } day
   *[other] { $days } days
}
share-ended = This share has ended. The person can share again.
share-paused = The person holds this share back for now. It may go on later; try again then.
share-opening-is-seen = The person sees that you opened this.
read-not-confirmed = The reading could not be confirmed to the broker now ({ $reason }). What was read is not affected.
message-left = Your message waits for the person. Only their wallet can read it.

credential-unreadable = A certificate that cannot be read
credential-proven-by = Proven by { $issuer }
credential-signed-as = Signed in the name of { $issuer }, whom we do not know
credential-until = Valid until { $time }
value-yes = yes
value-no = no

## Open Badge

badge-name = Name
badge-description = Description
badge-criteria = What was required
badge-creator = Awarded by
badge-awarded = Awarded
badge-result = Result
badge-credits = Credits
badge-alignment = Level and skills

## Registries

registry-pinned = pinned by ourselves: { $name }
registry-federation = federation { $name }
registry-certificate-authority = certificate authority { $name }

## Reasons

reason-issuer-trusted = the issuer is on the trust list and may give certificates of this kind
reason-issuer-unknown = the issuer is not on our trust list
reason-issuer-not-trusted-for-type = the issuer may not give certificates of this kind
reason-issuer-pinned = we pinned this issuer ourselves, and it may give certificates of this kind
reason-issuer-in-federation = the issuer belongs to a federation that we trust and may give certificates of this kind
reason-issuer-certified = an authority that we trust says who the issuer is, and we accept certificates of this kind from those whom it certifies
reason-federation-unreachable = we could not check whether the issuer belongs to the federation because nobody answered. Try later
reason-federation-offline = we could not check whether the issuer belongs to the federation because that is asked on the network
reason-federation-chain-invalid = we could not check whether the issuer belongs to the federation because its trust chain is not in order
reason-signature-valid = the issuer's signature matches and nothing has been changed
reason-signature-invalid = the signature does not match, so the certificate was changed or forged
reason-credential-malformed = the file is damaged or is not a certificate
reason-issuer-key-unknown = the signature was not made with the issuer's key
reason-issuer-key-not-available = we could not check the signature because we do not know the issuer
reason-issuer-certificate-invalid = the signature was not made with a certificate that is accepted for this issuer
reason-issuer-certificate-not-listed = we could not check the signature because we do not know the authority behind the issuer's certificate
reason-issuer-document-unreachable = we could not check the signature because the issuer's keys could not be fetched. Try later
reason-issuer-document-offline = we could not check the signature because the issuer's keys are on the network
reason-issuer-document-invalid = we could not check the signature because the issuer's page of keys is not in order
reason-not-signed = the credential is not signed, so anybody could have written it
reason-term-undefined = the credential says something that the signature does not cover
reason-context-unknown = we could not check the signature because the credential uses a vocabulary that we do not know
reason-proof-not-supported = we could not check the signature because we do not know its method
reason-signer-trusted = the signer's certificate leads to an issuer that we trust
reason-signer-unknown = the signer's certificate leads to nobody that we trust
reason-signer-not-checked = we could not check who signed because we were told of no issuer of signing certificates to trust
reason-changed-after-signing = something was added to the document after it was signed
reason-pages-not-read = we read no pages; what they say is yours to read
reason-part-valid = a certificate within it is in order
reason-part-attention = a certificate within it needs a closer look
reason-part-invalid = a certificate within it is not valid
reason-part-not-checked = we could not check a certificate within it
reason-part-not-signed = a certificate within it has no signature of its own
reason-part-of-another = a certificate within it is about somebody else
reason-parts-too-many = there are more certificates within it than we look at, so we could not check all of them
reason-endorsement-valid = an endorsement in it is in order
reason-endorsement-attention = an endorsement in it needs a closer look
reason-endorsement-invalid = an endorsement in it is not valid
reason-endorsement-not-checked = we could not check an endorsement in it
reason-endorsement-not-signed = an endorsement in it has no signature of its own
reason-signer-status-not-checked = we could not check if the signer's certificate has been withdrawn
reason-type-known = the kind of certificate is known
reason-type-described = its issuer describes this kind of certificate, and the certificate is as described
reason-type-mismatch = the certificate is not as the description of its kind says
reason-type-description-invalid = we could not check the kind of certificate: the description by its issuer is of no use
reason-type-unknown = the kind of certificate is not known
reason-type-integrity-missing = the certificate does not say by which description it was made
reason-type-integrity-mismatch = the certificate was made by another description than that of its kind
reason-type-disclosure-mismatch = the certificate shows information that the person should be able to leave out
reason-in-force = the certificate is in force
reason-expires-soon = the certificate ends within 30 days
reason-expired = the certificate has ended
reason-not-yet-valid = the certificate is not valid yet
reason-not-revoked = the certificate has not been withdrawn
reason-status-not-used = the issuer keeps no withdrawal list for this certificate
reason-revoked = the issuer has withdrawn the certificate
reason-suspended = the issuer has suspended the certificate
reason-status-out-of-bounds = the certificate is not in the issuer's withdrawal list
reason-status-unreachable = we could not check if the certificate has been withdrawn. Try later
reason-status-offline = we could not check if the certificate has been withdrawn because the network is not in use
reason-status-today-not-known = the certificate was valid when the evidence was made; its status today is not known
reason-key-at-issue-not-shown = the evidence is later than the certificate; it does not show which keys the issuer had when it was issued
reason-evidence-of-another = the evidence is about another certificate
reason-status-list-invalid = we could not check if the certificate has been withdrawn because the withdrawal list is faulty
reason-status-not-understood = we could not check if the certificate has been withdrawn because its status is not known
reason-grant-ended = the share has ended
reason-holder-bound = the person gave you the information themselves
reason-holder-binding-missing = the person's own signature is missing
reason-holder-binding-invalid = the person's own signature does not match
reason-made-for-another-recipient = the information is meant for somebody else
reason-made-for-another-request = the information was given for another request
reason-made-at-another-time = the person's signature is not from the allowed time
reason-holder-not-shown = the file does not show whether the one who gives it is the certificate's holder
reason-holder-binding-not-checked = the file was made for a request that we do not know, so we could not check whom it is meant for
reason-about-this-person = the certificate is about the person who is known by this
reason-about-another-person = the certificate is about a person who is known by something else
reason-person-not-said = the certificate does not show whether it is about this person
reason-subject-not-named = the certificate does not say whom it is about
reason-deposit-malformed = the delivery is damaged
reason-deposit-moved = the delivery belongs to another share
reason-deposit-for-another = the delivery is sealed for somebody else
reason-deposit-other-terms = the delivery was made on other terms than the share
reason-deposit-replayed = the delivery is older than the last one that was read
reason-deposit-not-yet = the delivery may not be read yet
reason-deposit-expired = the delivery may no longer be read
reason-deposit-not-opened = the delivery does not open with our key, or it was changed
reason-decision-signed = the person has signed this share
reason-decision-invalid = the person's decision about the share is not in order
reason-decision-of-another-grant = the person's decision is about another share
reason-decision-other-terms = the person approved other terms than the share claims
reason-query-answered = the information is what the person approved
reason-credential-missing = an approved certificate is missing
reason-credential-of-another-type = the certificate is of another kind than was asked for
reason-claim-missing = approved information is missing
reason-claim-value-other = some information is other than was asked for
reason-more-than-asked = there is information that was not asked for. Do not save it
reason-persons-differ = the certificates have different dates of birth, so they may be about different persons

## Receipt

receipt-given = The person shared their information { $time }
receipt-refused = The person did not share their information { $time }
receipt-withdrawn = The person stopped sharing { $time }
receipt-expired = The share ended on its date { $time }
receipt-exhausted = The share ended with the last reading { $time }
receipt-paused = The person paused the share { $time }
receipt-resumed = The person resumed the share { $time }
receipt-narrowed = The person narrowed the share { $time }
receipt-renewed = The person renewed the share { $time }
receipt-stopped = The person stopped all their shares { $time }
receipt-given_up = The recipient gave the share up { $time }
receipt-number = Receipt: { $number }
receipt-grant = Share: { $grant }

## Notices

notice-withdrawn = The person stopped the share { $grant } on { $time }
notice-stopped = The person stopped all their shares on { $time }, also { $grant }
notice-expired = The share { $grant } ended on its date, { $time }
notice-exhausted = The share { $grant } ended with the last reading on { $time }
notice-paused = The person paused the share { $grant } on { $time }
notice-resumed = The person resumed the share { $grant } on { $time }
notice-narrowed = The person narrowed the share { $grant } on { $time }. Read it again to see what is shared.
notice-renewed = The person renewed the share { $grant } on { $time }. It goes on for longer.
notices-none = No news of your shares.
notices-refused = { $count ->
    [one] One notice was not in order and was not followed.
   *[other] { $count } notices were not in order and were not followed.
}

## Program

request-open-link = Open this address in a browser, or give it to the person:
request-waiting = Waiting for the answer at { $address }
request-granted = The person shared their information. Share: { $grant }
request-refused = The person did not share their information.
request-read-next = Read it: verify read { $grant }
page-open-link = Open this address in a browser within { $minutes } minutes. It can be opened only once:
init-done = The keys are in { $folder }. Give the printed entry to the registrar.
trust-title = Trust list { $number }, valid until { $time }
trust-issuer = Issuer: { $name }
trust-recipient = Recipient: { $name }
trust-broker = Broker: { $name }
err-usage = The command is not in order: { $detail }
err-not-found = Not found: { $detail }
err-refused = Not allowed: { $detail }
err-network = The connection did not work: { $detail }. Nothing was lost. Try later.
err-damaged = The file is damaged: { $detail }
err-not-valid = Not valid: { $detail }
err-unexpected = Unexpected error: { $detail }
