product = Kompetensplånboken
checked = Kontrollerad aktör
asks = { $recipient } ber om dina uppgifter
why = Varför
how-long = Hur länge
lasts-until = Högst till { $date }
lasts-days = { $days ->
    [one] Högst en dag från att du bestämmer dig
   *[other] Högst { $days } dagar från att du bestämmer dig
}
how-often = Hur många gånger
reads-once = En gång
reads-most = Högst { $most } gånger
reads-standing = Så länge du tillåter det
nothing-yet = Inget har delats än. I din plånbok ser du vad som begärs, och där bestämmer du.
open-wallet = Öppna plånboken
close-if-unexpected = Väntade du dig inte den här begäran? Stäng sidan.
err-request = Den här begäran kan inte öppnas längre
rec-request = Gå tillbaka till tjänsten du kom från och börja om.
err-unavailable = Tjänsten svarar inte just nu
rec-unavailable = Försök igen om en stund.
nothing-shared = Dina uppgifter finns kvar. Inget delades på den här sidan.
other-device = Finns din plånbok på en annan enhet?
other-scan = Läs av den här koden med enheten där du har plånboken.
other-code = QR-kod som din plånbok läser av
other-link = Du kan också kopiera den här adressen till din plånbok:
other-decide = Se i plånboken vad som begärs, och bestäm dig där.
other-type = Din plånbok visar sedan sex siffror. Skriv in dem här inom 10 minuter.
other-yours-alone = Berätta inte siffrorna för någon. Skriv in dem bara på en sida som du själv har öppnat.
digits = Sex siffror från din plånbok
send-digits = Skicka siffrorna
type-digits = Skriv in siffrorna som din plånbok visar
err-digits = Siffrorna var inte rätt
rec-digits = Se efter i plånboken och försök igen. Efter fem felaktiga försök kan begäran inte slutföras längre.
digits-right = Siffrorna var rätt
go-back = Ditt beslut är registrerat. Gå ännu tillbaka till tjänsten du kom från: först då får den veta vad du beslutade.
continue = Tillbaka till tjänsten
err-too-often = Just nu kommer det för många förfrågningar från ditt nätverk
