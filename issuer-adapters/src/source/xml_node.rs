//! An XML element that knows its place.

use roxmltree::Node;

use super::{
    account::{Tree, Visitor},
    reading::{Id, Placed},
    xml::RootName,
};

/// An element and its place: local names, each but the first with its number among its namesakes,
/// for example `/elmo/report[1]/learner[1]`.
#[derive(Clone)]
pub(super) struct XmlNode<'d> {
    node: Node<'d, 'd>,
    place: String,
}

/// A value within an element: an attribute, or the element's own text.
pub(super) struct XmlValue<'d> {
    text: &'d str,
    place: String,
    id: Id,
}

impl<'d> XmlNode<'d> {
    pub(super) fn root(node: Node<'d, 'd>) -> Self {
        let place = format!("/{}", node.tag_name().name());
        Self { node, place }
    }

    /// The local name.
    pub(super) fn name(&self) -> &'d str {
        self.node.tag_name().name()
    }

    /// The namespace.
    pub(super) fn namespace(&self) -> Option<&'d str> {
        self.node.tag_name().namespace()
    }

    pub(super) fn full_name(&self) -> RootName {
        RootName {
            namespace: self.namespace().map(str::to_owned),
            local: self.name().to_owned(),
        }
    }

    /// The first child of this name. Namesakes after it are not looked at, and so stay raw.
    pub(super) fn child(&self, name: &'static str) -> Option<Self> {
        let mut found = self.node.children().filter(|child| is_named(child, name));
        found.next().map(|node| Self {
            node,
            place: format!("{}/{name}[1]", self.place),
        })
    }

    /// All children of this name, in the order of the document.
    pub(super) fn children(&self, name: &'static str) -> Vec<Self> {
        let found = self.node.children().filter(|child| is_named(child, name));
        (1..)
            .zip(found)
            .map(|(number, node): (usize, _)| Self {
                node,
                place: format!("{}/{name}[{number}]", self.place),
            })
            .collect()
    }

    /// All child elements, whatever their name.
    pub(super) fn elements(&self) -> Vec<Self> {
        let mut numbers = std::collections::HashMap::new();
        self.node
            .children()
            .filter(Node::is_element)
            .map(|node| {
                let name = node.tag_name().name();
                let number = numbers.entry(name).or_insert(0_usize);
                *number += 1;
                Self {
                    node,
                    place: format!("{}/{name}[{number}]", self.place),
                }
            })
            .collect()
    }

    /// An attribute without namespace.
    pub(super) fn attribute(&self, name: &'static str) -> Option<XmlValue<'d>> {
        self.attribute_where(name, |namespace| namespace.is_none())
    }

    /// `xml:lang` (XML 1.0 section 2.12).
    pub(super) fn lang(&self) -> Option<XmlValue<'d>> {
        self.attribute_where("lang", |namespace| namespace == Some(roxmltree::NS_XML_URI))
    }

    fn attribute_where(
        &self,
        name: &str,
        accepts: impl Fn(Option<&str>) -> bool,
    ) -> Option<XmlValue<'d>> {
        let mut attributes = (1..).zip(self.node.attributes());
        let (index, attribute) = attributes
            .find(|(_, attribute)| attribute.name() == name && accepts(attribute.namespace()))?;
        Some(XmlValue {
            text: attribute.value(),
            place: format!("{}/@{name}", self.place),
            id: Id(self.node.id().get_usize(), index),
        })
    }
}

impl Placed for XmlNode<'_> {
    fn pointer(&self) -> &str {
        &self.place
    }
    fn id(&self) -> Id {
        Id(self.node.id().get_usize(), 0)
    }
    /// The element's own text; `None` when it has child elements.
    fn text(&self) -> Option<String> {
        let has_elements = self.node.children().any(|child| child.is_element());
        (!has_elements).then(|| own_text(self.node))
    }
    fn number(&self) -> Option<String> {
        self.text().map(|text| text.trim().to_owned())
    }
}

impl Placed for XmlValue<'_> {
    fn pointer(&self) -> &str {
        &self.place
    }
    fn id(&self) -> Id {
        self.id
    }
    fn text(&self) -> Option<String> {
        Some(self.text.to_owned())
    }
    fn number(&self) -> Option<String> {
        Some(self.text.trim().to_owned())
    }
}

impl Tree for XmlNode<'_> {
    fn walk(&self, visitor: &mut Visitor<'_>) {
        visitor.enter(self.name(), &self.place, |visitor| {
            for (index, attribute) in (1..).zip(self.node.attributes()) {
                let id = Id(self.node.id().get_usize(), index);
                let name = format!("@{}", attribute.name());
                let place = format!("{}/{name}", self.place);
                visitor.enter(&name, &place, |visitor| visitor.leaf(id));
            }
            if !own_text(self.node).trim().is_empty() {
                visitor.leaf(self.id());
            }
            for child in self.elements() {
                child.walk(visitor);
            }
        });
    }
}

fn is_named(node: &Node<'_, '_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name
}

/// The text of the element itself, CDATA sections included, comments left out.
fn own_text(node: Node<'_, '_>) -> String {
    let texts = node.children().filter(Node::is_text);
    texts.filter_map(|text| text.text()).collect()
}
