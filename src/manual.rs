//! The user's manual: pages of Markdown that both fronts show.

/// A page.
#[derive(Debug, PartialEq, Eq)]
pub struct Page {
    /// What it is asked for by.
    pub name: &'static str,
    /// Its Markdown.
    pub text: &'static str,
}

macro_rules! pages {
    ($($name:literal)+) => {
        /// Every page; a new one is a file and a name here. The first is the index.
        pub const PAGES: &[Page] = &[$(Page {
            name: $name,
            text: include_str!(concat!("../assets/manual/", $name, ".md")),
        },)+];
    };
}

pages! {
    "manual" "commands" "console" "filter" "sending" "promise" "outcomes" "ledger" "sandbox" "profiles" "mapping"
}

impl Page {
    /// The page of that name.
    pub fn named(name: &str) -> Option<&'static Self> {
        let name = name.strip_suffix(".md").unwrap_or(name);
        PAGES
            .iter()
            .find(|page| page.name.eq_ignore_ascii_case(name))
    }

    /// Its first heading.
    pub fn title(&self) -> &'static str {
        let heading = self.text.lines().find_map(|line| line.strip_prefix("# "));
        heading.unwrap_or(self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_has_a_title_and_stands_in_the_index() {
        let index = PAGES[0].text;
        for page in PAGES {
            assert_ne!(page.title(), page.name, "{} has no heading", page.name);
            assert_eq!(Page::named(&format!("{}.md", page.name)), Some(page));
            let entry = format!("orderdeck manual {}", page.name);
            assert!(
                page.name == PAGES[0].name || index.contains(&entry),
                "{entry} isn't in the index"
            );
        }
        assert_eq!(Page::named("nowhere"), None);
    }
}
