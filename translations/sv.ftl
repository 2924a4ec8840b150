### Demonstrationen, steg för steg.

demo-title = En studieprestation från registret till en arbetsgivare och tillbaka
demo-folder = Allt finns i en tillfällig mapp: { $path }
demo-working = … { $what }

stage-roles = Parter
roles-each = Varje part är en egen server på den här datorn:
role-registrar = registrator   { $url }   har listan över vem som får utfärda och vem som får be; dess nyckel finns inte här
role-issuer = utfärdare     { $url }   { $name }
role-broker = förmedlare    { $url }   förmedlar det den inte kan läsa
role-recipient = mottagare     { $url }   { $name }

stage-record = Registeruppgift
record-read = Registrets dokument har { $bytes } byte. Förstått: { $count ->
    [one] 1 prestation
   *[other] { $count } prestationer
}; { $notices ->
    [0] inget blev över.
    [one] 1 ställe sparades som det är och användes inte.
   *[other] { $notices } ställen sparades som de är och användes inte.
}
record-becomes = { $count ->
    [one] Det blir 1 intyg:
   *[other] Det blir { $count } intyg:
}

stage-wallet = Plånbok
wallet-making = gör en krypterad plånbok (lösenfrasen görs avsiktligt dyr att gissa)
wallet-made = En plånbok gjordes i { $path }. Dess filer har inget namn, ingen utfärdare och inga uppgifter i klartext.

stage-issuance = Intyg
issuance-offer = { $name } erbjuder det med en länk och ger en kod på { $digits } siffror separat. Plånboken skickar koden till { $host }.
issuance-stored = Undertecknat av utfärdaren, bundet till en nyckel som bara plånboken har, kontrollerat av plånboken själv, sparat: { $title }.

stage-request = Begäran
request-pushed = { $name } skickade en undertecknad begäran till förmedlaren och fick en länk. Plånboken öppnade den och kontrollerade underskrift, ändamål och nyckel mot registratorns lista:

stage-decision = Beslut
decision-left = Lämnade plånboken, krypterat: { $items }.
decision-stayed = Lämnade inte: { $items }.
decision-stayed-nothing = inget annat begärdes
decision-nobody = Allt annat i intyget ({ $count ->
    [one] 1 uppgift
   *[other] { $count } uppgifter
}) stannade i plånboken, ingen bad om det.
decision-signed = Plånboken undertecknade beslutet med en nyckel som gjorts bara för den här delningen och lämnade beslut och krypterade uppgifter på en gång.

stage-broker = Vad förmedlaren har
broker-row = Detta är dess rader, bokstav för bokstav (chiffertexten förkortad från { $length } tecken):
broker-papers = Dessutom har den den undertecknade begäran och det undertecknade beslutet; --json visar allt.
broker-cannot = Den ser vem som bad, varför, vilka slags uppgifter och hur länge. Den har inget värde av någon uppgift och ingen nyckel som öppnar dem.

stage-read = Läsning
read-done = { $name } löste in koden, läste de krypterade uppgifterna, öppnade dem med sin egen nyckel och kontrollerade dem:

stage-log = Vem tittade
log-told = Plånboken hämtade loggen och kontrollerade den:

stage-stop = Stopp
stop-done = Personen slutade dela. Förmedlaren raderade chiffertexten i samma steg.
stop-refused = { $name } försökte läsa igen och nekades: { $reason }.
stop-receipts = Personens kvitton: { $holder }. Mottagarens kvitton: { $recipient }.
stop-log = Det nekade försöket står också i loggen:

demo-done = Klart på { $seconds } s. Inget ovan var arrangerat: varje rad kom från ett programs svar.
demo-running = Servrarna fortsätter. Pröva i en annan terminal:
demo-stop = Avsluta med Ctrl-C; då tas mappen bort.
demo-ended = Avslutat. Mappen är borttagen.

err-record = Uppgiften kunde inte användas. { $detail }
err-record-pointer = { $pointer }
err-record-none = Inget i det här dokumentet kan bli ett intyg ännu:
err-next = Inget sparades. Pröva en annan fil med --record, eller det inbyggda exemplet utan det.

notice-kept-raw = sparat i dokumentet som det är, inte använt
notice-type-not-supported = studier av ett slag som ännu inte kan bli ett intyg; sparade som de är
notice-annulled = återkallat eller makulerat
notice-not-confirmed = inte bekräftat av läroanstalten
notice-not-passed = bedömt men inte godkänt
notice-not-assessed = inte bedömt ännu
notice-nothing-awarded = inget har beviljats ännu
notice-missing-title = saknar namn; slagets namn används
notice-not-understood = inte det som ska stå här; utelämnat
notice-text-too-long = en för lång text; utelämnad
notice-identity-code-removed = en text som liknade en personbeteckning utelämnades
notice-too-deep = för många nivåer; sparat som det är
notice-claims-refused = passar inte intygets slag; inget intyg gjordes
notice-document-wrong-type = är av fel typ
notice-document-too-many-parts = har för många delar
