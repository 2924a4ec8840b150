### Demonstrationen, steg för steg.

demo-title = En registeruppgift: från registret till ett intyg som en arbetsgivare läser
demo-folder = Alla filer finns i en tillfällig mapp: { $path }
demo-working = … { $what }

stage-roles = Parter
roles-each = Varje part har en egen server på den här datorn:
role-registrar = { $url }  listans förvaltare: publicerar den undertecknade förtroendelistan
role-issuer = { $url }  utfärdare: { $name }
role-broker = { $url }  förmedlare: förmedlar uppgifter som den inte kan läsa
role-recipient = { $url }  mottagare: { $name }

stage-record = Registeruppgift
record-read = Registrets dokument har { $size } kB. Av det förstods: { $count ->
    [one] 1 prestation
   *[other] { $count } prestationer
}, { $parts ->
    [one] 1 del
   *[other] { $parts } delar
}. { $notices ->
    [0] Inget lämnades bort.
    [one] På 1 ställe lämnades något bort.
   *[other] På { $notices } ställen lämnades något bort.
}
record-becomes = { $count ->
    [one] Det blir 1 intyg:
   *[other] Det blir { $count } intyg:
}

stage-wallet = Plånbok
wallet-making = gör en krypterad plånbok (att gissa lösenfrasen görs avsiktligt långsamt)
wallet-made = En plånbok gjordes i { $path }. I dess filer syns inga namn, inga utfärdare och inga uppgifter.

stage-issuance = Intyg
issuance-offer = { $name } ger en länk, och separat en kod på { $digits } siffror. Plånboken skickar koden till { $host }.
issuance-stored = Plånboken gjorde en egen nyckel för varje intyg, kontrollerade utfärdarens underskrift och sparade båda krypterade:

stage-request = Begäran
request-pushed = { $name } skickade en undertecknad begäran till förmedlaren och fick en länk. Plånboken öppnade länken och kontrollerade underskrift, ändamål och nyckel mot förtroendelistan. Den visar:

stage-decision = Beslut
decision-left = Lämnade plånboken, krypterat: { $items }.
decision-stayed = Begärdes men lämnades bort: { $items }.
decision-stayed-nothing = inget
decision-nobody = Begärdes inte, stannade i plånboken: { $count ->
    [one] 1 annan uppgift
   *[other] { $count } andra uppgifter
} ur det här intyget.
decision-signed = Plånboken undertecknade beslutet med en nyckel som gjorts bara för den här delningen, och skickade beslut och krypterade uppgifter på en gång.

stage-broker = Vad förmedlaren har
broker-row = Dess rader om den här delningen, som de är (de krypterade uppgifterna, { $size } kB, är förkortade):
broker-papers = Dessutom har den den undertecknade begäran och det undertecknade beslutet; --json visar vad som står i dem.
broker-cannot = Den vet alltså vem som bad, varför, vilka slags uppgifter som begärdes och delades, hur länge, och senare när de läses. Den har inte uppgifternas innehåll och ingen nyckel som öppnar dem.

stage-read = Läsning
read-done = { $name } hämtade de krypterade uppgifterna, öppnade dem med sin egen nyckel och kontrollerade dem. Dess rapport:

stage-log = Vem tittade
log-told = Plånboken hämtade händelserna från förmedlaren och kontrollerade dem:

stage-stop = Stopp
stop-done = Personen slutade dela. Förmedlaren raderade de krypterade uppgifterna i samma steg.
stop-refused = { $name } försökte läsa igen och nekades: ”{ $reason }”
stop-receipts = Personens kvitton: { $holder }. Mottagarens kvitton: { $recipient }.
stop-log = Det nekade försöket finns också bland händelserna:
event-given = delat
event-refused = inte delat
event-withdrawn = delningen stoppad
event-expired = delningen slutade på sin dag
event-exhausted = delningen slutade med den sista tillåtna läsningen
event-paused = delningen pausad
event-resumed = delningen fortsätter
event-narrowed = delningen begränsad
event-renewed = delningen förlängd
event-stopped = alla delningar avslutade
event-given_up = mottagaren avstod från delningen

demo-done = Klart på { $seconds } s. Alla nycklar, underskrifter och svar gjordes under den här körningen.
demo-running = Servrarna fortsätter. Pröva i en annan terminal:
demo-stop = Avsluta med Ctrl-C; då tas mappen bort.
demo-ended = Avslutar; mappen tas bort.

err-record = Demonstrationen slutade här. { $detail }
err-record-pointer = { $pointer }
err-record-none = Inget i det här dokumentet kan bli ett intyg ännu:
err-unexpected = Demonstrationen kom inte till slutet: { $detail }. Allt fanns i en tillfällig mapp; inget gick förlorat.
err-next = Inget sparades. Ett eget dokument ges med --record; utan det används det färdiga exemplet.

notice-kept-raw = något här stannar i dokumentet och används inte
notice-type-not-supported = studier av ett slag som ännu inte kan bli ett intyg
notice-annulled = återtagen eller annullerad
notice-not-confirmed = inte bekräftat av läroanstalten
notice-not-passed = bedömt men inte godkänt
notice-not-assessed = inte bedömt ännu
notice-nothing-awarded = inget har beviljats ännu
notice-missing-title = saknar namn; slagets namn används
notice-not-understood = inte det som ska stå här; lämnades bort
notice-text-too-long = en för lång text; lämnades bort
notice-identity-code-removed = en text som liknade en personbeteckning; lämnades bort
notice-too-deep = för många nivåer; lämnades bort
notice-other-language = namnet är på ett annat språk; det används som det är
notice-signature-not-checked = dokumentet är undertecknat, men underskriften har inte kontrollerats
notice-signature-invalid = underskriften hör inte ihop med dokumentet
notice-row-malformed = en rad med för många celler eller citattecken utan par; lämnades bort
notice-row-too-long = en för lång rad; lämnades bort
notice-row-incomplete = en rad utan person, namn eller läsbart datum; lämnades bort
notice-encoding-assumed = dokumentet anger ingen teckenkodning; Windows-1252 antogs
notice-self-asserted = bygger bara på personens egna ord; inget intyg gjordes
notice-not-data = dokumentet är gjort för att läsas och innehåller inga data; be registret om samma uppgifter som data
notice-claims-refused = passar inte intygets slag; inget intyg gjordes
notice-document-several-people = handlar om mer än en person
notice-document-wrong-type = är av fel typ
notice-document-too-many-parts = har för många delar
