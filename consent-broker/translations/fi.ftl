product = Osaamislompakko
checked = Tarkistettu toimija
asks = { $recipient } pyytää tietojasi
why = Miksi
how-long = Kuinka kauan
lasts-until = Enintään { $date } asti
lasts-days = { $days ->
    [one] Enintään päivän siitä, kun päätät
   *[other] Enintään { $days } päivää siitä, kun päätät
}
how-often = Kuinka monta kertaa
reads-once = Kerran
reads-most = Enintään { $most } kertaa
reads-standing = Niin kauan kuin sallit
nothing-yet = Mitään ei ole vielä jaettu. Näet lompakossasi, mitä pyydetään, ja päätät siellä.
open-wallet = Avaa lompakko
close-if-unexpected = Etkö odottanut tätä pyyntöä? Sulje tämä sivu.
err-request = Tätä pyyntöä ei voi enää avata
rec-request = Palaa palveluun, josta tulit, ja aloita uudelleen.
err-unavailable = Palvelu ei vastaa juuri nyt
rec-unavailable = Yritä hetken päästä uudelleen.
nothing-shared = Tietosi ovat tallessa. Mitään ei jaettu tällä sivulla.
other-device = Onko lompakkosi toisella laitteella?
other-scan = Lue tämä koodi laitteella, jolla lompakkosi on.
other-code = QR-koodi, jonka lompakkosi lukee
other-link = Voit myös kopioida tämän osoitteen lompakkoosi:
other-decide = Katso lompakossasi, mitä pyydetään, ja päätä siellä.
other-type = Lompakkosi näyttää sitten kuusi numeroa. Kirjoita ne tähän 10 minuutin kuluessa.
other-yours-alone = Älä kerro numeroita kenellekään. Kirjoita ne vain sivulle, jonka itse avasit.
digits = Kuusi numeroa lompakostasi
send-digits = Lähetä numerot
type-digits = Kirjoita lompakkosi näyttämät numerot
err-digits = Numerot eivät olleet oikein
rec-digits = Katso numerot lompakostasi ja yritä uudelleen. Viiden väärän yrityksen jälkeen pyyntöä ei voi enää viedä loppuun.
digits-right = Numerot olivat oikein
go-back = Päätöksesi on kirjattu. Palaa vielä palveluun, josta tulit: vasta silloin se saa tietää päätöksestäsi.
continue = Palaa palveluun
err-too-often = Verkostasi tulee juuri nyt liian monta pyyntöä
