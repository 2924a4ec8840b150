### Tarkistajan sanat suomeksi.

## Tulos

verdict-valid = Kunnossa: aito, voimassa ja tarkoitettu teille
verdict-valid-unaddressed = Kunnossa: aito ja voimassa
verdict-attention = Katso tarkemmin: { $reason }.
verdict-invalid = Ei kelpaa: { $reason }. Pyydä henkilöltä uusi.
report-checked-at = Tarkistettu { $time }
batch-progress = { $count } tarkistettu …
batch-done = Tarkistettu { $count }: kunnossa { $valid }, katsottava tarkemmin { $attention }, ei voitu tarkistaa { $open }, ei kelpaa { $invalid }.

outcome-valid = kunnossa
outcome-attention = katso tarkemmin
outcome-invalid = ei kelpaa
outcome-could-not-check = ei voitu tarkistaa

question-issuer = Kuka antoi? { $answer }
question-unchanged = Onko muuttamaton? { $answer }
question-valid-now = Onko voimassa? { $answer }
question-meant-for-us = Onko tarkoitettu meille? { $answer }

## Jako ja todistus

share-purpose = Käyttötarkoitus: { $purpose }
share-until = Jako päättyy: { $time }
share-retention = Tiedot saa säilyttää: { $days ->
    [one] { $days } päivän
   *[other] { $days } päivää
}
share-ended = Tämä jako on päättynyt. Henkilö voi jakaa uudelleen, jos haluaa.
share-paused = Henkilö on keskeyttänyt tämän jaon toistaiseksi. Se voi jatkua myöhemmin; yritä silloin uudelleen.
share-opening-is-seen = Tämä avaus näkyy henkilölle.
read-not-confirmed = Avausta ei voitu nyt vahvistaa välittäjälle ({ $reason }). Se ei vaikuta luettuihin tietoihin.
message-left = Viestinne odottaa henkilöä. Vain hänen lompakkonsa voi lukea sen.

credential-unreadable = Todistus, jota ei voi lukea
credential-proven-by = Todistanut: { $issuer }
credential-signed-as = Allekirjoitettu nimellä { $issuer }, jota emme tunne
credential-until = Voimassa { $time } asti
value-yes = kyllä
value-no = ei

## Osaamismerkki (Open Badge)

badge-name = Nimi
badge-description = Kuvaus
badge-criteria = Mitä vaadittiin
badge-creator = Antaja
badge-awarded = Annettu
badge-result = Tulos
badge-credits = Laajuus
badge-alignment = Taso ja taidot

## Rekisterit

registry-pinned = itse merkitty luotetuksi: { $name }
registry-federation = federaatio { $name }
registry-certificate-authority = varmentaja { $name }

## Syyt

reason-issuer-trusted = todistuksen antaja on luottamusluettelossa ja saa antaa tällaisia todistuksia
reason-issuer-unknown = todistuksen antaja ei ole luottamusluettelossamme
reason-issuer-not-trusted-for-type = todistuksen antaja ei saa antaa tällaisia todistuksia
reason-issuer-pinned = olemme itse merkinneet todistuksen antajan luotetuksi, ja se saa antaa tällaisia todistuksia
reason-issuer-in-federation = todistuksen antaja kuuluu federaatioon, johon luotamme, ja saa antaa tällaisia todistuksia
reason-issuer-certified = varmentaja, johon luotamme, vahvistaa todistuksen antajan, ja hyväksymme tällaiset todistukset niiltä, jotka se vahvistaa
reason-federation-unreachable = emme voineet tarkistaa, kuuluuko todistuksen antaja federaatioon, koska siitä ei saatu vastausta. Yritä myöhemmin
reason-federation-offline = emme voineet tarkistaa, kuuluuko todistuksen antaja federaatioon, koska se kysytään verkosta
reason-federation-chain-invalid = emme voineet tarkistaa, kuuluuko todistuksen antaja federaatioon, koska sen luottamusketju ei ole kunnossa
reason-signature-valid = todistuksen antajan allekirjoitus täsmää, eikä mitään ole muutettu
reason-signature-invalid = allekirjoitus ei täsmää, joten todistus on muutettu tai väärennetty
reason-credential-malformed = tiedosto on vioittunut tai se ei ole todistus
reason-issuer-key-unknown = allekirjoitusta ei ole tehty todistuksen antajan avaimella
reason-issuer-key-not-available = emme voineet tarkistaa allekirjoitusta, koska emme tunne todistuksen antajaa
reason-issuer-certificate-invalid = allekirjoitusta ei ole tehty varmenteella, joka hyväksytään tälle todistuksen antajalle
reason-issuer-certificate-not-listed = emme voineet tarkistaa allekirjoitusta, koska emme tunne todistuksen antajan varmentajaa
reason-issuer-document-unreachable = emme voineet tarkistaa allekirjoitusta, koska todistuksen antajan avaimia ei saatu haettua. Yritä myöhemmin
reason-issuer-document-offline = emme voineet tarkistaa allekirjoitusta, koska todistuksen antajan avaimet ovat verkossa
reason-issuer-document-invalid = emme voineet tarkistaa allekirjoitusta, koska todistuksen antajan avainsivu ei ole kunnossa
reason-not-signed = todistusta ei ole allekirjoitettu, joten kuka tahansa on voinut kirjoittaa sen
reason-term-undefined = todistuksessa on tieto, jota allekirjoitus ei kata
reason-context-unknown = emme voineet tarkistaa allekirjoitusta, koska todistus käyttää sanastoa, jota emme tunne
reason-proof-not-supported = emme voineet tarkistaa allekirjoitusta, koska emme tunne sen menetelmää
reason-signer-trusted = allekirjoittajan varmenne johtaa tahoon, johon luotamme
reason-signer-unknown = allekirjoittajan varmenne ei johda kehenkään, johon luotamme
reason-signer-not-checked = emme voineet tarkistaa, kuka allekirjoitti, koska meille ei ole kerrottu, kenen antamiin varmenteisiin luottaa
reason-changed-after-signing = asiakirjaan on lisätty jotain allekirjoittamisen jälkeen
reason-pages-not-read = emme lue sivuja; lue itse, mitä niissä sanotaan
reason-part-valid = sen sisällä oleva todistus on kunnossa
reason-part-attention = sen sisällä olevaa todistusta on syytä katsoa tarkemmin
reason-part-invalid = sen sisällä oleva todistus ei kelpaa
reason-part-not-checked = emme voineet tarkistaa sen sisällä olevaa todistusta
reason-part-not-signed = sen sisällä olevalla todistuksella ei ole omaa allekirjoitusta
reason-part-of-another = sen sisällä oleva todistus koskee jotakuta toista
reason-parts-too-many = sen sisällä on enemmän todistuksia kuin katsomme, joten emme voineet tarkistaa kaikkia
reason-endorsement-valid = siinä oleva suositus on kunnossa
reason-endorsement-attention = siinä olevaa suositusta on syytä katsoa tarkemmin
reason-endorsement-invalid = siinä oleva suositus ei kelpaa
reason-endorsement-not-checked = emme voineet tarkistaa siinä olevaa suositusta
reason-endorsement-not-signed = siinä olevalla suosituksella ei ole omaa allekirjoitusta
reason-signer-status-not-checked = emme voineet tarkistaa, onko allekirjoittajan varmenne peruttu
reason-type-known = todistuksen laji tunnetaan
reason-type-described = todistuksen antaja kuvaa tämän todistuksen lajin, ja todistus on kuvauksen mukainen
reason-type-mismatch = todistus ei ole lajinsa kuvauksen mukainen
reason-type-description-invalid = emme voineet tarkistaa todistuksen lajia: todistuksen antajan kuvaus siitä ei kelpaa
reason-type-unknown = todistuksen lajia ei tunneta
reason-type-integrity-missing = todistus ei kerro, minkä kuvauksen mukaan se on tehty
reason-type-integrity-mismatch = todistus on tehty toisen kuvauksen mukaan kuin sen laji
reason-type-disclosure-mismatch = todistus näyttää tietoja, jotka henkilön pitäisi voida jättää pois
reason-in-force = todistus on voimassa
reason-expires-soon = todistuksen voimassaolo päättyy 30 päivän kuluessa
reason-expired = todistuksen voimassaolo on päättynyt
reason-not-yet-valid = todistus ei ole vielä voimassa
reason-not-revoked = todistusta ei ole peruttu
reason-status-not-used = todistuksen antaja ei pidä tästä todistuksesta perumisluetteloa
reason-revoked = todistuksen antaja on perunut sen
reason-suspended = todistuksen antaja on keskeyttänyt sen voimassaolon
reason-status-out-of-bounds = todistusta ei ole todistuksen antajan perumisluettelossa
reason-status-unreachable = emme voineet tarkistaa, onko todistus peruttu. Yritä myöhemmin
reason-status-offline = emme voineet tarkistaa, onko todistus peruttu, koska verkko ei ole käytössä
reason-status-today-not-known = todistus oli voimassa, kun selvitys annettiin; sen tilaa tänään emme tiedä
reason-key-at-issue-not-shown = selvitys on annettu myöhemmin kuin todistus; se ei näytä, mitkä avaimet todistuksen antajalla oli silloin
reason-evidence-of-another = selvitys koskee toista todistusta
reason-status-list-invalid = emme voineet tarkistaa, onko todistus peruttu, koska perumisluettelo on virheellinen
reason-status-not-understood = emme voineet tarkistaa, onko todistus peruttu, koska sen tilaa ei tunneta
reason-grant-ended = jako on päättynyt
reason-holder-bound = henkilö on itse antanut tiedot teille
reason-holder-binding-missing = henkilön omaa allekirjoitusta ei ole
reason-holder-binding-invalid = henkilön oma allekirjoitus ei täsmää
reason-made-for-another-recipient = tiedot on tarkoitettu jollekin toiselle
reason-made-for-another-request = tiedot on annettu toiseen pyyntöön
reason-made-at-another-time = henkilön allekirjoitus ei ole sallitulta ajalta
reason-holder-not-shown = tiedosto ei kerro, onko sen antaja todistuksen haltija
reason-holder-binding-not-checked = tiedosto on tehty johonkin pyyntöön, jota emme tunne, joten emme voineet tarkistaa, kenelle se on tarkoitettu
reason-about-this-person = todistus koskee henkilöä, jonka tunnistetieto on tämä
reason-about-another-person = todistus koskee henkilöä, jonka tunnistetieto on toinen
reason-person-not-said = todistuksesta ei näe, koskeeko se tätä henkilöä
reason-subject-not-named = todistus ei kerro, ketä se koskee
reason-deposit-malformed = lähetys on vioittunut
reason-deposit-moved = lähetys kuuluu toiseen jakoon
reason-deposit-for-another = lähetys on suljettu jollekin toiselle
reason-deposit-other-terms = lähetys on tehty muilla ehdoilla kuin jako
reason-deposit-replayed = lähetys on vanhempi kuin viimeksi luettu
reason-deposit-not-yet = lähetystä ei saa vielä lukea
reason-deposit-expired = lähetyksen lukuaika on päättynyt
reason-deposit-not-opened = lähetys ei aukea avaimellamme, tai sitä on muutettu
reason-decision-signed = henkilö on allekirjoittanut tämän jaon
reason-decision-invalid = henkilön päätös jaosta ei ole kunnossa
reason-decision-of-another-grant = henkilön päätös koskee toista jakoa
reason-decision-other-terms = henkilö on hyväksynyt muut ehdot kuin mitä jako väittää
reason-query-answered = tiedot vastaavat sitä, mitä henkilö hyväksyi
reason-credential-missing = jokin hyväksytty todistus puuttuu
reason-credential-of-another-type = todistus on toista lajia kuin pyydettiin
reason-claim-missing = jokin hyväksytty tieto puuttuu
reason-claim-value-other = jokin tieto on toinen kuin pyydettiin
reason-more-than-asked = mukana on tietoja, joita ei pyydetty. Älkää tallentako niitä
reason-persons-differ = todistuksissa on eri syntymäaika, joten ne voivat olla eri henkilöiden

## Kuitti

receipt-given = Henkilö jakoi tietonsa { $time }
receipt-refused = Henkilö ei jakanut tietojaan { $time }
receipt-withdrawn = Henkilö lopetti jakamisen { $time }
receipt-expired = Jako päättyi määräaikana { $time }
receipt-exhausted = Jako päättyi viimeiseen lukukertaan { $time }
receipt-paused = Henkilö keskeytti jaon { $time }
receipt-resumed = Henkilö jatkoi keskeytettyä jakoa { $time }
receipt-narrowed = Henkilö supisti jakoa { $time }
receipt-renewed = Henkilö jatkoi jaon voimassaoloa { $time }
receipt-stopped = Henkilö lopetti kaikki jakonsa { $time }
receipt-given_up = Vastaanottaja luopui jaosta { $time }
receipt-number = Kuitti: { $number }
receipt-grant = Jako: { $grant }

## Ilmoitukset

notice-withdrawn = Henkilö lopetti jaon { $grant } { $time }
notice-stopped = Henkilö lopetti kaikki jakonsa { $time }, myös jaon { $grant }
notice-expired = Jako { $grant } päättyi määräaikana { $time }
notice-exhausted = Jako { $grant } päättyi viimeiseen lukukertaan { $time }
notice-paused = Henkilö keskeytti jaon { $grant } { $time }
notice-resumed = Henkilö jatkoi keskeytettyä jakoa { $grant } { $time }
notice-narrowed = Henkilö supisti jakoa { $grant } { $time }. Lue tiedot uudelleen, niin näet, mitä jaetaan.
notice-renewed = Henkilö jatkoi jaon { $grant } voimassaoloa { $time }. Jako päättyy myöhemmin kuin ennen.
notices-none = Jaoista ei ole uutta kerrottavaa.
notices-refused = { $count ->
    [one] Yksi ilmoitus ei ollut kunnossa, eikä sitä otettu huomioon.
   *[other] { $count } ilmoitusta ei ollut kunnossa, eikä niitä otettu huomioon.
}

## Ohjelma

request-open-link = Avaa tämä osoite selaimessa tai anna se henkilölle:
request-waiting = Odotetaan vastausta osoitteessa { $address }
request-granted = Henkilö jakoi tietonsa. Jako: { $grant }
request-refused = Henkilö ei jakanut tietojaan.
request-read-next = Lue tiedot: verify read { $grant }
page-open-link = Avaa tämä osoite selaimessa { $minutes } minuutin kuluessa. Sen voi avata vain kerran:
init-done = Avaimet ovat kansiossa { $folder }. Toimita tulostettu ilmoitus luettelon ylläpitäjälle.
trust-title = Luottamusluettelo { $number }, voimassa { $time } asti
trust-issuer = Todistuksen antaja: { $name }
trust-recipient = Vastaanottaja: { $name }
trust-broker = Välittäjä: { $name }
err-usage = Komento ei ole kunnossa: { $detail }
err-not-found = Ei löytynyt: { $detail }
err-refused = Ei sallittu: { $detail }
err-network = Yhteys ei onnistunut: { $detail }. Mitään ei menetetty. Yritä myöhemmin.
err-damaged = Tiedosto on vioittunut: { $detail }
err-not-valid = Ei kelpaa: { $detail }
err-unexpected = Odottamaton virhe: { $detail }
