### Esittely, vaihe vaiheelta.

demo-title = Yksi opintosuoritus rekisteristä työnantajalle ja takaisin
demo-folder = Kaikki on väliaikaisessa kansiossa: { $path }
demo-working = … { $what }

stage-roles = Osapuolet
roles-each = Jokainen osapuoli on oma palvelimensa tällä koneella:
role-registrar = rekisterinpitäjä   { $url }   luettelee, kuka saa antaa todistuksia ja kuka pyytää; sen avain ei ole täällä
role-issuer = todistuksen antaja { $url }   { $name }
role-broker = välittäjä          { $url }   välittää, mitä ei voi lukea
role-recipient = vastaanottaja      { $url }   { $name }

stage-record = Rekisteritieto
record-read = Rekisterin asiakirjassa on { $bytes } tavua. Ymmärretty: { $count ->
    [one] 1 suoritus
   *[other] { $count } suoritusta
}; { $notices ->
    [0] mitään ei jäänyt yli.
    [one] 1 kohta säilytettiin sellaisenaan eikä sitä käytetty.
   *[other] { $notices } kohtaa säilytettiin sellaisenaan eikä niitä käytetty.
}
record-becomes = { $count ->
    [one] Siitä tulee 1 todistus:
   *[other] Siitä tulee { $count } todistusta:
}

stage-wallet = Lompakko
wallet-making = tehdään salattu lompakko (salalausetta vahvistetaan tarkoituksella hitaasti)
wallet-made = Lompakko tehtiin kansioon { $path }. Sen tiedostoissa ei ole nimeä, antajaa eikä tietoja selväkielisenä.

stage-issuance = Todistus
issuance-offer = { $name } tarjoaa sen linkillä ja antaa { $digits }-numeroisen koodin erikseen. Lompakko lähettää koodin osoitteeseen { $host }.
issuance-stored = Antajan allekirjoittama, sidottu avaimeen, joka on vain lompakolla, lompakon itsensä tarkistama, tallessa: { $title }.

stage-request = Pyyntö
request-pushed = { $name } lähetti välittäjälle allekirjoitetun pyynnön ja sai linkin. Lompakko avasi sen ja tarkisti allekirjoituksen, tarkoituksen ja avaimen rekisterinpitäjän luettelosta:

stage-decision = Päätös
decision-left = Lähti lompakosta salattuna: { $items }.
decision-stayed = Ei lähtenyt: { $items }.
decision-stayed-nothing = muuta ei pyydetty
decision-nobody = Kaikki muu todistuksessa ({ $count ->
    [one] 1 tieto
   *[other] { $count } tietoa
}) jäi lompakkoon, sitä ei pyydetty.
decision-signed = Lompakko allekirjoitti päätöksen vain tätä jakoa varten tehdyllä avaimella ja antoi päätöksen ja salatut tiedot samalla kertaa.

stage-broker = Mitä välittäjällä on
broker-row = Nämä ovat sen rivit kirjain kirjaimelta (salateksti lyhennetty { $length } merkistä):
broker-papers = Lisäksi sillä on allekirjoitettu pyyntö ja allekirjoitettu päätös; --json näyttää kaiken.
broker-cannot = Se näkee, kuka pyysi, miksi, minkä lajisia tietoja ja kuinka kauaksi. Sillä ei ole yhtään tiedon arvoa eikä avainta, joka avaisi ne.

stage-read = Lukeminen
read-done = { $name } lunasti koodin, luki salatut tiedot, avasi ne omalla avaimellaan ja tarkisti ne:

stage-log = Kuka katsoi
log-told = Lompakko haki tapahtumaketjun ja tarkisti sen:

stage-stop = Lopetus
stop-done = Ihminen lopetti jakamisen. Välittäjä poisti salatekstin samalla kertaa.
stop-refused = { $name } yritti lukea uudelleen, ja se estettiin: { $reason }.
stop-receipts = Ihmisen kuitit: { $holder }. Vastaanottajan kuitit: { $recipient }.
stop-log = Estetty yrityskin on tapahtumissa:

demo-done = Valmista { $seconds } sekunnissa. Mitään ei lavastettu: jokainen rivi tuli ohjelman vastauksesta.
demo-running = Palvelimet jatkavat. Kokeile toisessa päätteessä:
demo-stop = Lopeta näppäimillä Ctrl-C; kansio poistetaan silloin.
demo-ended = Lopetettu. Kansio on poistettu.

err-record = Tietoa ei voitu käyttää. { $detail }
err-record-pointer = { $pointer }
err-record-none = Mistään tässä asiakirjassa ei voi vielä tulla todistusta:
err-next = Mitään ei tallennettu. Kokeile toista tiedostoa valinnalla --record, tai sisäänrakennettua esimerkkiä ilman sitä.

notice-kept-raw = säilytetty asiakirjassa sellaisenaan, ei käytetty
notice-type-not-supported = opintoja, joista ei vielä voi tulla todistusta; säilytetty sellaisenaan
notice-annulled = peruttu tai mitätöity
notice-not-confirmed = oppilaitos ei ole vahvistanut
notice-not-passed = arvioitu, mutta ei hyväksytty
notice-not-assessed = ei vielä arvioitu
notice-nothing-awarded = mitään ei ole vielä myönnetty
notice-missing-title = nimi puuttuu; käytetään lajin nimeä
notice-not-understood = ei sitä, mitä tässä pitäisi olla; jätetty pois
notice-text-too-long = liian pitkä teksti; jätetty pois
notice-identity-code-removed = henkilötunnukselta näyttävä teksti jätettiin pois
notice-too-deep = liian monta sisäkkäistä tasoa; säilytetty sellaisenaan
notice-claims-refused = ei sovi todistuksen lajiin; todistusta ei tehty
notice-document-wrong-type = on väärää tyyppiä
notice-document-too-many-parts = sisältää liian monta osaa
