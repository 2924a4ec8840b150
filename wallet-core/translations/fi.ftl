### Mitä lompakko sanoo suomeksi.

-wallet = Osaamislompakko

## Pyynnöt

request-who = { $name } pyytää tietojasi
request-checked = Tarkistettu toimija: on luottamusluettelossa, jota ylläpitää { $registrar }{ $business_id ->
    [none] .
   *[other] {" "}(Y-tunnus { $business_id }).
}
request-why = Miksi: { $purpose }
basis-consent = Voit vapaasti sanoa ei.
basis-statutory = Laki velvoittaa antamaan nämä tiedot. Tämä ei ole suostumus.
basis-own_export = Viet omia tietojasi.
request-what = Mitä:
item-needed = tarvitaan
item-left-out = voit jättää tämän pois; nyt se jää pois
item-goes-along = voit jättää tämän pois; nyt se lähtee mukaan
item-comes-along = tätä ei voi jättää pois tästä todistuksesta; se lähtee mukaan
item-not-held = sinulla ei ole tätä; he eivät saa tietää sitä
item-reason = Miksi: { $reason }
value-yes = kyllä
value-no = ei
request-until = Kuinka kauan: { $date } asti
request-reads = { $reads ->
    [any] He saavat katsoa niin usein kuin tarvitsevat sinä aikana.
    [1] He saavat katsoa kerran.
   *[other] He saavat katsoa { $reads } kertaa.
}
request-retention = { $days ->
    [one] Luetut tiedot he saavat säilyttää 1 päivän.
   *[other] Luetut tiedot he saavat säilyttää { $days } päivää.
}
request-key = Tiedot salataan vain heille (avain { $key }). Välittäjä ei voi lukea niitä.
request-nothing-shared = Mitään ei ole vielä jaettu.
share-question = { $count ->
    [one] Jaa tämä 1 tieto vastaanottajalle { $name } { $date } asti?
   *[other] Jaa nämä { $count } tietoa vastaanottajalle { $name } { $date } asti?
}
share-answers = [k/E]
share-yes = k
request-declined = Et jakanut. { $name } saa tietää vain sen.

## Tarjoukset ja todistukset

offer-from = { $name } tarjoaa sinulle: { $what }
offer-code-to = Tarjouksen mukana tullut koodi lähetetään osoitteeseen { $host }.
offer-code = Koodi todistuksen antajalta
offer-open-page = Avaa tämä linkki selaimessasi. Se vie osoitteeseen { $host }, jossa kirjoitat todistuksen antajalta saamasi koodin:
offer-browser-address = Osoite, johon selain palasi
offer-finish-later = Anna sitten osoite, johon selain palaa: wallet credential add --browser-answer OSOITE
credential-added = Lisätty: { $title }, todistuksen antaja { $issuer }. Allekirjoitus tarkistettiin.
credential-awaited = Ei vielä valmis: { $what }, todistuksen antaja { $issuer }. Kysy myöhemmin uudelleen: wallet credential collect
credential-none = Lompakkosi on tyhjä. Lisää todistus: wallet credential add <linkki tai tiedosto>
proven-by = Todistanut: { $name }
badge-added-unknown = Lisätty: { $title }. Allekirjoitus tarkistettiin avaimella, joka on antajan omassa tunnuksessa { $issuer }.
badge-held = Tämä todistus on jo lompakossasi, joten mitään ei lisätty: { $title }
badge-in-order = Kaikki kunnossa: todistus on aito ja voimassa.
badge-remark = Huomaa: { $reason }.
badge-issuer-unknown = Todistuksen antaja ei ole luottamusluettelossa: { $issuer }
badge-until = Voimassa { $date } asti
badge-not-added = Todistusta ei lisätty: { $reason }. Mitään ei tallennettu.

## Jaot

share-made = Jaettu vastaanottajalle { $name } { $date } asti.{ $receipt ->
    [none] {""}
   *[other] {" "}Kuitti { $receipt }.
}
share-complete-url = Avaa tämä osoite selaimessa, jossa aloitit: { $url }
share-digits =
    Kirjoita nämä kuusi numeroa 10 minuutin kuluessa sivulle, jolla aloitit: { $digits }
    Älä kerro niitä kenellekään: joka niitä sinulta kysyy, haluaa käyttää vastaustasi omanaan.
share-not-delivered = Vastauksesi on voimassa, mutta se ei tavoittanut heitä ({ $detail }). Pyydä heitä tekemään uusi pyyntö, tai lopeta tämä jako.
share-state-unconfirmed = allekirjoitettu täällä, välittäjä ei ole vielä vahvistanut
share-state-active = voimassa
share-state-paused = keskeytetty
share-state-given_up = vastaanottaja luopui siitä
share-state-stopping = lopetettu täällä, välittäjä ei ole vielä vahvistanut
share-state-stopped = lopetettu
share-state-expired = päättyi päivänään
share-state-exhausted = päättyi viimeiseen sallittuun katseluun
share-renewed = { $name } voi lukea tietojasi edelleen { $date } asti; lompakkosi vei sinne tuoreet todistukset.
share-none-renewed = Mitään ei tarvitse nyt uusia.
share-new-key = Vastaanottajalla { $name } on uusi avain ({ $key }…). Luettelon ylläpitäjä on vahvistanut sen, ja todistuksesi salataan nyt sillä.
share-none = Et jaa nyt mitään.
share-stopped = He eivät enää näe tietojasi täältä. Jos he ovat tallentaneet kopion, voit pyytää heitä poistamaan sen.
share-change-waits = Muutos on allekirjoitettu täällä; välittäjä ei ole vielä vahvistanut sitä.
share-paused = { $name } ei näe tietojasi, ennen kuin jatkat jakamista. Vastaanottajalle kerrotaan, että jako on keskeytetty.
share-resumed = { $name } näkee taas tietosi.
share-narrowed = { $name } näkee tästä lähtien vähemmän. Aiemmin luetut tiedot voivat yhä olla vastaanottajalla.
share-renewed = Jako on nyt voimassa { $date } asti.
share-renew-question = Jatketaanko samojen tietojen jakamista vastaanottajalle { $name } { $date } asti?
share-unchanged = Jako pysyy ennallaan.

## Tapahtumat

log-line = { $time }  { $recipient }: { $what }
log-has-it = Tämä katselu on tapahtumissasi:
log-no-evidence = Jokainen tarkistamasi katselu oli tapahtumissasi.
log-none = Kukaan ei ole katsonut.
log-checked = { $size ->
    [one] 1 tapahtuma tarkistettu; aiemmin nähty on ennallaan.
   *[other] { $size } tapahtumaa tarkistettu; aiemmin nähty on ennallaan.
}
log-global-witnessed = Tapahtumat varmennettu tapahtumaan { $size } asti, todistaja nähnyt { $time }.
log-global-included = Tapahtumat varmennettu tapahtumaan { $size } asti: ne ovat myös yhteisessä lokissa.
log-global-unwitnessed = Tapahtumasi ovat yhteisessä lokissa, mutta yksikään luettelon ylläpitäjän nimeämä todistaja ei ole nähnyt sitä tällaisena. Jos tämä ei muutu, kysy välittäjältä syytä.
log-global-waiting = Uusimmat tapahtumasi ovat matkalla yhteiseen lokiin.
log-global-late = Uusimpien tapahtumiesi pitäisi jo olla yhteisessä lokissa, mutta ne eivät ole. Kysy välittäjältä syytä.
log-global-unavailable = Yhteistä lokia ei voitu kysyä ({ $reason }). Omat tapahtumasi tarkistettiin.
log-consent_given = jaoit tietosi
log-consent_refused = et jakanut
log-deposit = lompakkosi jätti salatut tiedot
log-token_issued = sai luvan lukea
log-read = katsoi tietojasi
log-read_repeated = sama katselu lähetettiin uudelleen
log-read_refused = yritti katsoa, mutta se estettiin
log-read_refused-recipient_suspended = yritti katsoa, mutta se estettiin, koska välittäjä on keskeyttänyt sen oikeudet
log-withdrawn = lopetit jakamisen
log-expired = jako päättyi
log-exhausted = viimeinen sallittu katselu käytettiin
log-paused = keskeytit jakamisen
log-resumed = jatkoit jakamista
log-narrowed = supistit jakoa
log-renewed = jatkoit jaon voimassaoloa
log-stopped = lopetit kaikki jakosi
log-key_changed = vaihtoi avaimensa: lompakkosi salaa tiedot uudelleen
log-message_left = jätti sinulle viestin
log-notified = sai tiedon jaon muutoksesta
log-given_up = luopui jaosta
log-tokens_revoked = palautti lukulupansa
log-read_acknowledged = kuittasi lukeneensa
log-operator_access = välityspalvelun ylläpitäjä katsoi, mitä jaosta on tallessa

## Viestit

message-line = { $time }  { $name }: { $kind }
message-none = Viestejä ei ole.
message-share = Koskee jakoasi { $share }
message-proposal = tarjous
message-question = kysymys
message-deletion_receipt = ilmoittaa poistaneensa tietosi
message-deleted = Poistettu { $date }: { $what }
message-says = He kirjoittavat: { $text }
message-refused = Jakoasi { $share } koskevaa viestiä ei voitu vahvistaa, joten sitä ei näytetä ({ $code }).

## Kuitit

receipt-given = jaoit tietosi
receipt-refused = et jakanut
receipt-withdrawn = lopetit jakamisen
receipt-expired = jako päättyi
receipt-exhausted = viimeinen sallittu katselu käytettiin
receipt-paused = keskeytit jakamisen
receipt-resumed = jatkoit jakamista
receipt-narrowed = supistit jakoa
receipt-renewed = jatkoit jaon voimassaoloa
receipt-stopped = lopetit kaikki jakosi
receipt-given_up = vastaanottaja luopui jaosta

## Ohjelma

wallet-made = Lompakkosi on kansiossa { $path }. Vain tämä salalause avaa sen; kukaan ei voi palauttaa sitä.
trust-updated = Luottamusluettelo { $sequence }, { $registrar }: { $count ->
    [one] 1 toimija
   *[other] { $count } toimijaa
}, voimassa { $date } asti.
status-line = { $credentials ->
    [one] 1 todistus
   *[other] { $credentials } todistusta
}, { $shares ->
    [one] 1 jako voimassa
   *[other] { $shares } jakoa voimassa
}, { $requests ->
    [one] 1 pyyntö odottaa
   *[other] { $requests } pyyntöä odottaa
}.
ask-passphrase = Salalause
ask-new-passphrase = Uusi salalause (vähintään 4 sanaa, jotka muistat)
ask-passphrase-again = Sama salalause uudelleen
passphrase-short = Salalause on liian lyhyt: vähintään { $least } merkkiä.
passphrase-differs = Salalauseet eivät ole samat.

## Virheet: mitä tapahtui, mitä tehdä

why-log_omits_reading = Välittäjä on allekirjoittanut, että tämä katselu on tapahtumissasi, mutta siellä sitä ei ole. Toiselle on kerrottu muuta. Molemmat allekirjoitetut todisteet ovat tallessa lompakossasi.
err-locked = Salalause ei ollut oikea. Tietosi ovat tallessa.
rec-locked = Kokeile uudelleen.
err-not-found = Lompakossa ei ole tällaista.
rec-not-found = Katso komennolla "list", mitä siinä on, ja tarkista --home.
err-refused = Tätä ei tehty: { $detail }.
rec-refused = Tietosi ovat tallessa lompakossa; "share list" kertoo, mitä jaat.
err-network = Vastausta ei tullut: { $detail }. Tietosi ovat tallessa.
rec-network = Kokeile uudelleen; kahdesti pyytäminen ei haittaa.
err-damaged = Lompakon tiedosto on vahingoittunut: { $detail }.
rec-damaged = Säilytä kansio sellaisenaan. Jos sinulla on siitä kopio, käytä sitä.
err-usage = { $detail }.
rec-usage = Katso --help.
err-unexpected = Tapahtui jotain odottamatonta: { $detail }.
rec-unexpected = Tietosi ovat tallessa lompakossa. Kokeile uudelleen.
err-in-use = Lompakko on auki toisessa ohjelmassa. Tietosi ovat tallessa.
rec-in-use = Sulje toinen ohjelma ja kokeile uudelleen.
err-no-wallet = Täällä ei ole lompakkoa.
rec-no-wallet = Tee lompakko komennolla "wallet init" tai kerro sen kansio: --home.
err-no-trust-list = Lompakossa ei ole vielä luottamusluetteloa, joten se ei luota keneenkään.
rec-no-trust-list = Hae se: wallet trust update <tiedosto tai osoite>
err-newer = Tämän lompakon on tehnyt uudempi ohjelma: { $detail }. Tietosi ovat tallessa.
rec-newer = Käytä uudempaa ohjelmaa.
err-doubtful = Vastaus ei pidä paikkaansa: { $detail }.
rec-doubtful = Älä luota siihen. Tietosi ovat tallessa lompakossa; "share list" kertoo, mitä jaat, ja "share stop" lopettaa jaon.
err-code = syykoodi: { $code }
why-over_asking = Toimija pyytää enemmän kuin on rekisteröinyt, joten lompakkosi kieltäytyi. Mitään ei jaettu.
why-recipient_unknown = Emme voineet tarkistaa, kuka tämä on, joten lompakkosi kieltäytyi. Mitään ei jaettu.
why-recipient_key_unknown = Pyyntöä ei ole allekirjoitettu toimijan rekisteröidyllä avaimella, joten lompakkosi kieltäytyi. Mitään ei jaettu.
why-encryption_key_not_certified = Salausavain ei ole se, jonka luettelon ylläpitäjä on vahvistanut. Joku välissä saattaa haluta lukea mukana. Mitään ei jaettu.
why-purpose_not_registered = Toimija ei ole rekisteröinyt tätä käyttötarkoitusta, joten lompakkosi kieltäytyi. Mitään ei jaettu.
why-jws_bad_signature = Allekirjoitus ei täsmää: jotain on muutettu matkalla. Mitään ei jaettu.
why-log_changed = Välittäjä on muuttanut tapahtumia jälkikäteen. Lompakkosi säilytti todisteet.
why-global_log_forked = Välittäjän yhteistä lokia on muutettu jälkikäteen. Lompakkosi säilytti molemmat allekirjoitetut todisteet: ”log evidence” näyttää ne.
why-global_log_rolled_back = Välittäjän yhteinen loki on lyhyempi kuin ennen. Lompakkosi säilytti molemmat allekirjoitetut todisteet: ”log evidence” näyttää ne.
why-global_log_other_head = Välittäjä näyttää muille tapahtumistasi eri historian kuin sinulle. Lompakkosi säilytti todisteet: ”log evidence” näyttää ne.
why-global_log_not_included = Välittäjä väittää tapahtumiesi olevan yhteisessä lokissa, mutta ne eivät ole. Lompakkosi säilytti todisteet: ”log evidence” näyttää ne.
why-issuer_unknown = Todistuksen antaja ei ole luottamusluettelossa, joten mitään ei lisätty.
why-authorization_other_answer = Tämä osoite ei ole vastaus siihen, mitä tämä lompakko pyysi, tai se on jo käytetty. Aloita uudelleen.
why-issuance_no_such_grant = Todistuksen antaja ei anna tätä todistusta tällä tavalla.
why-badge_malformed = Tiedosto ei ole Open Badge, tai se on vahingoittunut. Mitään ei tallennettu.
why-badge_too_large = Tiedosto on liian suuri ollakseen Open Badge. Mitään ei tallennettu.
why-badge_file_unreadable = Tiedostoa ei ole, tai sitä ei voi lukea. Mitään ei tallennettu.
why-selection_nothing_held = Mikään lompakkosi todistus ei vastaa tähän pyyntöön.
told-tx_code_wrong = Koodi ei ollut se, joka tuli tarjouksen mukana.
told-recipient_suspended = Välittäjä on toistaiseksi keskeyttänyt tämän toimijan oikeudet. Mitään ei jaettu.
told-offer_dead = Tätä tarjousta ei voi enää käyttää. Pyydä todistuksen antajalta uusi.
told-code_dead = Osoite on jo käytetty tai sen aika on ohi. Aloita uudelleen.
why-request_answered_otherwise = Vastasit jo tähän pyyntöön toisin, ja vastaus voi olla välittäjällä. Toista se, tai lopeta se jako.
why-share_not_less = Näin et jakaisi vähempää kuin nyt, joten mitään ei muutettu.
why-share_not_living = Tämä jako on päättynyt, tai välittäjä ei ole vielä vahvistanut sitä, joten sitä ei voi muuttaa.
why-share_end_unfit = Jaon on päätyttävä tulevaisuudessa eikä myöhemmin kuin pyydettiin. Mitään ei muutettu.
why-selection_needed_left_out = Vastaanottaja tarvitsee tämän tiedon, joten sitä ei voi jättää pois. Voit sen sijaan lopettaa jaon.
told-change_reads_used = Tietojasi on jo katsottu näin monta kertaa. Jos niitä ei enää saa katsoa, lopeta jako.
told-recipient_not_registered = Toimija ei ole enää luettelossa tätä käyttötarkoitusta varten, joten jakoa ei muutettu. Voit antaa sen päättyä tai lopettaa sen.
why-trust_list_not_of_this_moment = Luottamusluettelo ei ole tältä hetkeltä, joten lompakkosi ei käytä sitä. Hae uudempi: wallet trust update <tiedosto tai osoite>
why-reseal_key_not_listed = Välittäjä nimesi salausavaimen, jota luettelon ylläpitäjä ei ole vahvistanut. Joku välissä voi haluta lukea tietosi. Mitään ei salattu sillä avaimella.
told-deposit_quota = Postilaatikkosi välittäjällä on täynnä, joten sinne ei viety mitään uutta. Lopeta jaot, joita et enää tarvitse.
