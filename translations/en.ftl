### The demonstration, stage by stage.

demo-title = One study record, from the register to an employer and back
demo-folder = Everything is in a throw-away folder: { $path }
demo-working = … { $what }

stage-roles = Roles
roles-each = Each role is a server of its own on this machine:
role-registrar = registrar   { $url }   keeps the list of who may issue and who may ask; its key is not here
role-issuer = issuer      { $url }   { $name }
role-broker = broker      { $url }   relays what it cannot read
role-recipient = recipient   { $url }   { $name }

stage-record = Record
record-read = The register's document has { $bytes } bytes. Understood: { $count ->
    [one] 1 achievement
   *[other] { $count } achievements
}; { $notices ->
    [0] nothing was left over.
    [one] 1 place was kept raw and not used.
   *[other] { $notices } places were kept raw and not used.
}
record-becomes = { $count ->
    [one] It becomes 1 credential:
   *[other] It becomes { $count } credentials:
}

stage-wallet = Wallet
wallet-making = making an encrypted wallet (the passphrase is stretched on purpose)
wallet-made = A wallet was made in { $path }. Its files hold no name, issuer or claim in the clear.

stage-issuance = Credential
issuance-offer = { $name } offers it by a link and gives a code of { $digits } digits separately. The wallet sends the code to { $host }.
issuance-stored = Signed by the issuer, bound to a key that only the wallet has, checked by the wallet itself, stored: { $title }.

stage-request = Request
request-pushed = { $name } pushed a signed request to the broker and got a link. The wallet opened it and checked signature, purpose and key against the registrar's list:

stage-decision = Decision
decision-left = Left the wallet, encrypted: { $items }.
decision-stayed = Did not leave: { $items }.
decision-stayed-nothing = nothing else was asked
decision-nobody = Everything else in the credential ({ $count ->
    [one] 1 claim
   *[other] { $count } claims
}) stayed in the wallet unasked.
decision-signed = The wallet signed the decision with a key made for this share alone, and handed in decision and deposit in one step.

stage-broker = What the broker holds
broker-row = These are its rows, letter by letter (ciphertext shortened from { $length } characters):
broker-papers = Beside them it keeps the signed request and the signed decision; --json shows everything.
broker-cannot = It sees who asked, why, which kinds of information were asked, and how long. It holds no value of any claim and no key that opens the deposit.

stage-read = Reading
read-done = { $name } redeemed the code, read the deposit, opened it with its own key, and checked it:

stage-log = Who looked
log-told = The wallet fetched the access log and checked it:

stage-stop = Stop
stop-done = The person stopped the share. The broker deleted the ciphertext in the same step.
stop-refused = { $name } tried to read again and was refused: { $reason }.
stop-receipts = Receipts of the person: { $holder }. Receipts of the recipient: { $recipient }.
stop-log = The refused attempt stands in the log too:

demo-done = Done in { $seconds } s. Nothing above was staged: every line came from a program's answer.
demo-running = The servers keep running. Try, in another terminal:
demo-stop = Stop with Ctrl-C; the folder is then removed.
demo-ended = Stopped. The folder is removed.

err-record = The record could not be used. { $detail }
err-record-pointer = { $pointer }
err-record-none = Nothing in this record can become a credential yet:
err-next = Nothing was stored. Try another file with --record, or none for the built-in sample.

notice-kept-raw = kept as it is in the document, not used
notice-type-not-supported = studies of a kind that cannot become a credential yet; kept as they are
notice-annulled = cancelled or annulled
notice-not-confirmed = not confirmed by the institution
notice-not-passed = assessed, but not passed
notice-not-assessed = not assessed yet
notice-nothing-awarded = nothing has been awarded yet
notice-missing-title = has no name; the name of its kind is used
notice-not-understood = not what should stand here; treated as absent
notice-text-too-long = a text that is too long; treated as absent
notice-identity-code-removed = a text that looked like a personal identity code was left out
notice-too-deep = nested too deep; kept as it is
notice-claims-refused = does not fit the credential type; no credential was made
notice-document-wrong-type = is of the wrong type
notice-document-too-many-parts = has too many parts
