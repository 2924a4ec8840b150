//! What becomes of each field of a VIRTA answer (schemas 1.06 of the register).

use crate::source::fields::{Field, FieldTable, mapped, raw};

pub(super) const TABLE: FieldTable = FieldTable {
    fields: FIELDS,
    containers: &[
        "Envelope",
        "Body",
        "OpiskelijanKaikkiTiedotResponse",
        "OpiskelijanTiedotResponse",
        "OpintosuorituksetResponse",
        "OpiskeluoikeudetResponse",
        "Virta",
        "Opiskelijat",
        "Opiskelija",
        "Opiskeluoikeudet",
        "Opiskeluoikeus",
        "Opintosuoritukset",
        "LukukausiIlmoittautumiset",
        "Liikkuvuusjaksot",
    ],
    discreet: false,
};

const FIELDS: &[Field] = &[
    mapped(
        "Opiskelija/Henkilotunnus",
        "date of birth; the code itself is nowhere kept",
    ),
    mapped(
        "Opiskelija/KansallinenOppijanumero",
        "learner number, to tell records of one person; never a claim",
    ),
    mapped("Opiskelija/Sukunimi", "family name"),
    mapped("Opiskelija/Etunimet", "given names"),
    raw(
        "Opiskelija/@avain",
        "the institution's own number of the student",
    ),
    raw("Opiskelija/Sukupuoli", "not about learning"),
    raw("Opiskelija/Kansalaisuus", "not about learning"),
    raw("Opiskelija/Aidinkieli", "not about learning"),
    raw("Opiskelija/Asuinkunta", "not about learning"),
    raw("Opiskelija/KirjoihintuloPvm", "an administrative date"),
    mapped("Opintosuoritus/@avain", "identifier; what contains what"),
    mapped(
        "Opintosuoritus/@koulutusmoduulitunniste",
        "code, where no national one is given",
    ),
    raw("Opintosuoritus/@opiskelijaAvain", "a key within the answer"),
    raw(
        "Opintosuoritus/@opiskeluoikeusAvain",
        "a key within the answer",
    ),
    raw(
        "Opintosuoritus/@valtakunnallinenKoulutusmoduulitunniste",
        "a second code",
    ),
    mapped("Opintosuoritus/SuoritusPvm", "awarding date"),
    mapped("Opintosuoritus/Laajuus/Opintopiste", "credits"),
    mapped(
        "Opintosuoritus/Laajuus/Opintoviikko",
        "credits, where none of the newer unit are given",
    ),
    mapped("Arvosana/Viisiportainen", "grade"),
    mapped("Arvosana/ToinenKotimainen", "grade"),
    mapped("Arvosana/Hyvaksytty", "grade"),
    mapped("Arvosana/Naytetyo", "grade"),
    mapped("Arvosana/Tutkielma", "grade"),
    mapped("Arvosana/EiKaytossa", "that there is no grade"),
    mapped("Muu/Koodi", "grade, or which step of the scale it is"),
    mapped(
        "Muu/Asteikko/@avain",
        "scale of the grade, where it has no name",
    ),
    mapped("Muu/Asteikko/Nimi", "scale of the grade"),
    mapped(
        "AsteikkoArvosana/@avain",
        "which step of the scale the grade is",
    ),
    mapped(
        "AsteikkoArvosana/Koodi",
        "grade; other steps of the scale stay raw",
    ),
    mapped(
        "AsteikkoArvosana/Nimi",
        "grade in words; other steps of the scale stay raw",
    ),
    raw(
        "AsteikkoArvosana/LaskennallinenArvo",
        "the institution's own reckoning",
    ),
    mapped("Opintosuoritus/Myontaja", "awarding body, by its number"),
    raw("Organisaatio/Rooli", "other institutions involved"),
    raw("Organisaatio/Koodi", "other institutions involved"),
    raw("Organisaatio/Osuus", "other institutions involved"),
    mapped("Opintosuoritus/Laji", "kind of attainment"),
    mapped("Opintosuoritus/Nimi", "title"),
    mapped("Opintosuoritus/Nimi/@kieli", "language of the title"),
    mapped("Opintosuoritus/Kieli", "language of instruction"),
    mapped("Opintosuoritus/Koulutuskoodi", "code, levels of a degree"),
    mapped("Koulutusala/Koodi", "field; further fields stay raw"),
    mapped("Koulutusala/Koodi/@versio", "classification of the field"),
    raw("Koulutusala/Osuus", "how much of the field"),
    mapped("Sisaltyvyys/@sisaltyvaOpintosuoritusAvain", "parts"),
    raw("Sisaltyvyys/Opintopiste", "how much of the part counts"),
    mapped("Opintosuoritus/HyvaksilukuPvm", "recognised prior learning"),
    raw(
        "TKILaajuus/Opintopiste",
        "statistics of research and development",
    ),
    raw(
        "TKILaajuusHarjoittelu/Opintopiste",
        "statistics of research and development",
    ),
    raw(
        "TKILaajuusMuu/Opintopiste",
        "statistics of research and development",
    ),
    raw(
        "Opintosuoritus/OpetusharjoitteluTyyppi",
        "statistics of teaching practice",
    ),
    raw(
        "Opintosuoritus/Opinnaytetyo",
        "statistics; the title says what a thesis is about",
    ),
    raw("Opintosuoritus/Hankkeistettu", "statistics"),
    raw(
        "Opintosuoritus/Patevyys",
        "a licence, for which there is no claim yet",
    ),
    raw("Opintosuoritus/Luokittelu", "statistics"),
    raw("Opintosuoritus/JulkinenLisatieto", "free text"),
    mapped("Opiskeluoikeus/@avain", "identifier of an enrolment"),
    raw("Opiskeluoikeus/@opiskelijaAvain", "a key within the answer"),
    mapped("Opiskeluoikeus/AlkuPvm", "first day of an enrolment"),
    mapped(
        "Opiskeluoikeus/LoppuPvm",
        "expected last day of an enrolment",
    ),
    mapped(
        "Opiskeluoikeus/Tila/AlkuPvm",
        "which state of the study right is the latest",
    ),
    raw(
        "Opiskeluoikeus/Tila/LoppuPvm",
        "the next state says when this one ended",
    ),
    mapped(
        "Opiskeluoikeus/Tila/Koodi",
        "state of an enrolment; earlier states stay raw",
    ),
    mapped("Opiskeluoikeus/Tyyppi", "title of an enrolment"),
    mapped(
        "Opiskeluoikeus/Myontaja",
        "education provider, by its number",
    ),
    mapped(
        "Opiskeluoikeus/Laajuus/Opintopiste",
        "credits to be studied",
    ),
    mapped(
        "Opiskeluoikeus/Laajuus/Opintoviikko",
        "credits to be studied",
    ),
    mapped("Opiskeluoikeus/Jakso/AlkuPvm", "which period is the latest"),
    raw(
        "Opiskeluoikeus/Jakso/LoppuPvm",
        "the next period says when this one ended",
    ),
    mapped(
        "Opiskeluoikeus/Jakso/Koulutuskoodi",
        "code of the programme",
    ),
    mapped(
        "Opiskeluoikeus/Jakso/Koulutuskieli",
        "language of instruction",
    ),
    raw(
        "Opiskeluoikeus/Jakso/@koulutusmoduulitunniste",
        "the institution's own code",
    ),
    raw(
        "Opiskeluoikeus/Jakso/@valtakunnallinenKoulutusmoduulitunniste",
        "a second code",
    ),
    raw("Opiskeluoikeus/Jakso/Koulutuskunta", "where it is taught"),
    raw("Opiskeluoikeus/Jakso/Rahoituslahde", "who pays"),
    raw(
        "Opiskeluoikeus/Jakso/Patevyys",
        "a licence, for which there is no claim yet",
    ),
    raw("Opiskeluoikeus/Jakso/Luokittelu", "statistics"),
    raw("Opiskeluoikeus/Koulutusala", "field of a study right"),
    raw(
        "Opiskeluoikeus/Koulutusala/@versio",
        "field of a study right",
    ),
    raw(
        "Opiskeluoikeus/Erikoistumiskoulutus",
        "kind of specialisation education",
    ),
    raw("Ensisijaisuus/AlkuPvm", "an administrative matter"),
    raw("Ensisijaisuus/LoppuPvm", "an administrative matter"),
    raw(
        "Liittyvyys/@liittyvaOpiskeluoikeusAvain",
        "an administrative matter",
    ),
    raw(
        "SiirtoOpiskelija/@lahdeOpiskeluoikeusAvain",
        "an administrative matter",
    ),
    raw("SiirtoOpiskelija/SiirtoPvm", "an administrative matter"),
    raw(
        "Lukukausikertyma/IlmoittautuminenTila",
        "an administrative matter",
    ),
    raw("Lukukausikertyma/Maara", "an administrative matter"),
    raw(
        "LukukausiIlmoittautuminen/@opiskelijaAvain",
        "registration for a term",
    ),
    raw(
        "LukukausiIlmoittautuminen/@opiskeluoikeusAvain",
        "registration for a term",
    ),
    raw(
        "LukukausiIlmoittautuminen/Myontaja",
        "registration for a term",
    ),
    raw("LukukausiIlmoittautuminen/Tila", "registration for a term"),
    raw(
        "LukukausiIlmoittautuminen/IlmoittautumisPvm",
        "registration for a term",
    ),
    raw(
        "LukukausiIlmoittautuminen/AlkuPvm",
        "registration for a term",
    ),
    raw(
        "LukukausiIlmoittautuminen/LoppuPvm",
        "registration for a term",
    ),
    raw(
        "LukukausiIlmoittautuminen/YlioppilaskuntaJasen",
        "registration for a term",
    ),
    raw(
        "LukukausiIlmoittautuminen/YTHSMaksu",
        "registration for a term",
    ),
    raw("LukuvuosiMaksu/Maksettu", "registration for a term"),
    raw("LukuvuosiMaksu/Summa", "registration for a term"),
    raw("LukuvuosiMaksu/Apuraha", "registration for a term"),
    raw(
        "Liikkuvuusjakso/@avain",
        "an exchange period, for which there is no claim yet",
    ),
    raw(
        "Liikkuvuusjakso/@opiskelijaAvain",
        "an exchange period, for which there is no claim yet",
    ),
    raw(
        "Liikkuvuusjakso/@opiskeluoikeusAvain",
        "an exchange period, for which there is no claim yet",
    ),
    raw(
        "Liikkuvuusjakso/Myontaja",
        "an exchange period, for which there is no claim yet",
    ),
    raw(
        "Liikkuvuusjakso/AlkuPvm",
        "an exchange period, for which there is no claim yet",
    ),
    raw(
        "Liikkuvuusjakso/LoppuPvm",
        "an exchange period, for which there is no claim yet",
    ),
    raw(
        "Liikkuvuusjakso/Suunta",
        "an exchange period, for which there is no claim yet",
    ),
    raw(
        "Liikkuvuusjakso/Maa",
        "an exchange period, for which there is no claim yet",
    ),
    raw(
        "Liikkuvuusjakso/Tyyppi",
        "an exchange period, for which there is no claim yet",
    ),
    raw(
        "Liikkuvuusjakso/Liikkuvuusohjelma",
        "an exchange period, for which there is no claim yet",
    ),
    raw(
        "Liikkuvuusjakso/OpiskeluoikeusTyyppi",
        "an exchange period, for which there is no claim yet",
    ),
    raw(
        "Liikkuvuusjakso/Luokittelu",
        "an exchange period, for which there is no claim yet",
    ),
];
