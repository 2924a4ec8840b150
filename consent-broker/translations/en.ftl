product = Skills Wallet
checked = Checked organisation
asks = { $recipient } asks for your information
why = Why
how-long = How long
lasts-until = At most until { $date }
lasts-days = { $days ->
    [one] At most 1 day from your decision
   *[other] At most { $days } days from your decision
}
how-often = How many times
reads-once = Once
reads-most = At most { $most } times
reads-standing = For as long as you allow it
nothing-yet = Nothing has been shared yet. Your wallet shows what is asked for, and you decide there.
open-wallet = Open the wallet
close-if-unexpected = Did you not expect this request? Close this page.
err-request = This request cannot be opened any more
rec-request = Go back to the service you came from and start again.
err-unavailable = The service does not answer right now
rec-unavailable = Try again in a moment.
nothing-shared = Your information is safe. Nothing was shared on this page.
other-device = Is your wallet on another device?
other-scan = Scan this code with the device your wallet is on.
other-code = QR code for your wallet to read
other-link = You can also copy this address into your wallet:
other-decide = See in your wallet what is asked for, and decide there.
other-type = Your wallet then shows six digits. Type them here within 10 minutes.
other-yours-alone = Tell nobody these digits. Type them only on a page that you opened yourself.
digits = Six digits from your wallet
send-digits = Send the digits
type-digits = Type the digits that your wallet shows
err-digits = The digits were not right
rec-digits = Look at your wallet and try again. After five wrong tries the request cannot be finished any more.
digits-right = The digits were right
go-back = Your decision is recorded. Now go back to the service you came from: only then does it learn what you decided.
continue = Go back to the service
err-too-often = Too many requests come from your network right now
