### Kontrollörens ord på svenska.

## Resultat

verdict-valid = I sin ordning: äkta, giltigt och avsett för er
verdict-valid-unaddressed = I sin ordning: äkta och giltigt
verdict-attention = Titta närmare: { $reason }.
verdict-invalid = Duger inte: { $reason }. Be personen om ett nytt.
report-checked-at = Kontrollerat { $time }
batch-progress = { $count } kontrollerade …
batch-done = Kontrollerade { $count }: i sin ordning { $valid }, att titta närmare på { $attention }, kunde inte kontrolleras { $open }, duger inte { $invalid }.

outcome-valid = i sin ordning
outcome-attention = titta närmare
outcome-invalid = duger inte
outcome-could-not-check = kunde inte kontrolleras

question-issuer = Vem har utfärdat? { $answer }
question-unchanged = Är det oförändrat? { $answer }
question-valid-now = Är det giltigt? { $answer }
question-meant-for-us = Är det avsett för oss? { $answer }

## Delning och intyg

share-purpose = Ändamål: { $purpose }
share-until = Delningen slutar: { $time }
share-retention = Uppgifterna får bevaras: { $days ->
    [one] { $days } dag
   *[other] { $days } dagar
}
share-ended = Den här delningen har slutat. Personen kan dela igen.
share-paused = Personen har pausat den här delningen tills vidare. Den kan fortsätta senare; försök då igen.
share-opening-is-seen = Personen ser att ni har öppnat detta.
read-not-confirmed = Öppningen kunde inte bekräftas till förmedlaren nu ({ $reason }). Det påverkar inte det som lästes.
message-left = Ert meddelande väntar på personen. Bara personens plånbok kan läsa det.

credential-unreadable = Ett intyg som inte kan läsas
credential-proven-by = Intygad av { $issuer }
credential-signed-as = Undertecknat i namnet { $issuer }, som vi inte känner
credential-until = Giltigt till { $time }
value-yes = ja
value-no = nej

## Kompetensmärke (Open Badge)

badge-name = Namn
badge-description = Beskrivning
badge-criteria = Vad som krävdes
badge-creator = Utfärdare
badge-awarded = Utfärdat
badge-result = Resultat
badge-credits = Omfattning
badge-alignment = Nivå och färdigheter

## Register

registry-pinned = själva märkt som betrodd: { $name }
registry-federation = federation { $name }
registry-certificate-authority = certifikatutfärdare { $name }

## Orsaker

reason-issuer-trusted = utfärdaren finns på förtroendelistan och får ge sådana intyg
reason-issuer-unknown = utfärdaren finns inte på vår förtroendelista
reason-issuer-not-trusted-for-type = utfärdaren får inte ge sådana intyg
reason-issuer-pinned = vi har själva märkt utfärdaren som betrodd, och den får ge sådana intyg
reason-issuer-in-federation = utfärdaren hör till en federation som vi litar på och får ge sådana intyg
reason-issuer-certified = en certifikatutfärdare som vi litar på bekräftar vem utfärdaren är, och vi godkänner sådana intyg av dem som den bekräftar
reason-federation-unreachable = vi kunde inte kontrollera om utfärdaren hör till federationen, eftersom vi inte fick svar. Försök senare
reason-federation-offline = vi kunde inte kontrollera om utfärdaren hör till federationen, eftersom det frågas på nätet
reason-federation-chain-invalid = vi kunde inte kontrollera om utfärdaren hör till federationen, eftersom dess förtroendekedja inte är i ordning
reason-signature-valid = utfärdarens underskrift stämmer och inget har ändrats
reason-signature-invalid = underskriften stämmer inte, så intyget är ändrat eller förfalskat
reason-credential-malformed = filen är skadad eller är inte ett intyg
reason-issuer-key-unknown = underskriften är inte gjord med utfärdarens nyckel
reason-issuer-key-not-available = vi kunde inte kontrollera underskriften eftersom vi inte känner utfärdaren
reason-issuer-certificate-invalid = underskriften är inte gjord med ett certifikat som godkänns för utfärdaren
reason-issuer-certificate-not-listed = vi kunde inte kontrollera underskriften eftersom vi inte känner den som har gett utfärdarens certifikat
reason-issuer-document-unreachable = vi kunde inte kontrollera underskriften eftersom utfärdarens nycklar inte kunde hämtas. Försök senare
reason-issuer-document-offline = vi kunde inte kontrollera underskriften eftersom utfärdarens nycklar finns på nätet
reason-issuer-document-invalid = vi kunde inte kontrollera underskriften eftersom utfärdarens sida med nycklar inte är i ordning
reason-not-signed = intyget är inte underskrivet, så vem som helst kan ha skrivit det
reason-term-undefined = intyget innehåller en uppgift som underskriften inte täcker
reason-context-unknown = vi kunde inte kontrollera underskriften, eftersom intyget använder ett ordförråd som vi inte känner till
reason-proof-not-supported = vi kunde inte kontrollera underskriften, eftersom vi inte känner till dess metod
reason-signer-trusted = undertecknarens certifikat leder till en utfärdare som vi litar på
reason-signer-unknown = undertecknarens certifikat leder inte till någon som vi litar på
reason-signer-not-checked = vi kunde inte kontrollera vem som undertecknat, eftersom vi inte fått veta vilka utfärdare av certifikat vi ska lita på
reason-changed-after-signing = något har lagts till i dokumentet efter att det undertecknades
reason-pages-not-read = vi läser inga sidor; läs själv vad som står på dem
reason-part-valid = ett intyg i det är i ordning
reason-part-attention = ett intyg i det behöver granskas närmare
reason-part-invalid = ett intyg i det är inte giltigt
reason-part-not-checked = vi kunde inte kontrollera ett intyg i det
reason-part-not-signed = ett intyg i det har ingen egen underskrift
reason-part-of-another = ett intyg i det gäller någon annan
reason-parts-too-many = det finns fler intyg i det än vi granskar, så vi kunde inte kontrollera alla
reason-endorsement-valid = en rekommendation i det är i ordning
reason-endorsement-attention = en rekommendation i det behöver granskas närmare
reason-endorsement-invalid = en rekommendation i det är inte giltig
reason-endorsement-not-checked = vi kunde inte kontrollera en rekommendation i det
reason-endorsement-not-signed = en rekommendation i det har ingen egen underskrift
reason-signer-status-not-checked = vi kunde inte kontrollera om undertecknarens certifikat har återkallats
reason-type-known = intygets slag är känt
reason-type-described = utfärdaren beskriver detta slags intyg, och intyget är så som det beskrivs
reason-type-mismatch = intyget är inte så som dess slag beskrivs
reason-type-description-invalid = vi kunde inte kontrollera intygets slag: utfärdarens beskrivning av det duger inte
reason-type-unknown = intygets slag är okänt
reason-type-integrity-missing = intyget säger inte efter vilken beskrivning det är gjort
reason-type-integrity-mismatch = intyget är gjort efter en annan beskrivning än den för dess slag
reason-type-disclosure-mismatch = intyget visar uppgifter som personen borde kunna lämna bort
reason-in-force = intyget är giltigt
reason-expires-soon = intygets giltighet upphör inom 30 dagar
reason-expired = intygets giltighet har upphört
reason-not-yet-valid = intyget är inte giltigt ännu
reason-not-revoked = intyget har inte återkallats
reason-status-not-used = utfärdaren för ingen återkallelselista över detta intyg
reason-revoked = utfärdaren har återkallat intyget
reason-suspended = utfärdaren har tillfälligt stoppat intyget
reason-status-out-of-bounds = intyget finns inte på utfärdarens återkallelselista
reason-status-unreachable = vi kunde inte kontrollera om intyget har återkallats. Försök senare
reason-status-offline = vi kunde inte kontrollera om intyget har återkallats eftersom nätet inte används
reason-status-today-not-known = intyget var giltigt när utredningen gavs; dess läge i dag känner vi inte till
reason-key-at-issue-not-shown = utredningen gavs senare än intyget; den visar inte vilka nycklar utfärdaren hade när intyget gavs
reason-evidence-of-another = utredningen gäller ett annat intyg
reason-status-list-invalid = vi kunde inte kontrollera om intyget har återkallats eftersom återkallelselistan är felaktig
reason-status-not-understood = vi kunde inte kontrollera om intyget har återkallats eftersom dess status är okänd
reason-grant-ended = delningen har slutat
reason-holder-bound = personen har själv gett er uppgifterna
reason-holder-binding-missing = personens egen underskrift saknas
reason-holder-binding-invalid = personens egen underskrift stämmer inte
reason-made-for-another-recipient = uppgifterna är avsedda för någon annan
reason-made-for-another-request = uppgifterna gavs på en annan begäran
reason-made-at-another-time = personens underskrift är inte från tillåten tid
reason-holder-not-shown = filen visar inte om den som ger den är intygets innehavare
reason-holder-binding-not-checked = filen är gjord för en begäran som vi inte känner, så vi kunde inte kontrollera vem den är avsedd för
reason-about-this-person = intyget gäller personen med denna uppgift
reason-about-another-person = intyget gäller en person med en annan uppgift
reason-person-not-said = intyget visar inte om det gäller denna person
reason-subject-not-named = intyget säger inte vem det gäller
reason-deposit-malformed = försändelsen är skadad
reason-deposit-moved = försändelsen hör till en annan delning
reason-deposit-for-another = försändelsen är förseglad för någon annan
reason-deposit-other-terms = försändelsen är gjord på andra villkor än delningen
reason-deposit-replayed = försändelsen är äldre än den senast lästa
reason-deposit-not-yet = försändelsen får inte läsas ännu
reason-deposit-expired = försändelsens lästid har gått ut
reason-deposit-not-opened = försändelsen öppnas inte med vår nyckel, eller så har den ändrats
reason-decision-signed = personen har undertecknat denna delning
reason-decision-invalid = personens beslut om delningen är inte i sin ordning
reason-decision-of-another-grant = personens beslut gäller en annan delning
reason-decision-other-terms = personen har godkänt andra villkor än vad delningen påstår
reason-query-answered = uppgifterna motsvarar det som personen godkände
reason-credential-missing = ett godkänt intyg saknas
reason-credential-of-another-type = intyget är av ett annat slag än det begärda
reason-claim-missing = en godkänd uppgift saknas
reason-claim-value-other = en uppgift är en annan än den begärda
reason-more-than-asked = det finns uppgifter som inte begärdes. Spara dem inte
reason-persons-differ = intygen har olika födelsedatum, så de kan gälla olika personer

## Kvitto

receipt-given = Personen delade sina uppgifter { $time }
receipt-refused = Personen delade inte sina uppgifter { $time }
receipt-withdrawn = Personen slutade dela { $time }
receipt-expired = Delningen slutade på utsatt tid { $time }
receipt-exhausted = Delningen slutade med den sista läsningen { $time }
receipt-paused = Personen pausade delningen { $time }
receipt-resumed = Personen återupptog delningen { $time }
receipt-narrowed = Personen begränsade delningen { $time }
receipt-renewed = Personen förlängde delningen { $time }
receipt-stopped = Personen avslutade alla sina delningar { $time }
receipt-given_up = Mottagaren avstod från delningen { $time }
receipt-number = Kvitto: { $number }
receipt-grant = Delning: { $grant }

## Notiser

notice-withdrawn = Personen avslutade delningen { $grant } { $time }
notice-stopped = Personen avslutade alla sina delningar { $time }, även { $grant }
notice-expired = Delningen { $grant } slutade på utsatt tid { $time }
notice-exhausted = Delningen { $grant } slutade med den sista läsningen { $time }
notice-paused = Personen pausade delningen { $grant } { $time }
notice-resumed = Personen återupptog delningen { $grant } { $time }
notice-narrowed = Personen begränsade delningen { $grant } { $time }. Läs uppgifterna på nytt för att se vad som delas.
notice-renewed = Personen förlängde delningen { $grant } { $time }. Den slutar senare än förut.
notices-none = Det finns inget nytt om era delningar.
notices-refused = { $count ->
    [one] En notis var inte i ordning och beaktades inte.
   *[other] { $count } notiser var inte i ordning och beaktades inte.
}

## Programmet

request-open-link = Öppna denna adress i webbläsaren eller ge den till personen:
request-waiting = Väntar på svar på adressen { $address }
request-granted = Personen delade sina uppgifter. Delning: { $grant }
request-refused = Personen delade inte sina uppgifter.
request-read-next = Läs uppgifterna: verify read { $grant }
page-open-link = Öppna adressen i en webbläsare inom { $minutes } minuter. Den kan öppnas bara en gång:
init-done = Nycklarna finns i mappen { $folder }. Ge den utskrivna anmälan till listans förvaltare.
trust-title = Förtroendelista { $number }, giltig till { $time }
trust-issuer = Utfärdare: { $name }
trust-recipient = Mottagare: { $name }
trust-broker = Förmedlare: { $name }
err-usage = Kommandot är inte i sin ordning: { $detail }
err-not-found = Hittades inte: { $detail }
err-refused = Inte tillåtet: { $detail }
err-network = Förbindelsen lyckades inte: { $detail }. Inget gick förlorat. Försök senare.
err-damaged = Filen är skadad: { $detail }
err-not-valid = Duger inte: { $detail }
err-unexpected = Oväntat fel: { $detail }
