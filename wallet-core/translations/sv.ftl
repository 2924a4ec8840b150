### Vad plånboken säger på svenska.

-wallet = Kompetensplånboken

## Begäranden

request-who = { $name } ber om dina uppgifter
request-checked = Kontrollerad aktör: finns på förtroendelistan som förvaltas av { $registrar }{ $business_id ->
    [none] .
   *[other] {" "}(FO-nummer { $business_id }).
}
request-why = Varför: { $purpose }
basis-consent = Du kan fritt säga nej.
basis-statutory = En lag kräver att du lämnar uppgifterna. Det här är inget samtycke.
basis-own_export = Du exporterar dina egna uppgifter.
request-what = Vad:
item-needed = behövs
item-left-out = du kan lämna bort detta; nu lämnas det bort
item-goes-along = du kan lämna bort detta; nu går det med
item-comes-along = kan inte lämnas bort ur detta intyg; det går med
item-not-held = du har inte detta; de får inte veta det
item-reason = Varför: { $reason }
value-yes = ja
value-no = nej
request-until = Hur länge: till { $date }
request-reads = { $reads ->
    [any] De får titta så ofta de behöver under den tiden.
    [1] De får titta en gång.
   *[other] De får titta { $reads } gånger.
}
request-retention = { $days ->
    [one] Det de läst får de spara i 1 dag.
   *[other] Det de läst får de spara i { $days } dagar.
}
request-key = Uppgifterna krypteras bara för dem (nyckel { $key }). Förmedlaren kan inte läsa dem.
request-nothing-shared = Inget har delats ännu.
share-question = { $count ->
    [one] Dela denna 1 uppgift med { $name } till { $date }?
   *[other] Dela dessa { $count } uppgifter med { $name } till { $date }?
}
share-answers = [j/N]
share-yes = j
request-declined = Du delade inte. { $name } får bara veta det.

## Erbjudanden och intyg

offer-from = { $name } erbjuder dig: { $what }
offer-code-to = Koden som följde med erbjudandet skickas till { $host }.
offer-code = Kod från utfärdaren
offer-open-page = Öppna den här länken i din webbläsare. Den leder till { $host }, där du skriver koden från utfärdaren:
offer-browser-address = Adressen som webbläsaren kom tillbaka till
offer-finish-later = Ge sedan adressen som webbläsaren kommer tillbaka till: wallet credential add --browser-answer ADRESS
credential-added = Tillagt: { $title }, utfärdat av { $issuer }. Underskriften kontrollerades.
credential-awaited = Inte färdigt ännu: { $what }, utfärdare { $issuer }. Fråga igen senare: wallet credential collect
credential-none = Din plånbok är tom. Lägg till ett intyg: wallet credential add <länk eller fil>
proven-by = Intygad av { $name }
badge-added-unknown = Tillagt: { $title }. Underskriften kontrollerades med nyckeln i utfärdarens egen beteckning { $issuer }.
badge-held = Det här intyget finns redan i din plånbok, så inget lades till: { $title }
badge-in-order = Allt är i sin ordning: intyget är äkta och gäller.
badge-remark = Observera: { $reason }.
badge-issuer-unknown = Utfärdaren finns inte på förtroendelistan: { $issuer }
badge-until = Gäller till { $date }
badge-not-added = Intyget lades inte till: { $reason }. Inget sparades.

## Delningar

share-made = Delat med { $name } till { $date }.{ $receipt ->
    [none] {""}
   *[other] {" "}Kvitto { $receipt }.
}
share-complete-url = Öppna den här adressen i webbläsaren där du började: { $url }
share-digits =
    Skriv in de här sex siffrorna inom 10 minuter på sidan där du började: { $digits }
    Berätta dem inte för någon: den som frågar dig efter dem vill använda ditt svar som sitt eget.
share-not-delivered = Ditt svar gäller, men det nådde dem inte ({ $detail }). Be dem göra en ny begäran, eller stoppa delningen.
share-state-unconfirmed = undertecknad här, förmedlaren har inte bekräftat ännu
share-state-active = gäller
share-state-paused = pausad
share-state-given_up = mottagaren avstod från den
share-state-stopping = stoppad här, förmedlaren har inte bekräftat ännu
share-state-stopped = stoppad
share-state-expired = slutade på sin dag
share-state-exhausted = slutade med den sista tillåtna läsningen
share-renewed = { $name } kan läsa vidare till { $date }; din plånbok har lämnat färska intyg.
share-none-renewed = Inget behöver förnyas nu.
share-new-key = { $name } har en ny nyckel ({ $key }…). Listans förvaltare har bekräftat den; dina intyg krypteras nu med den.
share-none = Du delar ingenting nu.
share-stopped = De kan inte längre se dina uppgifter här. Om de har sparat en kopia kan du be dem radera den.
share-change-waits = En ändring är undertecknad här; förmedlaren har inte bekräftat den ännu.
share-paused = { $name } ser inte dina uppgifter förrän du återupptar delningen. De får veta att den är pausad.
share-resumed = { $name } ser dina uppgifter igen.
share-narrowed = { $name } ser mindre från och med nu. Det de redan har läst kan de ha kvar.
share-renewed = Delningen gäller nu till { $date }.
share-renew-question = Fortsätta dela samma uppgifter med { $name } till { $date }?
share-unchanged = Delningen är som den var.

## Händelser

log-line = { $time }  { $recipient }: { $what }
log-has-it = Den här visningen finns bland dina händelser:
log-no-evidence = Varje visning som du har kontrollerat fanns bland dina händelser.
log-none = Ingen har tittat.
log-checked = { $size ->
    [one] 1 händelse kontrollerad; det som setts förut är oförändrat.
   *[other] { $size } händelser kontrollerade; det som setts förut är oförändrat.
}
log-global-witnessed = Händelserna bekräftade till och med händelse { $size }, sedda av ett vittne { $time }.
log-global-included = Händelserna bekräftade till och med händelse { $size }: de finns också i den gemensamma loggen.
log-global-unwitnessed = Dina händelser finns i den gemensamma loggen, men inget av vittnena som listans förvaltare anger har sett den så. Om det inte ändras, fråga förmedlaren varför.
log-global-waiting = Dina senaste händelser är på väg till den gemensamma loggen.
log-global-late = Dina senaste händelser borde redan finnas i den gemensamma loggen, men de finns inte där. Fråga förmedlaren varför.
log-global-unavailable = Den gemensamma loggen kunde inte tillfrågas ({ $reason }). Dina egna händelser kontrollerades.
log-consent_given = du delade
log-consent_refused = du delade inte
log-deposit = din plånbok lämnade de krypterade uppgifterna
log-token_issued = fick tillstånd att läsa
log-read = tittade på dina uppgifter
log-read_repeated = samma läsning skickades på nytt
log-read_refused = försökte titta och nekades
log-read_refused-recipient_suspended = försökte titta och nekades, eftersom förmedlaren har spärrat den tills vidare
log-withdrawn = du slutade dela
log-expired = delningen tog slut
log-exhausted = den sista tillåtna läsningen användes
log-paused = du pausade delningen
log-resumed = du återupptog delningen
log-narrowed = du begränsade delningen
log-renewed = du förlängde delningen
log-stopped = du avslutade alla dina delningar
log-key_changed = bytte nyckel: din plånbok krypterar uppgifterna på nytt
log-message_left = lämnade ett meddelande till dig
log-notified = fick veta att delningen ändrats
log-given_up = avstod från delningen
log-tokens_revoked = lämnade tillbaka sitt tillstånd att läsa
log-read_acknowledged = kvitterade en läsning
log-operator_access = den som driver förmedlingstjänsten såg efter vad som sparas om delningen

## Meddelanden

message-line = { $time }  { $name }: { $kind }
message-none = Det finns inga meddelanden.
message-share = Gäller din delning { $share }
message-proposal = ett erbjudande
message-question = en fråga
message-deletion_receipt = meddelar att dina uppgifter har raderats
message-deleted = Raderat { $date }: { $what }
message-says = De skriver: { $text }
message-refused = Ett meddelande om din delning { $share } gick inte att bekräfta och visas därför inte ({ $code }).

## Kvitton

receipt-given = du delade
receipt-refused = du delade inte
receipt-withdrawn = du slutade dela
receipt-expired = delningen tog slut
receipt-exhausted = den sista tillåtna läsningen användes
receipt-paused = du pausade delningen
receipt-resumed = du återupptog delningen
receipt-narrowed = du begränsade delningen
receipt-renewed = du förlängde delningen
receipt-stopped = du avslutade alla dina delningar
receipt-given_up = mottagaren avstod från delningen

## Programmet

wallet-made = Din plånbok finns i { $path }. Bara den här lösenfrasen öppnar den; ingen kan återställa den.
trust-updated = Förtroendelista { $sequence }, { $registrar }: { $count ->
    [one] 1 aktör
   *[other] { $count } aktörer
}, gäller till { $date }.
status-line = { $credentials } intyg, { $shares ->
    [one] 1 delning gäller
   *[other] { $shares } delningar gäller
}, { $requests ->
    [one] 1 begäran väntar
   *[other] { $requests } begäranden väntar
}.
ask-passphrase = Lösenfras
ask-new-passphrase = Ny lösenfras (minst 4 ord som du minns)
ask-passphrase-again = Samma lösenfras igen
passphrase-short = Lösenfrasen är för kort: minst { $least } tecken.
passphrase-differs = Lösenfraserna är inte lika.

## Fel: vad som hände, vad du kan göra

why-log_omits_reading = Förmedlaren har undertecknat att den här visningen finns bland dina händelser, men den finns inte där. Den ena har fått höra något annat. Båda undertecknade bevisen finns kvar i din plånbok.
err-locked = Det var inte rätt lösenfras. Dina uppgifter finns kvar.
rec-locked = Försök igen.
err-not-found = Det finns inget sådant i plånboken.
rec-not-found = Se med "list" vad som finns där, och kontrollera --home.
err-refused = Detta gjordes inte: { $detail }.
rec-refused = Dina uppgifter finns kvar i plånboken; "share list" visar vad du delar.
err-network = Inget svar: { $detail }. Dina uppgifter finns kvar.
rec-network = Försök igen; att fråga två gånger skadar inte.
err-damaged = Plånbokens fil är skadad: { $detail }.
rec-damaged = Spara mappen som den är. Om du har en kopia av den, använd kopian.
err-usage = { $detail }.
rec-usage = Se --help.
err-unexpected = Något oväntat hände: { $detail }.
rec-unexpected = Dina uppgifter finns kvar i plånboken. Försök igen.
err-in-use = Ett annat program har plånboken öppen. Dina uppgifter finns kvar.
rec-in-use = Stäng det andra programmet och försök igen.
err-no-wallet = Det finns ingen plånbok här.
rec-no-wallet = Gör en med "wallet init", eller ange dess mapp med --home.
err-no-trust-list = Plånboken har ännu ingen förtroendelista, så den litar inte på någon.
rec-no-trust-list = Hämta en: wallet trust update <fil eller adress>
err-newer = Ett nyare program har gjort den här plånboken: { $detail }. Dina uppgifter finns kvar.
rec-newer = Använd det nyare programmet.
err-doubtful = Svaret stämmer inte: { $detail }.
rec-doubtful = Lita inte på det. Dina uppgifter finns kvar i plånboken; "share list" visar vad du delar, och "share stop" stoppar en delning.
err-code = orsakskod: { $code }
why-over_asking = Aktören ber om mer än den har registrerat, så din plånbok vägrade. Inget delades.
why-recipient_unknown = Vi kunde inte kontrollera vem detta är, så din plånbok vägrade. Inget delades.
why-recipient_key_unknown = Begäran är inte undertecknad med aktörens registrerade nyckel, så din plånbok vägrade. Inget delades.
why-encryption_key_not_certified = Krypteringsnyckeln är inte den som listans förvaltare har bekräftat. Någon däremellan kan vilja läsa med. Inget delades.
why-purpose_not_registered = Aktören har inte registrerat detta ändamål, så din plånbok vägrade. Inget delades.
why-jws_bad_signature = En underskrift stämmer inte: något har ändrats på vägen. Inget delades.
why-log_changed = Förmedlaren har ändrat händelserna i efterhand. Din plånbok har sparat bevisen.
why-global_log_forked = Förmedlarens gemensamma logg har ändrats i efterhand. Din plånbok har sparat båda undertecknade bevisen: ”log evidence” visar dem.
why-global_log_rolled_back = Förmedlarens gemensamma logg är kortare än förut. Din plånbok har sparat båda undertecknade bevisen: ”log evidence” visar dem.
why-global_log_other_head = Förmedlaren visar andra en annan historia om dina händelser än den visar dig. Din plånbok har sparat bevisen: ”log evidence” visar dem.
why-global_log_not_included = Förmedlaren säger att dina händelser finns i den gemensamma loggen, men de finns inte där. Din plånbok har sparat bevisen: ”log evidence” visar dem.
why-issuer_unknown = Utfärdaren finns inte på förtroendelistan, så inget lades till.
why-authorization_other_answer = Adressen är inte svaret på det som den här plånboken bad om, eller så är den redan använd. Börja om.
why-issuance_no_such_grant = Utfärdaren ger inte det här intyget på det här sättet.
why-badge_malformed = Filen är inte en Open Badge, eller så är den skadad. Inget sparades.
why-badge_too_large = Filen är för stor för att vara en Open Badge. Inget sparades.
why-badge_file_unreadable = Filen finns inte, eller så går den inte att läsa. Inget sparades.
why-selection_nothing_held = Inget intyg i din plånbok svarar på begäran.
told-tx_code_wrong = Det var inte koden som följde med erbjudandet.
told-recipient_suspended = Förmedlaren har tills vidare spärrat den här aktören. Inget delades.
told-offer_dead = Erbjudandet kan inte användas längre. Be utfärdaren om ett nytt.
told-code_dead = Adressen är redan använd eller dess tid är slut. Börja om.
why-request_answered_otherwise = Du har redan svarat på begäran på ett annat sätt, och förmedlaren kan ha svaret. Upprepa det, eller stoppa den delningen.
why-share_not_less = Så skulle du inte dela mindre än nu, så inget ändrades.
why-share_not_living = Delningen har slutat, eller så har förmedlaren inte bekräftat den ännu, så den kan inte ändras.
why-share_end_unfit = En delning måste sluta i framtiden och inte senare än vad som begärdes. Inget ändrades.
why-selection_needed_left_out = Mottagaren behöver uppgiften, så den kan inte lämnas bort. Du kan stoppa delningen i stället.
told-change_reads_used = De har redan tittat så många gånger. Om de inte får titta igen kan du stoppa delningen.
told-recipient_not_registered = Aktören finns inte längre på listan för detta ändamål, så delningen ändrades inte. Du kan låta den löpa ut eller stoppa den.
why-trust_list_not_of_this_moment = Förtroendelistan gäller inte just nu, så din plånbok använder den inte. Hämta en nyare: wallet trust update <fil eller adress>
why-reseal_key_not_listed = Förmedlaren uppgav en krypteringsnyckel som listans förvaltare inte har bekräftat. Någon däremellan kan vilja läsa med. Inget krypterades med den nyckeln.
told-deposit_quota = Din brevlåda hos förmedlaren är full, så inget nytt lämnades dit. Stoppa delningar som du inte längre behöver.
