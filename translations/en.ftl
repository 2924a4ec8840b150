### The demonstration, stage by stage.

demo-title = One study record: from the register to a certificate that an employer reads
demo-folder = All files are in a throw-away folder: { $path }
demo-working = … { $what }

stage-roles = Parties
roles-each = Each party has a server of its own on this machine:
role-registrar = { $url }  registrar: publishes the signed trust list
role-issuer = { $url }  issuer: { $name }
role-broker = { $url }  broker: relays what it cannot read
role-recipient = { $url }  recipient: { $name }

stage-record = Record
record-read = The register's document has { $size } kB. Understood: { $count ->
    [one] 1 achievement
   *[other] { $count } achievements
}, { $parts ->
    [one] 1 part
   *[other] { $parts } parts
}. { $notices ->
    [0] Nothing was left out.
    [one] In 1 place something was left out.
   *[other] In { $notices } places something was left out.
}
record-becomes = { $count ->
    [one] It becomes 1 certificate:
   *[other] It becomes { $count } certificates:
}

stage-wallet = Wallet
wallet-making = making an encrypted wallet (guessing its passphrase is made slow on purpose)
wallet-made = A wallet was made in { $path }. Its files show no name, no issuer and no information.

stage-issuance = Certificate
issuance-offer = { $name } gives a link, and separately a code of { $digits } digits. The wallet sends the code to { $host }.
issuance-stored = For each certificate the wallet made a key of its own, checked the issuer's signature, and stored both encrypted:

stage-request = Request
request-pushed = { $name } sent a signed request to the broker and got a link. The wallet opened the link and checked signature, purpose and key against the trust list. It shows:

stage-decision = Decision
decision-left = Left the wallet, encrypted: { $items }.
decision-stayed = Asked for and left out: { $items }.
decision-stayed-nothing = nothing
decision-nobody = Not asked for, stayed in the wallet: { $count ->
    [one] 1 other piece of information
   *[other] { $count } other pieces of information
} of this certificate.
decision-signed = The wallet signed the decision with a key made for this share alone, and sent decision and encrypted information in one step.

stage-broker = What the broker holds
broker-row = Its rows about this share, as they are (the encrypted information, { $size } kB, is shortened):
broker-papers = It also keeps the signed request and the signed decision; --json shows what they say.
broker-cannot = So it knows who asked, why, what kinds of information were asked for and shared, until when, and later when they are read. It holds nothing of what they say, and no key that opens them.

stage-read = Reading
read-done = { $name } fetched the encrypted information, opened it with its own key, and checked it. Its report:

stage-log = Who looked
log-told = The wallet fetched the log from the broker and checked it:

stage-stop = Stopping
stop-done = The person stopped sharing. The broker deleted the encrypted information in the same step.
stop-refused = { $name } tried to read again and was refused: “{ $reason }”
stop-receipts = Receipts of the person: { $holder }. Receipts of the recipient: { $recipient }.
stop-log = The refused attempt is in the log too:
event-given = shared
event-refused = not shared
event-withdrawn = sharing stopped
event-expired = share ended on its day
event-exhausted = share ended with the last allowed look
event-paused = share paused
event-resumed = share goes on
event-narrowed = share narrowed
event-renewed = share renewed
event-stopped = all shares stopped
event-given_up = recipient gave the share up

demo-done = Done in { $seconds } s. All keys, signatures and answers were made in this run.
demo-running = The servers keep running. Try in another terminal:
demo-stop = Stop with Ctrl-C; the folder is then removed.
demo-ended = Stopping; the folder is being removed.

err-record = The demonstration stopped here. { $detail }
err-record-pointer = { $pointer }
err-record-none = Nothing in this record can become a certificate yet:
err-unexpected = The demonstration did not come to its end: { $detail }. Everything was in a throw-away folder; nothing was lost.
err-next = Nothing was kept. --record takes a document of yours; without it the built-in sample is used.

notice-kept-raw = something here stays in the document and is not used
notice-type-not-supported = studies of a kind that cannot become a certificate yet
notice-annulled = cancelled or annulled
notice-not-confirmed = not confirmed by the institution
notice-not-passed = assessed, but not passed
notice-not-assessed = not assessed yet
notice-nothing-awarded = nothing has been awarded yet
notice-missing-title = has no name; the name of its kind is used
notice-not-understood = not what should stand here; left out
notice-text-too-long = a text that is too long; left out
notice-identity-code-removed = a text that looked like a personal identity code; left out
notice-too-deep = nested too deep; left out
notice-other-language = the name is in another language; it is used as it is
notice-signature-not-checked = the document is signed, and the signature was not checked
notice-signature-invalid = the signature does not fit the document
notice-row-malformed = a row with too many cells or unpaired quotation marks; left out
notice-row-too-long = a row that is too long; left out
notice-row-incomplete = a row without a person, a name or a readable date; left out
notice-encoding-assumed = the document does not say its character encoding; Windows-1252 was assumed
notice-self-asserted = is the person's own word alone; no certificate was made
notice-not-data = the document is made for reading and holds no data; ask the register for the same as data
notice-claims-refused = does not fit this kind of certificate; none was made
notice-document-several-people = speaks of more than one person
notice-document-wrong-type = is of the wrong type
notice-document-too-many-parts = has too many parts
