//! One attainment as a specification with its instance, and its parts.

use credential_core::{
    record::{Attainment, AttainmentKind, Code, LocalText},
    text::{Language, Text},
};

use crate::{source::elmo::ISCED_F, source::is_ects, writer::xml::Xml};

/// Writes an attainment and its parts, in the order of the schema.
pub(super) fn specification(xml: &mut Xml, one: &Attainment) {
    xml.within("learningOpportunitySpecification", &[], |xml| {
        if let Some(Code { value, scheme, .. }) = &one.code {
            let scheme = scheme.as_deref().unwrap_or("local");
            xml.element("identifier", &[("type", scheme)], value);
        }
        texts(xml, "title", &one.title, &one.other_titles);
        if is_degree(one) {
            xml.element("type", &[], "Degree Programme");
        }
        let is_isced = |field: &&Code| field.scheme.as_deref() == Some(ISCED_F);
        let field = one.field.as_ref().filter(is_isced);
        xml.optional("iscedCode", field.map(|field| &field.value));
        in_ours(xml, "description", &one.description);
        xml.within("specifies", &[], |xml| {
            xml.within("learningOpportunityInstance", &[], |xml| instance(xml, one));
        });
        for part in &one.parts {
            xml.within("hasPart", &[], |xml| specification(xml, part));
        }
    });
}

/// A degree without a day on which it was awarded would say that it is not finished.
fn is_degree(one: &Attainment) -> bool {
    matches!(one.kind, AttainmentKind::Qualification { .. }) && one.awarded.is_some()
}

fn instance(xml: &mut Xml, one: &Attainment) {
    if let Some(id) = &one.id {
        xml.element("identifier", &[("type", "id")], id);
    }
    xml.optional("start", one.started);
    xml.optional("date", one.awarded);
    xml.element("status", &[], "passed");
    if let Some(grade) = &one.grade {
        xml.optional("gradingSchemeLocalId", grade.scale.as_deref());
        xml.element("resultLabel", &[], &grade.value);
    }
    if let Some(credits) = &one.credits {
        xml.within("credit", &[], |xml| {
            xml.element("scheme", &[], &unit(&credits.unit));
            xml.element("value", &[], credits.amount.as_str());
        });
    }
    levels(xml, one);
    let language = one.language_of_instruction.as_ref();
    xml.optional("languageOfInstruction", language.map(|it| &it.value));
}

/// The levels of Finland and of languages have no type of their own in the standard, which leaves the
/// list of types open.
fn levels(xml: &mut Xml, one: &Attainment) {
    let number = |level: Option<u8>| level.map(|it| it.to_string());
    let levels = [
        ("EQF", number(one.level.eqf)),
        ("FiNQF", number(one.level.nqf)),
        ("ISCED", number(one.level.isced)),
        ("CEFR", one.level.cefr.map(str::to_owned)),
    ];
    for (kind, value) in levels {
        let Some(value) = value else { continue };
        xml.within("level", &[], |xml| {
            xml.element("type", &[], kind);
            xml.element("value", &[], &value);
        });
    }
}

/// ECTS by its name; a code of the national list of units with the name of that list, as the registers
/// write it in addresses (`opintojenlaajuusyksikko_6`).
fn unit(unit: &Code) -> String {
    match &unit.scheme {
        _ if is_ects(unit) => "ects".to_owned(),
        Some(scheme) if scheme == "opintojenlaajuusyksikko" => format!("{scheme}_{}", unit.value),
        _other => unit.value.clone(),
    }
}

/// Texts with their languages, ours first; an empty one where one is required and none is there.
pub(super) fn texts(xml: &mut Xml, name: &'static str, ours: &Text, others: &[LocalText]) {
    in_ours(xml, name, ours);
    for LocalText { language, text } in others {
        if language.is_empty() {
            xml.element(name, &[], text);
        } else {
            xml.element(name, &[("xml:lang", language)], text);
        }
    }
    if ours.is_empty() && others.is_empty() {
        xml.element(name, &[], "");
    }
}

fn in_ours(xml: &mut Xml, name: &'static str, text: &Text) {
    for language in Language::ALL {
        if let Some(text) = text.exact(language) {
            xml.element(name, &[("xml:lang", language.tag())], text);
        }
    }
}
