### What the wallet says in English. Terms first, then requests, shares, log, errors.

-wallet = Skills Wallet

## Requests

request-who = { $name } asks for your information
request-checked = Checked organisation: on the trust list of { $registrar }{ $business_id ->
    [none] .
   *[other] {" "}(business ID { $business_id }).
}
request-why = Why: { $purpose }
basis-consent = You are free to say no.
basis-statutory = A law obliges you to give this. This is not a consent.
basis-own_export = You are exporting your own information.
request-what = What:
item-needed = needed
item-left-out = you can leave this out; it is left out now
item-goes-along = you can leave this out; it goes along now
item-comes-along = cannot be left out of this certificate; it goes along
item-not-held = you do not have this; they do not learn that
item-reason = Why: { $reason }
value-yes = yes
value-no = no
request-until = How long: until { $date }
request-reads = { $reads ->
    [any] They may look as often as they need to during that time.
    [1] They may look once.
   *[other] They may look { $reads } times.
}
request-retention = { $days ->
    [one] What they read they may keep for 1 day.
   *[other] What they read they may keep for { $days } days.
}
request-key = It is encrypted for them alone (key { $key }). The broker cannot read it.
request-nothing-shared = Nothing has been shared yet.
share-question = { $count ->
    [one] Share this 1 item with { $name } until { $date }?
   *[other] Share these { $count } items with { $name } until { $date }?
}
share-answers = [y/N]
share-yes = y
request-declined = You did not share. { $name } learns only that.

## Offers and certificates

offer-from = { $name } offers you: { $what }
offer-code-to = The code that came with the offer goes to { $host }.
offer-code = Code from the issuer
offer-open-page = Open this link in your browser. It leads to { $host }, where you type the code from the issuer:
offer-browser-address = Address that the browser came back to
offer-finish-later = Then give the address that the browser comes back to: wallet credential add --browser-answer ADDRESS
credential-added = Added: { $title }, issued by { $issuer }. The signature was checked.
credential-awaited = Not ready yet: { $what }, from { $issuer }. Ask again later: wallet credential collect
credential-none = Your wallet is empty. Add a certificate: wallet credential add <link or file>
proven-by = Proven by { $name }
badge-added-unknown = Added: { $title }. The signature was checked with the key in the issuer's own identifier { $issuer }.
badge-held = This certificate is already in your wallet, so nothing was added: { $title }
badge-in-order = All in order: the certificate is genuine and valid.
badge-remark = Note: { $reason }.
badge-issuer-unknown = The issuer is not on the trust list: { $issuer }
badge-until = Valid until { $date }
badge-not-added = The certificate was not added: { $reason }. Nothing was stored.

## Shares

share-made = Shared with { $name } until { $date }.{ $receipt ->
    [none] {""}
   *[other] {" "}Receipt { $receipt }.
}
share-complete-url = Open this address in the browser where you began: { $url }
share-digits =
    Type these six digits within 10 minutes on the page where you began: { $digits }
    Tell them to nobody: whoever asks you for them wants to use your answer as their own.
share-not-delivered = Your answer stands, but it did not reach them ({ $detail }). Ask them to make a new request, or stop this share.
share-state-unconfirmed = signed here, the broker has not confirmed it yet
share-state-active = active
share-state-paused = paused
share-state-given_up = the recipient gave it up
share-state-stopping = stopped here, the broker has not confirmed it yet
share-state-stopped = stopped
share-state-expired = ended on its day
share-state-exhausted = ended with the last allowed look
share-renewed = { $name } can go on reading until { $date }; your wallet has put fresh certificates there.
share-none-renewed = Nothing has to be renewed now.
share-new-key = { $name } has a new key ({ $key }…). The registrar has confirmed it; your certificates are now encrypted to it.
share-none = You share nothing.
share-stopped = They can no longer see your information here. If they saved a copy, you can ask them to delete it.
share-change-waits = A change is signed here; the broker has not confirmed it yet.
share-paused = { $name } cannot see your information until you let the share go on. They are told that it is paused.
share-resumed = { $name } can see your information again.
share-narrowed = { $name } sees less from now on. What they have read before they may still have.
share-renewed = The share now lasts until { $date }.
share-renew-question = Go on sharing the same with { $name } until { $date }?
share-unchanged = The share is as it was.

## Log

log-line = { $time }  { $recipient }: { $what }
log-has-it = This look is in your log:
log-no-evidence = Every look that you have checked was in your log.
log-none = Nobody has looked.
log-checked = { $size ->
    [one] 1 entry checked; what was seen before has not changed.
   *[other] { $size } entries checked; what was seen before has not changed.
}
log-global-witnessed = Log verified up to entry { $size }, witnessed at { $time }.
log-global-included = Log verified up to entry { $size }: the global log has it too.
log-global-unwitnessed = The global log has your entries, but none of the witnesses that the registrar names has seen it so. If this stays so, ask the broker why.
log-global-waiting = Your newest entries are on their way into the global log.
log-global-late = Your newest entries should be in the global log by now, and they are not. Ask the broker why.
log-global-unavailable = The global log could not be asked ({ $reason }). Your own log was checked.
log-consent_given = you shared
log-consent_refused = you did not share
log-deposit = your wallet left the encrypted information
log-token_issued = got permission to read
log-read = looked at your information
log-read_repeated = the same look was sent again
log-read_refused = tried to look and was refused
log-read_refused-recipient_suspended = tried to look and was refused, because the broker has suspended it
log-withdrawn = you stopped sharing
log-expired = the share came to its end
log-exhausted = the last allowed look was used
log-paused = you paused the share
log-resumed = you let the share go on
log-narrowed = you narrowed the share
log-renewed = you renewed the share
log-stopped = you stopped all your shares
log-key_changed = changed its key: your wallet seals the information anew
log-message_left = left you a message
log-notified = was told that the share has changed
log-given_up = gave the share up
log-tokens_revoked = gave its permission to read back
log-read_acknowledged = confirmed a look
log-operator_access = the broker's operator looked at what is kept about the share

## Messages

message-line = { $time }  { $name }: { $kind }
message-none = There are no messages.
message-share = About your share { $share }
message-proposal = an offer
message-question = a question
message-deletion_receipt = says that it has deleted your information
message-deleted = Deleted on { $date }: { $what }
message-says = They write: { $text }
message-refused = A message about your share { $share } could not be confirmed, so it is not shown ({ $code }).

## Receipts

receipt-given = you shared
receipt-refused = you did not share
receipt-withdrawn = you stopped sharing
receipt-expired = the share came to its end
receipt-exhausted = the last allowed look was used
receipt-paused = you paused the share
receipt-resumed = you let the share go on
receipt-narrowed = you narrowed the share
receipt-renewed = you renewed the share
receipt-stopped = you stopped all your shares
receipt-given_up = the recipient gave the share up

## The program

wallet-made = Your wallet is at { $path }. Only this passphrase opens it; nobody can get it back for you.
trust-updated = Trust list { $sequence } of { $registrar }: { $count ->
    [one] 1 organisation
   *[other] { $count } organisations
}, valid until { $date }.
status-line = { $credentials ->
    [one] 1 certificate
   *[other] { $credentials } certificates
}, { $shares ->
    [one] 1 active share
   *[other] { $shares } active shares
}, { $requests ->
    [one] 1 waiting request
   *[other] { $requests } waiting requests
}.
ask-passphrase = Passphrase
ask-new-passphrase = New passphrase (at least 4 words you can remember)
ask-passphrase-again = The same passphrase again
passphrase-short = That passphrase is too short: at least { $least } characters.
passphrase-differs = The two passphrases differ.

## Errors: what happened, then what to do

why-log_omits_reading = The broker has signed that this look is in your access log, and it is not there. One of the two was told something else. Both signed statements are kept in your wallet.
err-locked = That was not the right passphrase. Your information is safe.
rec-locked = Try again.
err-not-found = There is no such item in this wallet.
rec-not-found = See what there is with "list", and check --home.
err-refused = This was not done: { $detail }.
rec-refused = Your information is safe in the wallet; "share list" says what you share.
err-network = No answer: { $detail }. Your information is safe.
rec-network = Try again; asking twice does no harm.
err-damaged = The wallet's file is damaged: { $detail }.
rec-damaged = Keep the folder as it is. If you have a copy of it, use the copy.
err-usage = { $detail }.
rec-usage = See --help.
err-unexpected = Something unexpected happened: { $detail }.
rec-unexpected = Your information is safe in the wallet. Try again.
err-in-use = Another program has this wallet open. Your information is safe.
rec-in-use = Close the other program and try again.
err-no-wallet = There is no wallet here.
rec-no-wallet = Make one with "wallet init", or name its folder with --home.
err-no-trust-list = The wallet has no trust list yet, so it trusts nobody.
rec-no-trust-list = Take one: wallet trust update <file or address>
err-newer = A newer program made this wallet: { $detail }. Your information is safe.
rec-newer = Use the newer program.
err-doubtful = The answer does not hold: { $detail }.
rec-doubtful = Do not rely on it. Your information is safe in the wallet; "share list" says what you share, and "share stop" stops it.
err-code = reason code: { $code }
why-over_asking = The organisation asks for more than it has registered, so your wallet refused. Nothing was shared.
why-recipient_unknown = We could not check who this is, so your wallet refused. Nothing was shared.
why-recipient_key_unknown = The request is not signed with the organisation's registered key, so your wallet refused. Nothing was shared.
why-encryption_key_not_certified = The key to encrypt with is not the one the registrar certified. Somebody in between may want to read along. Nothing was shared.
why-purpose_not_registered = The organisation has not registered this purpose, so your wallet refused. Nothing was shared.
why-jws_bad_signature = A signature does not match: something was changed on the way. Nothing was shared.
why-log_changed = The broker changed the log after the fact. Your wallet has kept the evidence.
why-global_log_forked = The broker's global log was changed after the fact. Your wallet has kept both signed statements: "log evidence" shows them.
why-global_log_rolled_back = The broker's global log has become shorter than it was. Your wallet has kept both signed statements: "log evidence" shows them.
why-global_log_other_head = The broker shows others another history of your log than it shows you. Your wallet has kept the evidence: "log evidence" shows it.
why-global_log_not_included = The broker says that your log is in the global log, and it is not. Your wallet has kept the evidence: "log evidence" shows it.
why-issuer_unknown = The issuer is not on the trust list, so nothing was added.
why-authorization_other_answer = This address is not the answer to what this wallet asked, or it was used before. Begin again.
why-issuance_no_such_grant = The issuer does not give this certificate in this way.
why-badge_malformed = The file is not an Open Badge, or it is damaged. Nothing was stored.
why-badge_too_large = The file is too large to be an Open Badge. Nothing was stored.
why-badge_file_unreadable = The file is not there, or it cannot be read. Nothing was stored.
why-selection_nothing_held = No certificate in your wallet answers this request.
told-tx_code_wrong = That was not the code that came with the offer.
told-recipient_suspended = The broker has suspended this organisation for the time being. Nothing was shared.
told-offer_dead = This offer cannot be used any more. Ask the issuer for a new one.
told-code_dead = The address was used before, or its time is over. Begin again.
why-request_answered_otherwise = You already answered this request with other items, and the broker may have that answer. Repeat it, or stop that share.
why-share_not_less = That would not share less than now, so nothing was changed.
why-share_not_living = This share has ended, or the broker has not confirmed it yet, so it cannot be changed.
why-share_end_unfit = A share ends in the future, and not after what was asked. Nothing was changed.
why-selection_needed_left_out = The recipient needs that item, so it cannot be left out. You can stop the share instead.
told-change_reads_used = They have already looked that many times. If they are not to look again, stop the share.
told-recipient_not_registered = The registrar no longer lists this organisation for this purpose, so the share was not changed. You can let it end, or stop it.
why-trust_list_not_of_this_moment = The trust list is not of this moment, so your wallet does not use it. Take a newer one: wallet trust update <file or address>
why-reseal_key_not_listed = The broker named an encryption key that the registrar has not confirmed. Someone in between may want to read along. Nothing was encrypted to that key.
told-deposit_quota = The broker's mailbox for you is full, so nothing fresh was put there. Stop shares that you no longer need.
