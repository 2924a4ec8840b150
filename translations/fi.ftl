### Esittely, vaihe vaiheelta.

demo-title = Yksi rekisteritieto: rekisteristä todistukseksi, jonka työnantaja lukee
demo-folder = Kaikki tiedostot ovat väliaikaisessa kansiossa: { $path }
demo-working = … { $what }

stage-roles = Osapuolet
roles-each = Jokaisella osapuolella on oma palvelin tällä koneella:
role-registrar = { $url }  luettelon ylläpitäjä: julkaisee allekirjoitetun luottamusluettelon
role-issuer = { $url }  todistuksen antaja: { $name }
role-broker = { $url }  välittäjä: välittää tietoja, joita se ei voi lukea
role-recipient = { $url }  vastaanottaja: { $name }

stage-record = Rekisteritieto
record-read = Rekisterin asiakirjassa on { $size } kt. Siitä ymmärrettiin: { $count ->
    [one] 1 suoritus
   *[other] { $count } suoritusta
}, { $parts ->
    [one] 1 osa
   *[other] { $parts } osaa
}. { $notices ->
    [0] Mitään ei jätetty pois.
    [one] Yhdestä kohdasta jätettiin jotain pois.
   *[other] { $notices } kohdasta jätettiin jotain pois.
}
record-becomes = { $count ->
    [one] Siitä tulee 1 todistus:
   *[other] Siitä tulee { $count } todistusta:
}

stage-wallet = Lompakko
wallet-making = tehdään salattu lompakko (salalauseen arvaaminen on tehty tarkoituksella hitaaksi)
wallet-made = Lompakko tehtiin kansioon { $path }. Sen tiedostoissa ei näy nimiä, todistuksen antajia eikä tietoja.

stage-issuance = Todistus
issuance-offer = { $name } antaa linkin ja erikseen { $digits }-numeroisen koodin. Lompakko lähettää koodin osoitteeseen { $host }.
issuance-stored = Lompakko teki kullekin todistukselle oman avaimen, tarkisti todistuksen antajan allekirjoituksen ja tallensi molemmat salattuina:

stage-request = Pyyntö
request-pushed = { $name } lähetti välittäjälle allekirjoitetun pyynnön ja sai linkin. Lompakko avasi linkin ja tarkisti allekirjoituksen, käyttötarkoituksen ja avaimen luottamusluettelosta. Se näyttää:

stage-decision = Päätös
decision-left = Lähti lompakosta salattuna: { $items }.
decision-stayed = Pyydettiin, mutta jäi pois: { $items }.
decision-stayed-nothing = ei mitään
decision-nobody = Ei pyydetty, jäi lompakkoon: { $count ->
    [one] 1 muu tieto
   *[other] { $count } muuta tietoa
} tästä todistuksesta.
decision-signed = Lompakko allekirjoitti päätöksen vain tätä jakoa varten tehdyllä avaimella ja lähetti päätöksen ja salatut tiedot yhdellä kertaa.

stage-broker = Mitä välittäjällä on
broker-row = Sen rivit tästä jaosta sellaisinaan (salatut tiedot, { $size } kt, on lyhennetty):
broker-papers = Lisäksi sillä on allekirjoitettu pyyntö ja allekirjoitettu päätös; --json näyttää, mitä niissä lukee.
broker-cannot = Se tietää siis, kuka pyysi, miksi, minkälaisia tietoja pyydettiin ja jaettiin, mihin asti, ja myöhemmin, milloin ne luetaan. Sillä ei ole tietojen sisältöä eikä avainta, joka avaisi ne.

stage-read = Lukeminen
read-done = { $name } haki salatut tiedot, avasi ne omalla avaimellaan ja tarkisti ne. Sen raportti:

stage-log = Kuka katsoi
log-told = Lompakko haki tapahtumat välittäjältä ja tarkisti ne:

stage-stop = Lopetus
stop-done = Henkilö lopetti jakamisen. Välittäjä poisti salatut tiedot samalla kertaa.
stop-refused = { $name } yritti lukea uudelleen, ja se estettiin: ”{ $reason }”
stop-receipts = Henkilön kuitit: { $holder }. Vastaanottajan kuitit: { $recipient }.
stop-log = Estetty yrityskin on tapahtumissa:
event-given = jaettu
event-refused = ei jaettu
event-withdrawn = jakaminen lopetettu
event-expired = jako päättyi päivänään
event-exhausted = jako päättyi viimeiseen sallittuun katseluun
event-paused = jako keskeytetty
event-resumed = jako jatkuu
event-narrowed = jakoa supistettu
event-renewed = jaon voimassaoloa jatkettu
event-stopped = kaikki jaot lopetettu
event-given_up = vastaanottaja luopui jaosta

demo-done = Valmis { $seconds } sekunnissa. Kaikki avaimet, allekirjoitukset ja vastaukset tehtiin tällä ajolla.
demo-running = Palvelimet jatkavat. Kokeile toisessa päätteessä:
demo-stop = Lopeta näppäimillä Ctrl-C; kansio poistetaan silloin.
demo-ended = Lopetetaan; kansio poistetaan.

err-record = Esittely päättyi tähän. { $detail }
err-record-pointer = { $pointer }
err-record-none = Mistään tässä asiakirjassa ei voi vielä tulla todistusta:
err-unexpected = Esittely ei päässyt loppuun: { $detail }. Kaikki oli tilapäisessä kansiossa; mitään ei menetetty.
err-next = Mitään ei jäänyt talteen. Oman asiakirjan voi antaa valinnalla --record; ilman sitä käytetään valmista esimerkkiä.

notice-kept-raw = jotain jää tässä asiakirjaan, eikä sitä käytetä
notice-type-not-supported = opintoja, joista ei vielä voi tulla todistusta
notice-annulled = peruutettu tai mitätöity
notice-not-confirmed = oppilaitos ei ole vahvistanut
notice-not-passed = arvioitu, mutta ei hyväksytty
notice-not-assessed = ei vielä arvioitu
notice-nothing-awarded = mitään ei ole vielä myönnetty
notice-missing-title = nimi puuttuu; käytetään lajin nimeä
notice-not-understood = ei sitä, mitä tässä pitäisi olla; jätettiin pois
notice-text-too-long = liian pitkä teksti; jätettiin pois
notice-identity-code-removed = henkilötunnukselta näyttävä teksti; jätettiin pois
notice-too-deep = liian monta sisäkkäistä tasoa; jätettiin pois
notice-other-language = nimi on muulla kielellä; sitä käytetään sellaisenaan
notice-signature-not-checked = asiakirja on allekirjoitettu, mutta allekirjoitusta ei ole tarkistettu
notice-signature-invalid = allekirjoitus ei sovi asiakirjaan
notice-row-malformed = rivi, jossa on liikaa soluja tai parittomia lainausmerkkejä; jätettiin pois
notice-row-too-long = liian pitkä rivi; jätettiin pois
notice-row-incomplete = rivi, josta puuttuu henkilö, nimi tai luettava päivämäärä; jätettiin pois
notice-encoding-assumed = asiakirja ei kerro merkistöään; sen oletettiin olevan Windows-1252
notice-self-asserted = perustuu vain henkilön omaan sanaan; todistusta ei tehty
notice-not-data = asiakirja on tehty luettavaksi eikä sisällä tietoja koneluettavina; pyydä samat tiedot rekisteristä
notice-claims-refused = ei sovi todistuksen lajiin; todistusta ei tehty
notice-document-several-people = koskee useampaa kuin yhtä ihmistä
notice-document-wrong-type = on väärää tyyppiä
notice-document-too-many-parts = sisältää liian monta osaa
