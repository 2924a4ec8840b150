//! What completions and parts say about what was studied: name, code, size, grade, who awarded it.

use credential_core::{
    record::{Amount, Attainment, AttainmentKind, Code, Credits, Level, NoticeKind, Organisation},
    text::Text,
};

use super::{
    assessment::Assessment,
    kinds::{self, Becomes},
};
use crate::source::{
    node::Node,
    reading::{Placed as _, Reading},
};

/// Members that are read, of completions and of parts.
const KNOWN: &[&str] = &[
    "tyyppi",
    "koulutusmoduuli",
    "arviointi",
    "vahvistus",
    "osasuoritukset",
    "suorituskieli",
    "tutkintonimike",
    "osaamisala",
    "tunnustettu",
    "toimipiste",
    "jääLuokalle",
    "suullisenKielitaidonKokeet",
    "puhviKoe",
];

/// What the study right and the completion say on behalf of every part.
pub(super) struct Surroundings {
    /// Who teaches; also who awards, where the part names nobody.
    pub(super) provider: Option<Organisation>,
    /// The language of instruction.
    pub(super) language: Option<Code>,
}

/// One completion or part, without its parts and without the levels that follow from its kind.
pub(super) fn attainment(
    node: &Node<'_>,
    kind: AttainmentKind,
    assessment: Option<Assessment>,
    surroundings: &Surroundings,
    reading: &mut Reading,
) -> Attainment {
    reading.keep_other_than(node, KNOWN);
    let (grade, assessed) = assessment.map_or((None, None), |one| (one.grade, one.date));
    let cefr = grade
        .as_ref()
        .and_then(|grade| kinds::cefr(grade.scale.as_deref()?, &grade.value));
    let confirmation = node.member("vahvistus");
    let confirmed = confirmation
        .as_ref()
        .and_then(|it| reading.date(it, "päivä"));
    let confirmed_by =
        confirmation.and_then(|it| reading.organisation(&it, "myöntäjäOrganisaatio"));
    let mut attainment = Attainment {
        awarded: confirmed.or(assessed),
        awarding_body: confirmed_by.or_else(|| surroundings.provider.clone()),
        grade,
        level: Level {
            cefr,
            ..Level::default()
        },
        language_of_instruction: reading
            .code(node, "suorituskieli")
            .or_else(|| surroundings.language.clone()),
        recognised_prior_learning: node.member("tunnustettu").is_some(),
        ..Attainment::new(kind, Text::default(), node.pointer().to_owned())
    };
    if let Some(module) = node.member("koulutusmoduuli") {
        describe(&mut attainment, &module, reading);
    }
    attainment
}

/// The kind of a completion, with what only that kind has.
pub(super) fn attainment_kind(
    node: &Node<'_>,
    becomes: Becomes,
    reading: &mut Reading,
) -> AttainmentKind {
    match becomes {
        Becomes::Qualification => AttainmentKind::Qualification {
            titles: labels(&reading.values(node, "tutkintonimike"), reading),
            specialisations: specialisations(node, reading),
        },
        Becomes::Achievement => AttainmentKind::StudyAchievement,
        Becomes::Badge => AttainmentKind::SkillBadge,
        Becomes::Language => AttainmentKind::LanguageCertificate,
    }
}

/// The name of what was studied, empty when the document gives none.
pub(super) fn module_title(node: &Node<'_>, reading: &mut Reading) -> Text {
    let Some(module) = node.member("koulutusmoduuli") else {
        return Text::default();
    };
    let code = reading.code(&module, "tunniste");
    own_name(&module, reading)
        .or(code.map(|code| code.label))
        .unwrap_or_default()
}

/// What an institution of higher education calls its module; the code is sometimes only a kind of study
/// right.
fn own_name(module: &Node<'_>, reading: &mut Reading) -> Option<Text> {
    let name = reading.text(module, "nimi");
    (!name.is_empty()).then_some(name)
}

/// The register gives a qualification's size by its parts: their sum, when all have one in the
/// same unit.
pub(super) fn total(parts: &[Attainment]) -> Option<Credits> {
    let credits: Vec<&Credits> = parts
        .iter()
        .map(|part| part.credits.as_ref())
        .collect::<Option<_>>()?;
    let unit = &credits.first()?.unit;
    let same = |one: &&Credits| one.unit.value == unit.value && one.unit.scheme == unit.scheme;
    credits.iter().all(same).then_some(())?;
    Some(Credits {
        amount: Amount::sum(credits.iter().map(|one| &one.amount))?,
        unit: unit.clone(),
    })
}

/// What was studied (koulutusmoduuli): name, code, size, language, field.
fn describe(attainment: &mut Attainment, module: &Node<'_>, reading: &mut Reading) {
    let known = [
        "tunniste",
        "nimi",
        "laajuus",
        "kieli",
        "taiteenala",
        "koulutustyyppi",
    ];
    reading.keep_other_than(module, &known);
    if let Some(code) = reading.code(module, "tunniste") {
        attainment.title = code.label.clone();
        attainment.code = Some(Code {
            label: Text::default(),
            ..code
        });
    }
    if let Some(name) = own_name(module, reading) {
        attainment.title = name;
    }
    attainment.credits = reading.credits(module, "laajuus");
    attainment.field = reading.code(module, "taiteenala");
    // Of the mother tongue's syllabi only those that are plain languages: others say who one is.
    attainment.subject_language = reading
        .code(module, "kieli")
        .filter(|code| code.scheme.as_deref() == Some("kieli"));
}

/// Competence areas: plain codes, or codes wrapped together with their period.
fn specialisations(node: &Node<'_>, reading: &mut Reading) -> Vec<Text> {
    let unwrapped: Vec<_> = reading
        .values(node, "osaamisala")
        .into_iter()
        .map(|element| element.member("osaamisala").unwrap_or(element))
        .collect();
    labels(&unwrapped, reading)
}

fn labels(codes: &[Node<'_>], reading: &mut Reading) -> Vec<Text> {
    let mut labels = Vec::new();
    for node in codes {
        match reading.code_at(node) {
            Some(code) if !code.label.is_empty() => labels.push(code.label),
            Some(_) => reading.note(node, NoticeKind::MissingTitle),
            None => {}
        }
    }
    labels
}
